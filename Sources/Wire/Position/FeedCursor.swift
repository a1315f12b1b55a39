/// A position in the change feed: `<epoch>-<sequence>`.
public struct FeedCursor: Sendable, Hashable, CustomStringConvertible {
  /// The database that the feed belongs to.
  public var epoch: Epoch
  /// Number of the last row seen.
  public var sequence: UInt64

  /// A position.
  public init(epoch: Epoch, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  /// The text form and nothing else.
  public init?(_ text: some StringProtocol) {
    guard let (epoch, rest) = PositionText.split(Array(text.utf8)[...]),
      let sequence = DecimalText.parse(rest)
    else { return nil }
    self.init(epoch: epoch, sequence: sequence)
  }

  /// Appends the text form.
  public func append(to target: inout [UInt8]) {
    PositionText.append(epoch, sequence, to: &target)
  }

  /// The text form.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
