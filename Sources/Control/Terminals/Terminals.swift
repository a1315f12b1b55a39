import Reactor

/// Terminals that outlive the server: tmux, or a model of it in tests.
///
/// Nothing that is given to it ever passes through a shell, and no call waits for longer than the limit of its rules.
public protocol Terminals: Sendable {
  /// Starts a program in a terminal of its own. A program that cannot be started is a terminal whose program has
  /// ended, with the reason on its screen.
  func open(_ request: TerminalRequest) async throws(TerminalError) -> TerminalFacts
  /// Gives the program a text as a paste: bracketed when the program asked for that, line feeds as carriage returns.
  func paste(_ text: [UInt8], into id: TerminalID) async throws(TerminalError)
  /// Presses keys, one after the other.
  func press(_ keys: [TerminalKey], in id: TerminalID) async throws(TerminalError)
  /// What the terminal shows, and how its program is doing.
  func screen(_ id: TerminalID) async throws(TerminalError) -> TerminalScreen
  /// Ends the terminal and its program. One that is gone already is no error.
  func close(_ id: TerminalID) async throws(TerminalError)
  /// Every terminal of this server that there is.
  func list() async throws(TerminalError) -> [TerminalFacts]
  /// The program that shows the terminal of a name on a terminal of its own, until it is ended; the terminal itself is
  /// not touched by that. Of who only watches it takes no keys and no size.
  nonisolated func client(of name: String, watches: Bool) -> Spawn
  /// Has `body` called, on the home loop, when terminals may have gone: ask `list` then.
  func observe(_ body: @escaping @Sendable () -> Void) async
}

/// One terminal of one life of the tmux server: a later server gives the same number to another pane, and what was
/// meant for this one must never be typed there.
public struct TerminalID: Sendable, Hashable {
  /// Process id and start of the tmux server.
  public var server: String
  /// The pane, such as `%3`.
  public var pane: String

  /// The pane of a server.
  public init(server: String, pane: String) {
    self.server = server
    self.pane = pane
  }
}

/// A terminal to open.
public struct TerminalRequest: Sendable, Hashable {
  /// The name that people find it by: `[A-Za-z0-9_-]{1,128}`, no other terminal's.
  public var name: String
  /// Where the program starts.
  public var directory: String
  /// The program's absolute path and its arguments.
  public var arguments: [String]
  /// All variables of the program; TERM is added.
  public var environment: [String: String]
  /// Columns.
  public var columns = 160
  /// Rows.
  public var rows = 50

  /// A terminal of the usual size.
  public init(name: String, directory: String, arguments: [String], environment: [String: String]) {
    self.name = name
    self.directory = directory
    self.arguments = arguments
    self.environment = environment
  }
}

/// How the program of a terminal ended.
public enum TerminalExit: Sendable, Hashable {
  /// It returned this code.
  case code(Int)
  /// This signal ended it, by its name without `SIG`.
  case signal(String)
  /// It ended, and tmux does not say how, or not yet.
  case unknown
}

/// One terminal of a list.
public struct TerminalFacts: Sendable, Hashable {
  /// The terminal.
  public var id: TerminalID
  /// Its name.
  public var name: String
  /// The process id of its program.
  public var pid: Int32
  /// How the program ended; nil while it runs.
  public var exit: TerminalExit?
  /// The second since 1970 in which it last wrote to its terminal; nil if that is not known.
  public var wroteAt: Int64?

  /// A terminal.
  public init(id: TerminalID, name: String, pid: Int32, exit: TerminalExit? = nil) {
    self.id = id
    self.name = name
    self.pid = pid
    self.exit = exit
  }
}

/// What a terminal shows.
public struct TerminalScreen: Sendable, Hashable {
  /// The visible rows, without the blanks at their ends; blank rows below the last text are left out.
  public var lines: [String]
  /// The cursor's column, from 0.
  public var cursorColumn = 0
  /// The cursor's row, from 0.
  public var cursorRow = 0
  /// Somebody scrolls or selects in it: keys would go there and not to the program.
  public var isInMode = false
  /// The process id of the program.
  public var pid: Int32 = 0
  /// How the program ended; nil while it runs.
  public var exit: TerminalExit?
  /// The name of the process in the foreground.
  public var command = ""

  /// A screen.
  public init(lines: [String]) {
    self.lines = lines
  }

  /// The rows as one text.
  public var text: String { lines.joined(separator: "\n") }
}

/// A key that may be pressed.
public enum TerminalKey: Sendable, Hashable {
  case enter, escape, tab, shiftTab, backspace, up, down, left, right
  /// Control and a letter from `a` to `z`.
  case control(Character)
}

/// Why a terminal could not do what was asked.
public enum TerminalError: Error, Sendable, Hashable {
  /// The program tmux is not there.
  case notInstalled(program: String)
  /// Another server steers the terminals of this socket.
  case ownedByAnother(String)
  /// tmux did not answer in time and was let go.
  case timeout
  /// The connection broke before the answer came: whether the command was done is not known.
  case lost
  /// There is no such terminal, or no longer.
  case gone
  /// What was asked for cannot be asked of tmux.
  case invalid(String)
  /// tmux refused.
  case refused(String)
}
