/// Eight bytes at a time: the search that every scanner of this module spends its time in.
///
/// All functions read only inside `[position, end)` of the pointer that they are given.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Index of the first byte that a validator must look at inside a string: quote, backslash, control, non-ASCII.
  @inline(__always)
  static func plainRunEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position &+ 8 <= end {
      // A borrow can only make bytes above a true hit look like hits, so the lowest set bit is exact.
      let word = load(base, position)
      let quotes = (word ^ (ones &* 0x22)) &- ones
      let slashes = (word ^ (ones &* 0x5c)) &- ones
      let controls = word &- (ones &* 0x20)
      let hits = (quotes | slashes | controls | word) & highs
      if hits != 0 { return position &+ (hits.trailingZeroBitCount &>> 3) }
      position &+= 8
    }
    while position < end {
      let byte = base[position]
      if byte == 0x22 || byte == 0x5c || byte < 0x20 || byte >= 0x80 { return position }
      position &+= 1
    }
    return end
  }

  /// Index of the first quote or backslash: the end of a run inside a string that is known to be valid.
  @inline(__always)
  static func quotedRunEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position &+ 8 <= end {
      let word = load(base, position)
      let quotes = (word ^ (ones &* 0x22))
      let slashes = (word ^ (ones &* 0x5c))
      let hits = ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & highs
      if hits != 0 { return position &+ (hits.trailingZeroBitCount &>> 3) }
      position &+= 8
    }
    while position < end, base[position] != 0x22, base[position] != 0x5c { position &+= 1 }
    return position
  }

  /// Index of the first byte that is not white space.
  @inline(__always)
  static func whitespaceEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end, isWhitespace(base[position]) { position &+= 1 }
    return position
  }

  /// Space, tab, LF, CR: the white space of RFC 8259.
  @inline(__always)
  static func isWhitespace(_ byte: UInt8) -> Bool {
    byte <= 0x20 && (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09)
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The value of a hexadecimal digit of either case, nil for any other byte.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
  }

  @inline(__always)
  private static func load(_ base: UnsafePointer<UInt8>, _ position: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}
