import Store
import Tail

/// Lets one `transcript.appended` of a session through at once and then at most one in each span, with the newest
/// state. A value; the time is a parameter.
struct Coalescer {
  private struct Quiet {
    var untilMS: Int64
    var newest: Change?
  }

  private var quiet: [String: Quiet] = [:]

  /// True when no sweep is needed.
  var isEmpty: Bool { quiet.isEmpty }

  /// The row to append now, or nil if it waits for the sweep.
  mutating func appended(_ change: Change, session: String, nowMS: Int64, spanMS: Int64) -> Change? {
    if quiet[session] != nil {
      quiet[session]?.newest = change
      return nil
    }
    quiet[session] = Quiet(untilMS: nowMS + spanMS)
    return change
  }

  /// The rows whose span is over.
  mutating func sweep(nowMS: Int64, spanMS: Int64) -> [Change] {
    var due: [Change] = []
    for (session, state) in quiet where state.untilMS <= nowMS {
      if let change = state.newest {
        due.append(change)
        quiet[session] = Quiet(untilMS: nowMS + spanMS)
      } else {
        quiet[session] = nil
      }
    }
    return due
  }
}
