import Wire

/// Gemini CLI (TRANSCRIPTS sections 4 and 15.3): a log that repeats whole messages under the same id, and before 0.39
/// a document whose messages are fed one by one. Owns the hashes of the messages shown.
struct GeminiDialect: Dialect {
  private var held: GeminiHeld
  private var values: SessionValues
  /// The file was read from its start, so a message that is not held was never shown.
  private var knowsStart = false
  private var isFirst = true

  init(limits: DecoderLimits) {
    held = GeminiHeld(limits: limits)
    values = SessionValues(limits: limits)
  }

  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    if isFirst {
      isFirst = false
      knowsStart = record.start == 0
    }
    let json = record.json
    guard json.kind == .object else {
      events.append(.unknown(type: "\(json.kind)"))
      return
    }
    // A message names itself in its first members; to find that it has none of the others is a walk over all of it.
    if json["id"] == nil, readControl(json, into: &events) { return }
    var reader = ContentReader(callPrefix: "\(record.start)")
    guard let message = GeminiMessage(json, ordinal: record.start, reader: &reader) else {
      events.append(.unknown(type: json["type"]?.string ?? ""))
      return
    }
    show(message, into: &events)
  }

  /// A line that is no message; false if it may be one without an id.
  private mutating func readControl(_ json: JSONSlice, into events: inout [TranscriptEvent]) -> Bool {
    if let changes = json["$set"] {
      readHead(changes, into: &events)
      if let list = changes["messages"], list.kind == .array { replaceAll(list.elements, into: &events) }
    } else if let from = json["$rewindTo"] {
      rewind(to: from.string, into: &events)
    } else if json["sessionId"] != nil {
      knowsStart = true
      readHead(json, into: &events)
    } else {
      return false
    }
    return true
  }

  /// The values of the session in a head line, a `$set` or a document.
  mutating func readHead(_ head: JSONSlice, into events: inout [TranscriptEvent]) {
    values.set(MetaKey.session, head["sessionId"], into: &events)
    values.set(MetaKey.title, head["summary"], into: &events)
    values.set(MetaKey.cwd, head["directories"]?.elements.first, into: &events)
    values.set("kind", head["kind"], into: &events)
  }

  /// First sight: a message. Later: what changed of it, if anything did.
  private mutating func show(_ new: GeminiMessage, into events: inout [TranscriptEvent]) {
    let usage = new.message.usage.map { fingerprint($0) }
    let prints = Dictionary(zip(new.keys, new.prints), uniquingKeysWith: { first, _ in first })
    let entry = GeminiHeld.Entry(id: new.id, prints: prints, usage: usage)
    if new.message.role == .assistant {
      values.set(MetaKey.model, new.message.model.map { JSONSlice(string: $0) }, into: &events)
    }
    guard let index = held.position(of: new.id) else {
      held.append(entry)
      first(new, into: &events)
      return
    }
    let old = held.entries[index]
    held.replace(at: index, with: entry)
    let changed = new.keys.indices.filter { old.prints[new.keys[$0]] != new.prints[$0] }
    if !changed.isEmpty {
      if case .notice(let level) = new.kind {
        events.append(notice(level: level, text: new.text))
      } else {
        events.append(.update(MessageUpdate(uuid: new.id, message: new.message, changed: changed)))
      }
    }
    if let tokens = new.message.usage, usage != old.usage {
      events.append(.usage(CallUsage(tokens, call: new.message.call, model: new.message.model)))
    }
    tellRunning(new, into: &events)
  }

  private mutating func first(_ new: GeminiMessage, into events: inout [TranscriptEvent]) {
    switch new.kind {
    case .notice(let level):
      let text = new.text
      if level == "info", text.hasPrefix("Request cancelled") {
        events.append(.turn(Turn(.aborted, reason: text)))
      }
      events.append(notice(level: level, text: text))
    case .user:
      guard !new.message.blocks.isEmpty else { return }
      events.append(.message(new.message))
      events.append(.turn(Turn(.started)))
    case .model:
      // An empty answer is shown all the same: its blocks come as updates of it.
      events.append(.message(new.message))
      tellRunning(new, into: &events)
    }
  }

  private func tellRunning(_ message: GeminiMessage, into events: inout [TranscriptEvent]) {
    for (call, status, text) in message.running {
      let kind = status == "awaiting_approval" ? "approval" : "tool"
      events.append(.activity(Activity(call: call, kind: kind, text: JSONSlice(string: text))))
    }
  }

  private mutating func rewind(to id: String?, into events: inout [TranscriptEvent]) {
    // An id that the file does not have takes back everything.
    let index = id.flatMap { held.position(of: $0) } ?? 0
    let from = held.entries.indices.contains(index) ? held.entries[index].id : id
    held.cut(from: index)
    events.append(.retract(Retract(from: from)))
  }

  /// The list as a whole: what it shares with the one held is updated, the rest taken back and shown anew.
  mutating func replaceAll(_ list: [JSONSlice], into events: inout [TranscriptEvent]) {
    var reader = ContentReader(callPrefix: "list")
    var messages: [GeminiMessage] = []
    for (index, json) in list.enumerated() {
      if let message = GeminiMessage(json, ordinal: UInt64(index), reader: &reader) {
        messages.append(message)
      }
    }
    // Messages before the oldest one held were shown and forgotten.
    var begin = 0
    if let oldest = held.entries.first?.id, let index = messages.firstIndex(where: { $0.id == oldest }) {
      begin = index
    }
    let isUnseen = held.entries.isEmpty && !knowsStart
    var shared = 0
    while shared < held.entries.count, begin + shared < messages.count,
      held.entries[shared].id == messages[begin + shared].id
    { shared += 1 }
    if shared < held.entries.count {
      events.append(.retract(Retract(from: held.entries[shared].id)))
      held.cut(from: shared)
    }
    let before = events.count
    for message in messages[begin...] { show(message, into: &events) }
    // Nothing is known about a file entered in its middle, and a list mostly repeats what stands before it.
    if isUnseen { events.removeSubrange(before...) }
  }
}
