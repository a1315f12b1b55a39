import CLinux
import Glibc
import Reactor

/// One `tmux -C` for all terminals: commands in, answers in order. Lives on the home loop.
///
/// A tmux that does not answer in time is let go of, with everything that waits for it; the next command makes a new
/// connection. Terminals live in the tmux server and are not touched by that.
public actor TmuxConnection: ReadinessSink, TimerSink {
  nonisolated let loop: EventLoop
  let rules: TerminalRules
  private let note: @Sendable (String) -> Void
  private var link: TmuxLink?
  private var isReady = false
  private var isStopping = false
  private var connecting: Task<Result<Void, TerminalError>, Never>?
  private var waiting: [Waiting] = []
  private var nextTag: UInt64 = 1
  private var observer: @Sendable () -> Void = {}
  /// The tmux server that the connection reached; the first half of every terminal's id.
  private(set) var server = ""
  var pasted = 0

  private struct Waiting {
    var tag: UInt64
    /// The answer that the client gives to its own start; all others are answers to commands.
    var isAttach: Bool
    var timer: TimerToken
    var continuation: CheckedContinuation<Result<[[UInt8]], TerminalError>, Never>
  }

  /// A connection that is made when it is first needed.
  public init(loop: EventLoop, rules: TerminalRules, note: @escaping @Sendable (String) -> Void) {
    self.loop = loop
    self.rules = rules
    self.note = note
  }

  /// The home loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Has `body` called when terminals may have gone.
  public func observe(_ body: @escaping @Sendable () -> Void) { observer = body }

  /// Lets the client go. Terminals stay, and the tmux server with them; one that has none ends, also one that a server
  /// before this one left behind.
  public func stop() async {
    isStopping = true
    let clients = isReady ? 1 : 0
    let spawn = Spawn(
      rules.program,
      [
        "-L", rules.socket, "if-shell", "-t", "=tailcast:", "-F", Self.isUnused(butBy: clients),
        "kill-server",
      ], environment: rules.environment, workingDirectory: "/")
    // Without a tmux server, or without an answer in time, there is nothing to end.
    _ = try? await ProgramRun.outcome(of: spawn, on: loop, within: rules.timeout, most: 4096)
    drop(.lost)
  }

  /// True, to tmux, of a server whose only session is the one that keeps it alive, as it was made: looked at by this
  /// many clients, so by no other Tailcast and no person.
  private static func isUnused(butBy clients: Int) -> String {
    "#{&&:#{==:#{S:#{session_name}/},tailcast/},"
      + "#{==:#{session_attached}/#{session_windows}/#{window_panes},\(clients)/1/1}}"
  }

  // MARK: Commands

  /// The lines that tmux answers to a command; `nil` for a command with a NUL byte.
  /// - Parameter terminal: the one that the command is about.
  func run(
    _ command: TmuxCommand?, on terminal: TerminalID? = nil
  ) async throws(TerminalError) -> [[UInt8]] {
    guard let command else { throw .invalid("a NUL byte cannot be given to a terminal") }
    try await connect()
    // Only now is it known which tmux server the command goes to: a new one has other panes under these numbers.
    if let terminal, terminal.server != server { throw .gone }
    return try await send(command)
  }

  private func send(_ command: TmuxCommand) async throws(TerminalError) -> [[UInt8]] {
    guard let link else { throw .lost }
    let result = await wait(isAttach: false) { link.write(command.line + [UInt8(ascii: "\n")]) }
    return try result.get()
  }

  private func wait(isAttach: Bool, _ act: () -> Void) async -> Result<[[UInt8]], TerminalError> {
    await withCheckedContinuation { continuation in
      let tag = nextTag
      nextTag += 1
      let timer = loop.schedule(after: rules.timeout, sink: self, tag: tag)
      waiting.append(Waiting(tag: tag, isAttach: isAttach, timer: timer, continuation: continuation))
      act()
    }
  }

  // MARK: Life of the connection

  /// Connects unless that is done or under way.
  private func connect() async throws(TerminalError) {
    if isReady { return }
    let task =
      connecting
      ?? Task(executorPreference: loop) { () -> Result<Void, TerminalError> in
        do throws(TerminalError) {
          try await self.attach()
          return .success(())
        } catch {
          return .failure(error)
        }
      }
    connecting = task
    let result = await task.value
    if connecting == task { connecting = nil }
    try result.get()
  }

  private func attach() async throws(TerminalError) {
    let link: TmuxLink
    do throws(SystemError) {
      link = try TmuxLink(rules, loop)
      try link.register(self)
    } catch {
      if error.errno == ENOENT { throw .notInstalled(program: rules.program) }
      throw .refused("\(rules.program): \(error)")
    }
    self.link = link
    do throws(TerminalError) {
      _ = try await wait(isAttach: true) {}.get()
      server = try await text(TmuxCommand("display-message -p \"#{pid}-#{start_time}\""))
      try await claim()
      for option in Self.options { _ = try await send(TmuxCommand(option)) }
      isReady = true
    } catch {
      if self.link === link { drop(error) }
      throw error
    }
  }

  /// What terminals need: the end of a program must be seen and read, names stay, nothing is added to the screen, and
  /// every key is the program's: with a prefix, who may type into one session could reach all others.
  private static let options = [
    "set-option -g remain-on-exit on", "set-option -g remain-on-exit-format \"\"",
    "set-option -g automatic-rename off", "set-option -g allow-rename off", "set-option -g status off",
    "set-option -g default-terminal tmux-256color", "set-option -s escape-time 0",
    "set-option -g history-limit 10000", "set-option -g destroy-unattached off",
    "set-option -s exit-empty off", "set-option -g prefix None", "set-option -g prefix2 None",
    "set-option -g mouse off",
  ]

  /// Two servers on one socket would both type: the option says whose it is.
  private func claim() async throws(TerminalError) {
    let own = TmuxOwner.current(rules.owner)
    let found = try await text(TmuxCommand("show-options -sqv @tailcast-owner"))
    if let other = TmuxOwner(found), other != own, other.isRunning {
      throw .ownedByAnother("process \(other.pid) with the state directory \(other.state)")
    }
    guard let command = TmuxCommand("set-option -s @tailcast-owner").word(own.text) else {
      throw .invalid("the state directory's name has a NUL byte")
    }
    _ = try await send(command)
    // Of two that take it over in one moment the later is the owner, and both see who that is.
    guard try await text(TmuxCommand("show-options -sqv @tailcast-owner")) == own.text else {
      throw .ownedByAnother("a server that started at the same time")
    }
  }

  private func text(_ command: TmuxCommand) async throws(TerminalError) -> String {
    String(decoding: try await send(command).first ?? [], as: UTF8.self)
  }

  /// Lets the client go and fails everything that waits for it.
  private func drop(_ error: TerminalError) {
    guard let link else { return }
    link.end()
    self.link = nil
    isReady = false
    let failed = waiting
    waiting = []
    for one in failed {
      loop.cancel(one.timer)
      one.continuation.resume(returning: .failure(error))
    }
    observer()
  }

  // MARK: From the loop

  /// The client can be read or written.
  public nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    assumeIsolated { connection in
      guard let link = connection.link else { return }
      if readiness.contains(.writable) { link.flush() }
      let (events, isOpen) = link.read()
      for event in events { connection.take(event) }
      if !isOpen { connection.lost(link) }
    }
  }

  private func take(_ event: ControlModeParser.Event) {
    switch event {
    case .reply(let lines, let isError, let isOwn):
      guard let first = waiting.first, first.isAttach != isOwn else { return }
      waiting.removeFirst()
      loop.cancel(first.timer)
      first.continuation.resume(returning: isError ? .failure(Self.refusal(lines)) : .success(lines))
    case .news(let name, _):
      if name == "sessions-changed" || name == "unlinked-window-close" { observer() }
    case .exit(let reason): link?.lastWords = reason
    case .stray(let text): link?.lastWords = text
    }
  }

  private func lost(_ link: TmuxLink) {
    guard self.link === link else { return }
    let words = link.lastWords
    // Before it was attached tmux says on its last line why it cannot be.
    let error: TerminalError = isReady || words.isEmpty ? .lost : .refused(words)
    if isReady, !isStopping {
      note("terminals: the connection to tmux ended\(words.isEmpty ? "" : ": \(words)")")
    }
    drop(error)
  }

  private static func refusal(_ lines: [[UInt8]]) -> TerminalError {
    let text = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    return text.hasPrefix("can't find") ? .gone : .refused(text)
  }

  /// A command was not answered in time.
  public nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { connection in
      guard connection.waiting.contains(where: { $0.tag == tag }) else { return }
      connection.note(
        "terminals: tmux did not answer within terminals.timeout (\(connection.rules.timeout)); connecting anew"
      )
      connection.drop(.timeout)
    }
  }
}
