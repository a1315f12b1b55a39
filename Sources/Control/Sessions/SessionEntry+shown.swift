import Tail
import Wire

extension SessionEntry {
  /// When somebody last spoke, milliseconds since 1970.
  var lastMessageMS: Int64? { summary.lastTimestamp.flatMap { Timestamp($0)?.milliseconds } }

  /// What a list calls the session: its title, or how it began.
  var shownTitle: String? { summary.title ?? summary.firstPrompt }

  /// What the session does, as far as its transcript says.
  var activity: String? {
    switch status {
    case .active: summary.turnOpen == true ? "working" : "idle"
    case .idle: "idle"
    case .closed, .unreadable: nil
    }
  }
}

extension Timestamp {
  /// A time in the form of every answer.
  static func text(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).iso8601 }
}
