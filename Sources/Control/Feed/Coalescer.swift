import Tail

/// Lets one piece of news of a session through at once and then at most one in each span, with the newest state. A
/// value; the time is a parameter.
struct Coalescer {
  private struct Quiet {
    var untilMS: Int64
    var newest: SessionEntry?
  }

  private var quiet: [String: Quiet] = [:]

  /// True when no sweep is needed.
  var isEmpty: Bool { quiet.isEmpty }

  /// Sessions whose span is not over.
  var count: Int { quiet.count }

  /// True when the news is to be told now; otherwise it waits for the sweep.
  mutating func take(_ entry: SessionEntry, nowMS: Int64, spanMS: Int64) -> Bool {
    guard let index = quiet.index(forKey: entry.id) else {
      quiet[entry.id] = Quiet(untilMS: nowMS + spanMS)
      return true
    }
    quiet.values[index].newest = entry
    return false
  }

  /// Other news has told of a newer state: what waits must not tell an older one after it.
  mutating func renew(_ entry: SessionEntry) {
    if quiet[entry.id]?.newest != nil { quiet[entry.id]?.newest = entry }
  }

  /// The session is no longer listed.
  mutating func forget(_ id: String) { quiet[id] = nil }

  /// The sessions whose span is over and that have news.
  mutating func sweep(nowMS: Int64, spanMS: Int64) -> [SessionEntry] {
    var due: [SessionEntry] = []
    var over: [String] = []
    for index in quiet.indices where quiet.values[index].untilMS <= nowMS {
      if let entry = quiet.values[index].newest {
        due.append(entry)
        quiet.values[index] = Quiet(untilMS: nowMS + spanMS)
      } else {
        over.append(quiet.keys[index])
      }
    }
    for session in over { quiet[session] = nil }
    return due
  }
}
