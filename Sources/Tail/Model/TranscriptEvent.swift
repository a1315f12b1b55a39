import Wire

/// What one record means to a watcher (STREAMS section 4). A record may yield none, one or several.
public enum TranscriptEvent: Sendable {
  /// Somebody said something.
  case message(Message)
  /// A message that was shown before has grown or changed: the blocks named replace or follow those shown.
  case update(MessageUpdate)
  /// A turn began or ended.
  case turn(Turn)
  /// The agent summed up its history.
  case compaction(Compaction)
  /// What was shown before is taken back.
  case retract(Retract)
  /// The record goes on from an earlier place in the tree.
  case branch(parent: String)
  /// Bytes that are not a record.
  case damaged(Damage)
  /// A child transcript was named.
  case subagent(call: String?, sessionID: String)
  /// Running output and progress; the last value wins.
  case activity(Activity)
  /// A value about the session: title, mode, model, cwd, pr-link, queue, version, parent, continued_in. The value is JSON.
  case meta(key: String, value: JSONSlice)
  /// Tokens used so far in this step.
  case usage(CallUsage)
  /// A record of a type that this dialect does not know: counted, never shown outside `raw`.
  case unknown(type: String)
}

/// A change of a message that was shown before, in formats that upsert.
public struct MessageUpdate: Sendable {
  /// The agent's id of the message (its `uuid` when it was shown).
  public var uuid: String
  /// The message as it stands now.
  public var message: Message
  /// The positions in `message.blocks` that are new or changed.
  public var changed: [Int]

  /// An update of the blocks at `changed`.
  public init(uuid: String, message: Message, changed: [Int]) {
    self.uuid = uuid
    self.message = message
    self.changed = changed
  }
}

/// A turn's beginning or end.
public struct Turn: Sendable {
  /// What happened to the turn.
  public enum State: String, Sendable { case started, ended, aborted }
  /// What happened.
  public var state: State
  /// Why, in the agent's words.
  public var reason: String?
  /// How long the turn took, in milliseconds.
  public var durationMS: Int?
  /// At its end the tokens of all its model calls under the agent's own names: a JSON object of numbers. Nil when the
  /// turn's beginning was not read or the agent does not say.
  public var usage: JSONSlice?

  /// A turn event.
  public init(_ state: State, reason: String? = nil, durationMS: Int? = nil, usage: JSONSlice? = nil) {
    self.state = state
    self.reason = reason
    self.durationMS = durationMS
    self.usage = usage
  }
}

/// A compaction of the agent's context.
public struct Compaction: Sendable {
  /// `auto` or `manual`, if the record says.
  public var trigger: String?
  /// Tokens before it.
  public var preTokens: Int?
  /// The summary, a JSON string.
  public var summary: JSONSlice?

  /// A compaction event.
  public init(trigger: String? = nil, preTokens: Int? = nil, summary: JSONSlice? = nil) {
    self.trigger = trigger
    self.preTokens = preTokens
    self.summary = summary
  }
}

/// What is taken back: from a message on, or a number of turns.
public struct Retract: Sendable {
  /// The agent's id of the first message that no longer holds.
  public var from: String?
  /// How many user turns no longer hold.
  public var turns: Int?

  /// A retraction.
  public init(from: String? = nil, turns: Int? = nil) {
    self.from = from
    self.turns = turns
  }
}

/// A stretch of a transcript that is not a record.
public struct Damage: Sendable, Hashable {
  /// Why it is none.
  public enum Reason: String, Sendable {
    /// Not a JSON value: a record cut short, or foreign text.
    case malformed
    /// Zero bytes, as after a power loss.
    case nulRun = "nul_run"
    /// Larger than `tail.max_record_bytes`.
    case tooLarge = "too_large"
    /// A record with bytes that are not UTF-8; it is shown with U+FFFD in their place.
    case invalidUTF8 = "invalid_utf8"
    /// A record after it on the same line could not be told apart within the work allowed.
    case unreadable
  }
  /// First byte in the file.
  public var start: UInt64
  /// Bytes.
  public var length: UInt64
  /// Why.
  public var reason: Reason
  /// True when the record itself, or one glued to it, is shown all the same.
  public var recovered: Bool

  /// A damaged stretch.
  public init(start: UInt64, length: UInt64, reason: Reason, recovered: Bool) {
    self.start = start
    self.length = length
    self.reason = reason
    self.recovered = recovered
  }
}

/// Progress of something that runs.
public struct Activity: Sendable {
  /// The tool call it belongs to.
  public var call: String?
  /// `bash`, `hook`, `agent`, `mcp`, `retry`, `search`, or the agent's own word.
  public var kind: String
  /// The newest output or note, a JSON string.
  public var text: JSONSlice

  /// A progress event.
  public init(call: String? = nil, kind: String, text: JSONSlice) {
    self.call = call
    self.kind = kind
    self.text = text
  }
}
