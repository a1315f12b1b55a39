/// Which incarnation of a file or of the change feed a position belongs to.
public struct Epoch: Sendable, Hashable, CustomStringConvertible {
  /// A hash; two epochs are the same or not, there is no order.
  public var value: UInt32

  /// An epoch by its hash.
  public init(_ value: UInt32) {
    self.value = value
  }

  /// Exactly eight lower-case hexadecimal digits.
  public init?(_ text: some StringProtocol) {
    self.init(bytes: text.utf8)
  }

  init?(bytes text: some Collection<UInt8>) {
    guard text.count == 8 else { return nil }
    var value: UInt32 = 0
    for byte in text {
      guard let digit = ByteScan.hexValue(byte), Hex.digit(digit) == byte else { return nil }
      value = value << 4 | UInt32(digit)
    }
    self.value = value
  }

  /// Appends the eight digits.
  public func append(to target: inout [UInt8]) {
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      target.append(Hex.digit(UInt8(truncatingIfNeeded: value >> shift)))
    }
  }

  /// The eight digits.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
