/// A message on its way to an agent. A value.
struct OutgoingText: Equatable {
  /// Sent again with the same id it is not typed again.
  let id: String
  let session: String
  let text: String
  /// `sending` until the server has it, then as the server says: queued, delivered, seen or failed.
  var state = "sending"
  /// The server's id of it.
  var messageID: String?

  init(session: String, text: String) {
    id = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined(separator: "-")
    self.session = session
    self.text = text
  }
}
