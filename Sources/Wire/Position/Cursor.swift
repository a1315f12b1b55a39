/// A position in a transcript file: `<epoch>-<offset>` or `<epoch>-<offset>.<part>`.
public struct Cursor: Sendable, Hashable, CustomStringConvertible {
  /// The incarnation of the file.
  public var epoch: Epoch
  /// Just behind the record: the byte to read on from, or the number of messages for files that are rewritten.
  public var offset: UInt64
  /// Which frame of a record with several (1, 2, …); nil is the last one.
  public var part: Int?

  /// A position; `part` counts from 1.
  public init(epoch: Epoch, offset: UInt64, part: Int? = nil) {
    self.epoch = epoch
    self.offset = offset
    self.part = part
  }

  /// The text form and nothing else: lower-case digits of the epoch, no sign, no leading zero, parts from 1.
  public init?(_ text: some StringProtocol) {
    self.init(bytes: Array(text.utf8)[...])
  }

  init?(bytes text: ArraySlice<UInt8>) {
    guard let (epoch, rest) = PositionText.split(text) else { return nil }
    let dot = rest.firstIndex(of: UInt8(ascii: "."))
    guard let offset = DecimalText.parse(rest[..<(dot ?? rest.endIndex)]) else { return nil }
    self.init(epoch: epoch, offset: offset)
    if let dot {
      guard let number = DecimalText.parse(rest[(dot + 1)...]), number >= 1, let part = Int(exactly: number)
      else { return nil }
      self.part = part
    }
  }

  /// Appends the text form.
  public func append(to target: inout [UInt8]) {
    PositionText.append(epoch, offset, to: &target)
    if let part {
      target.append(UInt8(ascii: "."))
      DecimalText.append(UInt64(part.magnitude), to: &target)
    }
  }

  /// The text form.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

/// The part that all positions have in common: an epoch, a hyphen, a number.
enum PositionText {
  static func split(_ text: ArraySlice<UInt8>) -> (Epoch, ArraySlice<UInt8>)? {
    guard text.count >= 10, text[text.startIndex + 8] == UInt8(ascii: "-"),
      let epoch = Epoch(bytes: text.prefix(8))
    else { return nil }
    return (epoch, text.dropFirst(9))
  }

  static func append(_ epoch: Epoch, _ number: UInt64, to target: inout [UInt8]) {
    epoch.append(to: &target)
    target.append(UInt8(ascii: "-"))
    DecimalText.append(number, to: &target)
  }
}
