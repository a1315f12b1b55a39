import Glibc

/// Whose a tmux server is: the process that steers it, told apart from a later one with its number by its start, and
/// its state directory.
struct TmuxOwner: Equatable {
  var pid: Int32
  /// Ticks after boot at which the process began (proc(5), stat, field 22).
  var startTicks: String
  var state: String

  static func current(_ state: String) -> TmuxOwner {
    TmuxOwner(pid: getpid(), startTicks: startTicks(of: getpid()) ?? "0", state: state)
  }

  init(pid: Int32, startTicks: String, state: String) {
    self.pid = pid
    self.startTicks = startTicks
    self.state = state
  }

  /// Reads what `text` wrote.
  init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, let pid = Int32(parts[0]) else { return nil }
    self.init(pid: pid, startTicks: String(parts[1]), state: parts.count > 2 ? String(parts[2]) : "")
  }

  var text: String { "\(pid) \(startTicks) \(state)" }

  /// Whether that process still runs.
  var isRunning: Bool { Self.startTicks(of: pid) == startTicks }

  private static func startTicks(of pid: Int32) -> String? {
    ProcessFile.stat(pid)?.startTicks
  }
}
