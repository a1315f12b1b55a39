import Reactor

@testable import Control

/// Terminals as a table, and a journal of what was typed into them.
actor TerminalModel: Terminals {
  struct Terminal: Sendable {
    var facts: TerminalFacts
    var request: TerminalRequest
    var screen = TerminalScreen(lines: ["ready"])
    var isGone = false
  }

  enum Act: Sendable, Equatable {
    case open(String)
    case paste(String, [UInt8])
    case press(String, [TerminalKey])
    case close(String)
  }

  private(set) var terminals: [TerminalID: Terminal] = [:]
  private(set) var acts: [Act] = []
  /// Thrown by every call until it is nil again.
  private var failure: TerminalError?
  /// What a program does with what is typed: called after each act with the terminal, which it may change.
  private var program: @Sendable (Act, inout Terminal) -> Void = { _, _ in }
  private var observer: @Sendable () -> Void = {}
  private var opened = 0
  private var life = 1
  /// Process ids that no process has: a test says how a program ends.
  private let firstPID: Int32 = 2_000_000_000

  func fail(_ failure: TerminalError?) { self.failure = failure }
  func setProgram(_ program: @escaping @Sendable (Act, inout Terminal) -> Void) { self.program = program }

  /// A terminal shows something else.
  func show(_ lines: [String], on id: TerminalID) { terminals[id]?.screen.lines = lines }

  /// The program of a terminal ends.
  func end(_ id: TerminalID, _ exit: TerminalExit, saying lines: [String] = []) {
    terminals[id]?.facts.exit = exit
    terminals[id]?.screen.exit = exit
    if !lines.isEmpty { terminals[id]?.screen.lines = lines }
    observer()
  }

  /// tmux itself ends, with all terminals; the next ones have other ids.
  func endAll() {
    terminals = [:]
    life += 1
    observer()
  }

  /// The open terminal of a name.
  func named(_ name: String) -> Terminal? { terminals.values.first { $0.facts.name == name } }

  nonisolated func client(of name: String, watches: Bool) -> Spawn { Spawn("true") }

  func observe(_ body: @escaping @Sendable () -> Void) { observer = body }

  func open(_ request: TerminalRequest) throws(TerminalError) -> TerminalFacts {
    if let failure { throw failure }
    guard named(request.name) == nil else { throw .refused("duplicate session: \(request.name)") }
    opened += 1
    let id = TerminalID(server: "model-\(life)", pane: "%\(opened)")
    var terminal = Terminal(
      facts: TerminalFacts(id: id, name: request.name, pid: firstPID + Int32(opened)), request: request)
    let act = Act.open(request.name)
    acts.append(act)
    program(act, &terminal)
    terminals[id] = terminal
    return terminal.facts
  }

  func paste(_ text: [UInt8], into id: TerminalID) throws(TerminalError) {
    try act(id) { .paste($0, text) }
  }

  func press(_ keys: [TerminalKey], in id: TerminalID) throws(TerminalError) {
    try act(id) { .press($0, keys) }
  }

  private func act(_ id: TerminalID, _ make: (String) -> Act) throws(TerminalError) {
    if let failure { throw failure }
    guard var terminal = terminals[id] else { throw .gone }
    let act = make(terminal.facts.name)
    acts.append(act)
    program(act, &terminal)
    terminals[id] = terminal
  }

  func screen(_ id: TerminalID) throws(TerminalError) -> TerminalScreen {
    if let failure { throw failure }
    guard let terminal = terminals[id] else { throw .gone }
    var screen = terminal.screen
    screen.pid = terminal.facts.pid
    screen.exit = terminal.facts.exit
    return screen
  }

  func close(_ id: TerminalID) throws(TerminalError) {
    if let failure { throw failure }
    guard let terminal = terminals.removeValue(forKey: id) else { return }
    acts.append(.close(terminal.facts.name))
    observer()
  }

  func list() throws(TerminalError) -> [TerminalFacts] {
    if let failure { throw failure }
    return terminals.values.map(\.facts).sorted { $0.id.pane < $1.id.pane }
  }
}
