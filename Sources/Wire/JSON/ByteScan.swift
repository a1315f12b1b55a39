/// Sixteen bytes at a time: the search that every scanner of this module spends its time in.
///
/// All functions read only inside `[position, end)` of the pointer that they are given.
enum ByteScan {
  private typealias Block = SIMD16<UInt8>

  /// Index of the first byte that a validator must look at inside a string: quote, backslash, control, non-ASCII.
  @inline(__always)
  static func plainRunEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position &+ 16 <= end {
      let block = load(base, position)
      // As signed numbers the bytes of non-ASCII text are negative: one comparison finds them and the controls.
      let low = unsafeBitCast(block, to: SIMD16<Int8>.self) .< SIMD16<Int8>(repeating: 0x20)
      let (quotes, slashes, lows) = (words(block .== quote), words(block .== backslash), words(low))
      let hit = firstHit(quotes.x | slashes.x | lows.x, quotes.y | slashes.y | lows.y)
      if hit < 16 { return position &+ hit }
      position &+= 16
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
    while position &+ 16 <= end {
      let block = load(base, position)
      let (quotes, slashes) = (words(block .== quote), words(block .== backslash))
      let hit = firstHit(quotes.x | slashes.x, quotes.y | slashes.y)
      if hit < 16 { return position &+ hit }
      position &+= 16
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
  private static func load(_ base: UnsafePointer<UInt8>, _ position: Int) -> Block {
    UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: Block.self)
  }

  @inline(__always)
  private static var quote: Block { Block(repeating: 0x22) }
  @inline(__always)
  private static var backslash: Block { Block(repeating: 0x5c) }

  /// The lanes of a comparison as bytes of two numbers. Masks are combined as numbers: the operators of the masks
  /// themselves are calls that go from lane to lane, forty times slower.
  @inline(__always)
  private static func words(_ mask: SIMDMask<SIMD16<Int8>>) -> (x: UInt64, y: UInt64) {
    let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
    return (words[0], words[1])
  }

  /// The number of the first lane that is set; 16 or more when none is.
  @inline(__always)
  private static func firstHit(_ low: UInt64, _ high: UInt64) -> Int {
    if low | high == 0 { return 16 }
    return low != 0 ? low.trailingZeroBitCount &>> 3 : 8 &+ high.trailingZeroBitCount &>> 3
  }
}
