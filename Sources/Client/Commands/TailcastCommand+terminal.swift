import Wire

extension TailcastCommand {
  /// `tailcast tui`; the exit code.
  func runTerminal(
    _ request: TerminalRequest, _ surroundings: Surroundings, _ access: ServerAccess
  ) throws(CommandFailure) -> Int32 {
    if access.json {
      throw .usage("tui: a screen is not JSON; `ls --json` and `tail --json` say the same", command: "tui")
    }
    guard input.isTerminal, output.isTerminal else {
      throw CommandFailure(.failed, "tui needs a terminal; `tailcast tail -f` writes to anything")
    }
    let kind = surroundings.variable("TERM") ?? ""
    if kind.isEmpty || kind == "dumb" {
      throw CommandFailure(
        .failed,
        "tui cannot place its cursor on this terminal (TERM is \(kind.isEmpty ? "not set" : kind)); "
          + "`tailcast tail -f` shows a transcript here")
    }
    // Before the screen is taken: no server, no key and no such session are said in plain lines.
    _ = try access.read("/api/v1/sessions", query: [("page_size", "1")], stays: true)
    if let session = request.session {
      _ = try access.read("/api/v1/sessions/\(PercentEncoding.encode(session))", stays: true)
    }
    return try TerminalShell(surroundings: surroundings, mouse: request.mouse, endpoint: { access.endpoint })
      .run(session: request.session)
  }
}

/// What the TUI begins with. A value.
public struct TerminalRequest: Sendable, Equatable {
  /// The session that is shown first; nil shows the list.
  public var session: String?
  /// Whether the mouse is taken.
  public var mouse = true

  /// The list.
  public init() {}
}
