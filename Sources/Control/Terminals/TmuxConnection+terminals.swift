import Glibc
import Reactor

extension TmuxConnection: Terminals {
  /// `new-session`, with the program by way of env(1): it sets the directory and exactly the given variables, and
  /// since tmux is given several arguments no shell sees them.
  public func open(_ request: TerminalRequest) async throws(TerminalError) -> TerminalFacts {
    guard Self.isName(request.name) else { throw .invalid("a terminal cannot be named \(request.name)") }
    guard let program = request.arguments.first, program.hasPrefix("/"), !program.contains("=") else {
      throw .invalid("the program must be an absolute path without an equals sign")
    }
    guard request.directory.hasPrefix("/") else { throw .invalid("the directory must be absolute") }
    let variables = request.environment.filter {
      !$0.key.isEmpty && !$0.key.contains("=") && $0.key != "TERM"
    }
    let words =
      ["/usr/bin/env", "-i", "-C", request.directory, "--", "TERM=tmux-256color"]
      + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + request.arguments
    let command = TmuxCommand(
      "new-session -d -P -F \"\(Self.factsFormat)\" -x \(request.columns) -y \(request.rows) -n agent "
        + "-s \(request.name) --")
    let lines = try await run(command.words(words))
    guard let facts = lines.first.flatMap({ facts($0) }) else { throw .refused("no answer to new-session") }
    return facts
  }

  /// Through a buffer of its own, in pieces: one line per piece, any byte but NUL.
  public func paste(_ text: [UInt8], into id: TerminalID) async throws(TerminalError) {
    try Self.check(id)
    guard !text.isEmpty else { return }
    guard !text.contains(0) else { throw .invalid("a NUL byte cannot be given to a terminal") }
    pasted += 1
    let buffer = "tailcast-\(pasted)"
    var at = 0
    while at < text.count {
      let end = min(text.count, at + Self.pieceBytes)
      let command = TmuxCommand("set-buffer \(at == 0 ? "" : "-a ")-b \(buffer) --")
      _ = try await run(command.word(text[at..<end]), on: id)
      at = end
    }
    // -d: gone with the paste; -p: bracketed if the program asked for it.
    _ = try await run(TmuxCommand("paste-buffer -d -p -b \(buffer) -t \(id.pane)"), on: id)
  }

  private static let pieceBytes = 8 << 10

  /// `send-keys` of names that are known.
  public func press(_ keys: [TerminalKey], in id: TerminalID) async throws(TerminalError) {
    try Self.check(id)
    guard !keys.isEmpty else { return }
    var names: [String] = []
    for key in keys {
      guard let name = key.tmuxName else { throw .invalid("control works with letters only") }
      names.append(name)
    }
    _ = try await run(TmuxCommand("send-keys -t \(id.pane) " + names.joined(separator: " ")), on: id)
  }

  /// `capture-pane` and `display-message`, one after the other.
  public func screen(_ id: TerminalID) async throws(TerminalError) -> TerminalScreen {
    try Self.check(id)
    let format =
      "#{pane_id} #{pane_pid} #{pane_dead} #{pane_dead_status}/#{pane_dead_signal} #{pane_in_mode} #{cursor_x} "
      + "#{cursor_y} #{pane_current_command}"
    let described =
      try await run(TmuxCommand("display-message -p -t \(id.pane) \"\(format)\""), on: id).first ?? []
    let fields = String(decoding: described, as: UTF8.self).split(
      separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
    guard fields.count == 8, fields[0] == id.pane else { throw .gone }
    var lines: [String] = []
    for bytes in try await run(TmuxCommand("capture-pane -p -t \(id.pane)"), on: id) {
      var line = String(decoding: bytes, as: UTF8.self)
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    while lines.last == "" { lines.removeLast() }
    var screen = TerminalScreen(lines: lines)
    screen.pid = Int32(fields[1]) ?? 0
    screen.exit = Self.exit(isDead: fields[2] == "1", fields[3])
    if screen.exit == .unknown { remindOfChildren() }
    screen.isInMode = fields[4] != "0" && !fields[4].isEmpty
    screen.cursorColumn = Int(fields[5]) ?? 0
    screen.cursorRow = Int(fields[6]) ?? 0
    screen.command = String(fields[7])
    return screen
  }

  /// `kill-session`: the program gets SIGHUP.
  public func close(_ id: TerminalID) async throws(TerminalError) {
    do throws(TerminalError) {
      try Self.check(id)
      _ = try await run(TmuxCommand("kill-session -t \(id.pane)"), on: id)
    } catch {
      if error != .gone { throw error }
    }
  }

  /// `list-panes -a`, without the session that keeps tmux alive.
  public func list() async throws(TerminalError) -> [TerminalFacts] {
    let lines = try await run(TmuxCommand("list-panes -a -F \"\(Self.factsFormat)\""))
    return lines.compactMap { facts($0) }.filter { $0.name != "tailcast" }
  }

  /// `attach-session`, for a terminal as most pages and programs have it.
  public nonisolated func client(of name: String, watches: Bool) -> Spawn {
    var environment = rules.environment
    environment["TERM"] = "xterm-256color"
    return Spawn(
      rules.program,
      ["-L", rules.socket, "-u", "attach-session"] + (watches ? ["-f", "read-only,ignore-size"] : [])
        + ["-t", "=\(name)"], environment: environment, workingDirectory: "/")
  }

  private static let factsFormat =
    "#{pane_id} #{pane_pid} #{pane_dead} #{pane_dead_status}/#{pane_dead_signal} #{window_activity} "
    + "#{session_name}"

  private func facts(_ line: [UInt8]) -> TerminalFacts? {
    let fields = String(decoding: line, as: UTF8.self).split(
      separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
    guard fields.count == 6, let pid = Int32(fields[1]) else { return nil }
    var facts = TerminalFacts(
      id: TerminalID(server: server, pane: String(fields[0])), name: String(fields[5]), pid: pid,
      exit: Self.exit(isDead: fields[2] == "1", fields[3]))
    facts.wroteAt = Int64(fields[4])
    return facts
  }

  /// tmux 3.3 misses one SIGCHLD in ten: the program stays a zombie until another one ends. It has just answered, so the
  /// number is still its own.
  private func remindOfChildren() {
    if let pid = server.split(separator: "-").first.flatMap({ Int32($0) }), pid > 1 { kill(pid, SIGCHLD) }
  }

  private static func exit(isDead: Bool, _ text: Substring) -> TerminalExit? {
    guard isDead else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, !parts[1].isEmpty {
      let name = parts[1].hasPrefix("SIG") ? parts[1].dropFirst(3) : parts[1]
      return .signal(Int32(name).flatMap { signals[$0] } ?? String(name))
    }
    // The pane is dead as soon as nothing holds its terminal open; how the program ended is known later.
    return parts.first.flatMap { Int($0) }.map { .code($0) } ?? .unknown
  }

  /// A tmux that was built with glibc knows signals by their numbers only.
  private static let signals: [Int32: String] = [
    SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGILL: "ILL", SIGTRAP: "TRAP", SIGABRT: "ABRT",
    SIGBUS: "BUS",
    SIGFPE: "FPE", SIGKILL: "KILL", SIGUSR1: "USR1", SIGSEGV: "SEGV", SIGUSR2: "USR2", SIGPIPE: "PIPE",
    SIGALRM: "ALRM", SIGTERM: "TERM", SIGXCPU: "XCPU", SIGXFSZ: "XFSZ", SIGSYS: "SYS",
  ]

  /// The pane's name goes into a command as it is.
  private static func check(_ id: TerminalID) throws(TerminalError) {
    guard id.pane.first == "%", id.pane.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) else {
      throw .gone
    }
  }

  private static func isName(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count) && name != "tailcast" && name.first != "-"
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
  }
}

extension TerminalKey {
  /// The key's name in tmux; nil for a control key without a letter.
  var tmuxName: String? {
    switch self {
    case .enter: "Enter"
    case .escape: "Escape"
    case .tab: "Tab"
    case .shiftTab: "BTab"
    case .backspace: "BSpace"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .control(let letter):
      letter.isASCII && letter.isLetter ? "C-\(letter.lowercased())" : nil
    }
  }
}
