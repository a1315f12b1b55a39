import Wire

/// One piece of a transcript as it is handed upward, in file order.
public enum TailItem: Sendable {
  /// A physical line without its newline; `end` is the position after it.
  case line(ArraySlice<UInt8>, start: UInt64, end: UInt64)
  /// A line over the size limit: only where it stands.
  case oversized(start: UInt64, end: UInt64)
  /// A message of a document format that is new, at its ordinal, or changed, at the head.
  case message(JSONSlice, start: UInt64, end: UInt64)

  /// Bytes of it that are in memory.
  public var bytes: Int {
    switch self {
    case .line(let line, _, _): line.count
    case .oversized: 0
    case .message(let message, _, _): message.bytes.count
    }
  }

  /// The cursor's offset after this item.
  public var end: UInt64 {
    switch self {
    case .line(_, _, let end), .oversized(_, let end), .message(_, _, let end): return end
    }
  }
}

/// What one look at a followed transcript brought: at most one `read_bytes` of it.
public struct TailBatch: Sendable {
  /// The session.
  public var session: String
  /// Where the file is; it may have been moved.
  public var path: String
  /// The epoch of every position in it.
  public var epoch: Epoch
  /// Set when the content starts over here: the items then begin at position 0.
  public var restart: RestartReason?
  /// Set when the items are the first of a file: the session's first one, or the next one of its chain.
  public var begins: TopicFacts?
  /// Whole lines in file order.
  public var items: [TailItem]
  /// The cursor's offset after the last item.
  public var head: UInt64
  /// Proof of what stands before the position read.
  public var witness: Witness
}

/// What a watcher has to know of a transcript to read its history.
public struct TopicFacts: Sendable {
  /// The session's id.
  public var session: String
  /// The newest file of its transcript that has content; empty when none has been found.
  public var path: String
  /// Who writes it.
  public var agent: AgentKind
  /// True for formats whose whole file is one JSON document.
  public var isDocument: Bool
  /// The epoch of its content; nil before a first complete record.
  public var epoch: Epoch?
  /// The position after the last whole line seen.
  public var head: UInt64
  /// Proof of what stands there.
  public var witness: Witness
  /// Older files of the chain, oldest first, each with its own epoch and none before it. Nothing is added to them.
  public var earlier: [TopicFacts] = []

  /// Facts.
  public init(
    session: String, path: String, agent: AgentKind, isDocument: Bool, epoch: Epoch?, head: UInt64,
    witness: Witness
  ) {
    self.session = session
    self.path = path
    self.agent = agent
    self.isDocument = isDocument
    self.epoch = epoch
    self.head = head
    self.witness = witness
  }
}
