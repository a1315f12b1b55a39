#if canImport(Glibc)
  import Glibc
#endif

/// Bytes that have come and are not read yet; owns its buffer and gives it back when nothing is left.
struct ByteQueue: Sendable {
  private var storage: [UInt8] = []
  private var head = 0

  var count: Int { storage.count - head }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    // Moving the rest to the front only when it is the smaller half keeps the cost of each byte constant.
    if head > 0, head >= count {
      storage.removeFirst(head)
      head = 0
    }
    storage.append(contentsOf: bytes)
  }

  subscript(offset: Int) -> UInt8 { storage[head + offset] }

  /// The bytes of a range, counted from the first one that is not read.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    storage[(head + range.lowerBound)..<(head + range.upperBound)]
  }

  /// Reads on, forgetting `count` bytes.
  mutating func drop(_ count: Int) {
    head += count
    if head == storage.count {
      storage = []
      head = 0
    }
  }

  /// The next `count` bytes, which are read now.
  mutating func take(_ count: Int) -> [UInt8] {
    defer { drop(count) }
    return Array(slice(0..<count))
  }

  /// Offset of the first LF in `range`.
  func firstLineFeed(_ range: Range<Int>) -> Int? {
    storage.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, !range.isEmpty else { return nil }
      let start = base + head + range.lowerBound
      return memchr(start, 0x0a, range.count).map { range.lowerBound + (UnsafeRawPointer($0) - start) }
    }
  }
}
