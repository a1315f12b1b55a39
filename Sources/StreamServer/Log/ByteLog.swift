import Glibc

/// The newest frames of one topic and variant on one loop: contiguous bytes, and marks that say which position of the
/// transcript each stretch belongs to. Owned by its shard.
///
/// Positions are absolute and never reused. What falls out at the tail is not lost: it stands in the file.
final class ByteLog {
  /// The end of one line's frames.
  struct Mark: Sendable {
    /// The cursor's offset that a client has after them.
    var offset: UInt64
    /// The position just after them.
    var position: UInt64
    /// True if a turn ended there.
    var endsTurn: Bool
    /// True if a `ui` stream stands inside a step there.
    var isStepOpen = false
  }

  private let limit: Int
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  /// The position of the first byte in `storage`.
  private var base: UInt64 = 0
  private var marks: [Mark] = []
  private var firstMark = 0
  /// Whether a step is open before the first of `marks`.
  private var isStepOpenBefore: Bool

  /// The position of the oldest byte that can be sent.
  private(set) var tail: UInt64 = 0
  /// The position after the newest byte.
  private(set) var head: UInt64 = 0
  /// The cursor's offset at `tail`: a reader whose cursor is not before it can join.
  private(set) var tailOffset: UInt64
  /// The cursor's offset at `head`.
  private(set) var headOffset: UInt64

  /// An empty log at an offset that keeps about `limit` bytes.
  init(at offset: UInt64, limit: Int, isStepOpen: Bool = false) {
    isStepOpenBefore = isStepOpen
    self.limit = max(limit, 4096)
    capacity = 4096
    storage = .allocate(byteCount: capacity, alignment: 16)
    tailOffset = offset
    headOffset = offset
  }

  deinit { storage.deallocate() }

  /// Bytes held.
  var count: Int { Int(head - tail) }
  /// Bytes reserved.
  var reserved: Int { capacity }

  /// Adds frames; `marks` count from the beginning of `bytes`. The caller moves readers that stand before
  /// `tailAfterTrim` first.
  func append(_ bytes: [UInt8], marks added: [Mark], headOffset offset: UInt64) {
    reserve(bytes.count)
    bytes.withUnsafeBytes { source in
      guard let from = source.baseAddress else { return }
      (storage + Int(head - base)).copyMemory(from: from, byteCount: source.count)
    }
    for mark in added {
      var mark = mark
      mark.position += head
      marks.append(mark)
    }
    head += UInt64(bytes.count)
    headOffset = offset
  }

  /// Where the tail has to go before `more` bytes are added, or nil if nothing has to leave. Trims down to the limit
  /// only when twice the limit is reached, so that the walk over the readers is rare.
  func tailAfterTrim(adding more: Int) -> UInt64? {
    guard count + more > 2 * limit else { return nil }
    let keepFrom = head + UInt64(more) - UInt64(min(limit, count + more))
    var index = firstMark
    while index < marks.count, marks[index].position < keepFrom { index += 1 }
    return index < marks.count ? marks[index].position : head
  }

  /// Lets go of everything before a position given by `tailAfterTrim`.
  func trim(to position: UInt64) {
    while firstMark < marks.count, marks[firstMark].position <= position {
      tailOffset = marks[firstMark].offset
      firstMark += 1
    }
    if position == head { tailOffset = headOffset }
    tail = position
    if firstMark > 1024, firstMark > marks.count / 2 {
      // Readers of an older content still need the marks that stand between the tail and the restart.
      // The one at the tail says where those stand who are next to be trimmed.
      let gone = marks[..<firstMark].firstIndex { $0.position >= tail } ?? firstMark
      if gone > 0 { isStepOpenBefore = marks[gone - 1].isStepOpen }
      marks.removeFirst(gone)
      firstMark -= gone
    }
  }

  /// Starts over at offset 0 of a new content. Positions go on, so that blocked readers finish what they have.
  func restart() {
    firstMark = marks.count
    tailOffset = 0
    headOffset = 0
  }

  /// Where a reader with this cursor goes on, or nil if that has left memory or is yet to come.
  func position(after offset: UInt64) -> UInt64? {
    if offset == headOffset { return head }
    guard offset >= tailOffset, offset < headOffset else { return nil }
    var low = firstMark
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    return low > firstMark ? marks[low - 1].position : max(tail, restartPosition)
  }

  /// The first mark at or after a position, whatever content it belongs to.
  func mark(from position: UInt64) -> Mark? {
    let index = marksEnding { $0.position < position }
    return index < marks.count ? marks[index] : nil
  }

  /// True if a `ui` stream that has everything before a position stands inside a step.
  func isStepOpen(at position: UInt64) -> Bool {
    let count = marksEnding { $0.position <= position }
    return count > 0 ? marks[count - 1].isStepOpen : isStepOpenBefore
  }

  /// How many marks are before something, by bisection.
  private func marksEnding(_ before: (Mark) -> Bool) -> Int {
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if before(marks[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The cursor's offset, in its own content, of a reader that has everything before a position.
  func offset(at position: UInt64) -> UInt64 {
    if position == head { return headOffset }
    let isOld = position < restartPosition
    var low = isOld ? 0 : firstMark
    var high = isOld ? firstMark : marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].position <= position { low = middle + 1 } else { high = middle }
    }
    if isOld { return low > 0 ? marks[low - 1].offset : 0 }
    return low > firstMark ? marks[low - 1].offset : tailOffset
  }

  /// The first mark after a position whose line ended a turn, whatever content it belongs to.
  func turnEnd(after position: UInt64) -> Mark? {
    marks[marksEnding { $0.position <= position }...].first(where: \.endsTurn)
  }

  /// The bytes from a position to the head (or to `end`).
  func withBytes<Value>(
    from position: UInt64, to end: UInt64? = nil, _ body: (UnsafeRawBufferPointer) -> Value
  ) -> Value {
    let from = max(position, base)
    let until = end ?? head
    return body(UnsafeRawBufferPointer(start: storage + Int(from - base), count: Int(until - from)))
  }

  /// The position of the newest restart; what stands before it belongs to an older content.
  var restartPosition: UInt64 = 0

  private func reserve(_ more: Int) {
    let used = Int(head - base)
    guard used + more > capacity else { return }
    let kept = Int(head - tail)
    if kept + more <= capacity / 2 {
      // Moving half a buffer at most once per half a buffer written costs each byte one copy.
      memmove(storage, storage + Int(tail - base), kept)
    } else {
      capacity = max(4096, (kept + more).nextPowerOfTwo * 2)
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      larger.copyMemory(from: storage + Int(tail - base), byteCount: kept)
      storage.deallocate()
      storage = larger
    }
    base = tail
  }
}

extension Int {
  /// The smallest power of two that is not below this number.
  var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
