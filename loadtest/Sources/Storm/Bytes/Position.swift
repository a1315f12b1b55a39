/// A cursor as it stands on the wire, `<8 hex digits>-<decimal offset>[.<part>]`, read without allocation.
struct Position: Equatable {
  var epoch: UInt32
  var offset: UInt64
  var part: UInt64?

  init(epoch: UInt32, offset: UInt64, part: UInt64? = nil) {
    self.epoch = epoch
    self.offset = offset
    self.part = part
  }

  init?(_ text: Stretch) {
    guard text.count >= 10, text.count <= 60, text[8] == UInt8(ascii: "-") else { return nil }
    var epoch: UInt32 = 0
    for index in 0..<8 {
      let byte = text[index]
      switch byte {
      case 0x30...0x39: epoch = epoch << 4 | UInt32(byte - 0x30)
      case 0x61...0x66: epoch = epoch << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    var index = 9
    guard let offset = Self.decimal(text, &index) else { return nil }
    self.init(epoch: epoch, offset: offset)
    guard index < text.count else { return }
    guard text[index] == UInt8(ascii: ".") else { return nil }
    index += 1
    guard let part = Self.decimal(text, &index), index == text.count else { return nil }
    self.part = part
  }

  /// The cursor's text.
  func append(to target: inout [UInt8]) {
    for shift in stride(from: 28, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: epoch >> UInt32(shift)) & 15
      target.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
    }
    target.append(UInt8(ascii: "-"))
    target.append(decimal: offset)
    if let part {
      target.append(UInt8(ascii: "."))
      target.append(decimal: part)
    }
  }

  private static func decimal(_ text: Stretch, _ index: inout Int) -> UInt64? {
    let start = index
    var value: UInt64 = 0
    while index < text.count, index - start < 19, text[index] &- 0x30 < 10 {
      value = value * 10 + UInt64(text[index] - 0x30)
      index += 1
    }
    return index > start ? value : nil
  }
}
