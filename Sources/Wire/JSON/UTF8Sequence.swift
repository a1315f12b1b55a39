/// One multi-byte UTF-8 sequence (RFC 3629 section 4): no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Sequence {
  /// Length of the well-formed sequence that starts at `position` (2, 3 or 4), or 0 if there is none.
  @inline(__always)
  static func length(_ base: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Int {
    let lead = base[position]
    let left = end &- position
    @inline(__always) func continuation(_ index: Int) -> Bool { base[position &+ index] & 0xc0 == 0x80 }
    if lead < 0xc2 { return 0 }
    if lead < 0xe0 { return left >= 2 && continuation(1) ? 2 : 0 }
    if lead < 0xf0 {
      guard left >= 3, continuation(1), continuation(2) else { return 0 }
      let second = base[position &+ 1]
      if lead == 0xe0 && second < 0xa0 || lead == 0xed && second > 0x9f { return 0 }
      return 3
    }
    guard lead < 0xf5, left >= 4, continuation(1), continuation(2), continuation(3) else { return 0 }
    let second = base[position &+ 1]
    if lead == 0xf0 && second < 0x90 || lead == 0xf4 && second > 0x8f { return 0 }
    return 4
  }
}
