import Wire

/// Messages to an agent: each is typed once, whatever becomes of the connection.
extension TerminalModel {
  /// Sends what was typed.
  mutating func send(_ text: String, to session: String) -> [TerminalAction] {
    let text = OutgoingText(session: session, text: text)
    outgoing.append(text)
    drafts[session] = nil
    arrange()
    return [.ask(.send(text))]
  }

  /// What the server did not answer to is sent again, with the same id.
  func sendAgain() -> [TerminalAction] { outgoing.filter { $0.state == "sending" }.map { .ask(.send($0)) } }

  /// The server has it.
  mutating func sent(_ text: OutgoingText, _ body: [UInt8]) -> [TerminalAction] {
    guard let index = outgoing.firstIndex(where: { $0.id == text.id }) else { return [] }
    let json = JSONSlice(validating: body)
    outgoing[index].messageID = json?["message_id"]?.string
    outgoing[index].state = json?["state"]?.string ?? "queued"
    drop()
    return []
  }

  /// The server does not take it, or did not answer.
  mutating func refused(_ text: OutgoingText, _ reason: String, isFinal: Bool) -> [TerminalAction] {
    // Nobody knows what became of it: it is sent again with the same id once the server is back.
    guard isFinal else { return [] }
    outgoing.removeAll { $0.id == text.id }
    // What was written is not lost with its refusal.
    let draft = drafts[text.session].map { text.text + "\n" + $0 } ?? text.text
    drafts[text.session] = draft
    arrange()
    return say(.bad(reason))
  }

  /// What the change feed tells of a message.
  mutating func takeDelivery(_ name: String, _ data: JSONSlice) -> [TerminalAction] {
    let payload = data["payload"]
    guard let id = payload?["message_id"]?.string,
      let index = outgoing.firstIndex(where: { $0.messageID == id })
    else {
      return []
    }
    outgoing[index].state = String(name.dropFirst("message.".count))
    let failed = outgoing[index].state == "failed" ? outgoing[index] : nil
    drop()
    guard let failed else { return [] }
    let reason: String = payload?["reason"]?.string ?? payload?["code"]?.string ?? "unknown"
    return refused(failed, "not delivered: " + reason, isFinal: true)
  }

  /// What has come to its end is not shown any more.
  private mutating func drop() {
    outgoing.removeAll { $0.state == "seen" || $0.state == "failed" }
    arrange()
  }
}
