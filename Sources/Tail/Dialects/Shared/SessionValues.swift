import Wire

/// The last value of each `meta` key, so that a value on every row is told once. A value inside a dialect.
struct SessionValues: Sendable {
  private let capacity: Int
  private var last: [String: UInt64] = [:]

  init(limits: DecoderLimits) {
    capacity = limits.metaKeys
  }

  /// Appends a `meta` event if `value` is there, not null or blank, and new.
  mutating func set(_ key: String, _ value: JSONSlice?, into events: inout [TranscriptEvent]) {
    guard let value, !value.isNull, !(value.utf8Count == 2 && value.kind == .string) else { return }
    let print = fingerprint(value)
    guard last[key] != print else { return }
    // Keys are the agents' words; foreign files may hold any number of them.
    if last.count >= capacity, last[key] == nil { last.removeAll(keepingCapacity: true) }
    last[key] = print
    events.append(.meta(key: key, value: value))
  }
}

/// The value of `MetaKey.notice`.
func notice(level: String, text: String) -> TranscriptEvent {
  var writer = JSONWriter()
  writer.object {
    $0.field("level", level)
    $0.field("text", text)
  }
  return .meta(key: MetaKey.notice, value: JSONSlice(writer.take()))
}
