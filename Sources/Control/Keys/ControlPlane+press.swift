import Glibc
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST sessions/{id}/keys`
  func pressKeys(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    guard let text = try body.text("key", maximum: 64) else { throw body.invalid("key", "is missing") }
    guard let name = KeyName(rawValue: text) else {
      throw body.invalid("key", "must be one of \(KeyName.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let count = try body.number("count", in: 1...100) ?? 1
    let letter = try Self.letter(body, for: name)
    let entry = try await session(call.id)
    let recipient = try await running(entry.id)
    if name == .kill {
      try await killAgent(recipient, entry.id)
    } else {
      let keys = name.keys(letter: letter)
      try await onTerminal { terminals throws(TerminalError) in
        for _ in 0..<count { try await terminals.press(keys, in: recipient.terminal) }
      }
    }
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "success")
      json.field("session_id", entry.id)
      json.field("key", text)
      json.field("count", count)
    }
    return .response(.json(writer.take()))
  }

  private static func letter(_ body: Body, for name: KeyName) throws(Problem) -> Character? {
    guard name == .control else { return nil }
    guard let text = try body.text("letter", maximum: 1) else {
      throw body.invalid("letter", "is missing; ctrl needs one")
    }
    guard let letter = text.first, letter.isASCII, letter.isLetter else {
      throw body.invalid("letter", "must be one letter from a to z")
    }
    return Character(letter.lowercased())
  }

  /// Ends the agent's process, which cannot refuse. The terminal stays, and says so.
  private func killAgent(_ recipient: Recipient, _ id: String) async throws(Problem) {
    let screen = try await onTerminal { terminals throws(TerminalError) in
      try await terminals.screen(recipient.terminal)
    }
    // The pane's process is tmux's own child: while the pane is not dead its number is nobody else's.
    guard screen.exit == nil, screen.pid > 1 else { throw .desk(.exited(id)) }
    Glibc.kill(screen.pid, SIGKILL)
  }

  /// `POST sessions/{id}/interrupt`
  func interruptSession(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    try await interrupt(entry.id)
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "interrupted")
      json.field("session_id", entry.id)
    }
    return .response(.json(writer.take()))
  }

  /// Presses Escape; messages that were not begun wait until its effect is known.
  func interrupt(_ id: String) async throws(Problem) {
    let isTyping = await messages.beginInterrupt(id)
    do throws(Problem) {
      try await escape(id, isTyping: isTyping)
    } catch {
      await messages.endInterrupt(id)
      throw error
    }
    await messages.endInterrupt(id)
  }

  /// An agent that had not begun to work puts the text that it was given back into its input, where it would stand in
  /// the way of the next message. What is being typed there is not that text.
  private func escape(_ id: String, isTyping: Bool) async throws(Problem) {
    let recipient = try await running(id)
    let before = try await look(recipient)
    guard !before.hasExited else { throw .desk(.exited(id)) }
    try await press([.escape], recipient)
    guard before.input == .empty, !isTyping else { return }
    for _ in 0..<10 {
      await messages.pause(.milliseconds(50))
      guard case .text = try await look(recipient).input else { continue }
      try await press([.control("c")], recipient)
      // Of a turn that was taken back so the transcript says nothing more: its last word would be that it goes on.
      return await sessions.report(id, ReportedStatus(.idle, activity: nil, sinceMS: clockMS()))
    }
  }

  /// The terminal of a session whose agent runs.
  func running(_ id: String) async throws(Problem) -> Recipient {
    do throws(DeskFault) {
      return try await desk.running(id)
    } catch {
      throw .desk(error)
    }
  }

  /// What an agent's terminal shows.
  func look(_ recipient: Recipient) async throws(Problem) -> AgentScreen {
    let screen = try await onTerminal { terminals throws(TerminalError) in
      try await terminals.screen(recipient.terminal)
    }
    return AgentScreen(screen, of: recipient.agent)
  }

  func press(_ keys: [TerminalKey], _ recipient: Recipient) async throws(Problem) {
    try await onTerminal { terminals throws(TerminalError) in
      try await terminals.press(keys, in: recipient.terminal)
    }
  }

  private func onTerminal<Value: Sendable>(
    _ body: (any Terminals) async throws(TerminalError) -> Value
  ) async throws(Problem) -> Value {
    do throws(TerminalError) {
      return try await body(desk.terminals)
    } catch {
      throw .terminals(error)
    }
  }
}
