/// Steps over values that are known to be valid JSON, without looking into them more than it must.
///
/// Fed with bytes that are not valid it ends early or late, never outside `[0, end)`.
struct JSONSkipper {
  let base: UnsafePointer<UInt8>
  let end: Int

  /// Index just behind the value that starts at `start`.
  func valueEnd(_ start: Int) -> Int {
    guard start < end else { return end }
    switch base[start] {
    case UInt8(ascii: "\""): return stringEnd(start)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return containerEnd(start)
    default:
      var position = start
      while position < end {
        switch base[position] {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09, 0x0a, 0x0d: return position
        default: position &+= 1
        }
      }
      return end
    }
  }

  /// Index just behind the closing quote of the string that opens at `start`.
  @inline(__always)
  func stringEnd(_ start: Int) -> Int {
    var position = start &+ 1
    while true {
      position = ByteScan.quotedRunEnd(base, position, end)
      guard position < end else { return end }
      if base[position] == UInt8(ascii: "\"") { return position &+ 1 }
      position = min(position &+ 2, end)
    }
  }

  /// Calls `body` with the ranges of each key (with its quotes) and value of the object at 0, until it says stop.
  @inline(__always)
  func forEachMember(_ body: (_ key: Range<Int>, _ valueStart: Int) -> MemberStep) {
    guard end > 0, base[0] == UInt8(ascii: "{") else { return }
    var position = ByteScan.whitespaceEnd(base, 1, end)
    while position < end, base[position] == UInt8(ascii: "\"") {
      let keyEnd = stringEnd(position)
      let colon = ByteScan.whitespaceEnd(base, keyEnd, end)
      let valueStart = ByteScan.whitespaceEnd(base, min(colon &+ 1, end), end)
      guard valueStart < end else { return }
      let valueEnd: Int
      switch body(position..<keyEnd, valueStart) {
      case .skip: valueEnd = self.valueEnd(valueStart)
      case .consumed(let upTo): valueEnd = upTo
      case .stop: return
      }
      position = nextItem(valueEnd)
    }
  }

  /// Calls `body` with the range of each element of the array at 0.
  func forEachElement(_ body: (Range<Int>) -> Void) {
    guard end > 0, base[0] == UInt8(ascii: "[") else { return }
    var position = ByteScan.whitespaceEnd(base, 1, end)
    while position < end, base[position] != UInt8(ascii: "]") {
      let valueEnd = self.valueEnd(position)
      body(position..<valueEnd)
      // Only invalid bytes can leave the position where it was.
      let next = nextItem(valueEnd)
      guard next > position else { return }
      position = next
    }
  }

  enum MemberStep {
    case skip
    case consumed(upTo: Int)
    case stop
  }

  private func nextItem(_ valueEnd: Int) -> Int {
    var position = ByteScan.whitespaceEnd(base, valueEnd, end)
    if position < end, base[position] == UInt8(ascii: ",") {
      position = ByteScan.whitespaceEnd(base, position &+ 1, end)
    }
    return position
  }

  private func containerEnd(_ start: Int) -> Int {
    var position = start
    var depth = 0
    while position < end {
      switch base[position] {
      case UInt8(ascii: "\""):
        position = stringEnd(position)
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        if depth == 0 { return position &+ 1 }
      default: break
      }
      position &+= 1
    }
    return end
  }
}
