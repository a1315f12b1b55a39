import Reactor
import Store
import StreamServer
import Tail
import Wire

/// Owns the messages that are on their way to agents: stores each before it is answered, types them session by session
/// in order, and tells when their rows stand in the transcripts. Lives on the home loop.
///
/// A message is typed once. What typing has done is marked in the database before it is done; after a crash the marks,
/// the transcript and the agent's screen decide how it goes on (`TypingMachine`).
actor MessageQueue: TimerSink {
  nonisolated let loop: EventLoop
  let feed: ChangeFeed
  let store: Store
  let sessions: any SessionSource
  let history: any HistorySource
  let terminals: any Terminals
  let recipients: any Recipients
  let rules: MessageRules
  let clockMS: @Sendable () -> Int64
  let note: @Sendable (String) -> Void
  var lanes: [String: MessageLane] = [:]
  var isStopped = false
  private var pauses: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var nextPause: UInt64 = 0

  init(
    loop: EventLoop, feed: ChangeFeed, store: Store, sessions: any SessionSource,
    history: any HistorySource,
    terminals: any Terminals, recipients: any Recipients, rules: MessageRules,
    clockMS: @escaping @Sendable () -> Int64, note: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.feed = feed
    self.store = store
    self.sessions = sessions
    self.history = history
    self.terminals = terminals
    self.recipients = recipients
    self.rules = rules
    self.clockMS = clockMS
    self.note = note
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  // MARK: Life

  /// Goes on with what the server before this one left.
  func start() async {
    let oldest = clockMS() - keepMS
    let open: [OutgoingMessage]
    do {
      open = try await store.read { (reader) throws(StoreError) in
        try reader.query(
          "SELECT \(OutgoingMessage.columns) FROM outgoing WHERE state IN ('queued', 'delivered') "
            + "AND (state = 'queued' OR changed_ms >= ?) ORDER BY num", [oldest], row: { OutgoingMessage($0) }
        )
      }
    } catch {
      return note("messages: the queue cannot be read: \(error)")
    }
    for message in open {
      let lane = self.lane(message.session)
      if message.state == .queued { lane.waiting.append(message.id) } else { lane.watch(message) }
    }
    for session in lanes.keys { run(session) }
  }

  /// Types nothing more; what is under way is found by the next server.
  func stop() {
    isStopped = true
    for (_, pause) in pauses { pause.resume() }
    pauses = [:]
  }

  // MARK: Messages

  /// What came of a message that was handed in.
  enum Accepted: Sendable {
    case queued(OutgoingMessage, isDuplicate: Bool)
    /// As many wait as may.
    case full
  }

  /// Stores a message, and then answers. A client's own id that is known answers with the message that has it.
  func accept(_ text: String, session: String, clientID: String?) async throws(StoreError) -> Accepted {
    let now = clockMS()
    let id = Self.newID()
    let (limit, oldest) = (rules.maxQueued, now - keepMS)
    let accepted = try await feed.commit { (database) throws(StoreError) -> (Accepted, [Change]) in
      if let clientID,
        let known = try database.outgoing(session: session, clientID: clientID, since: oldest)
      {
        return (.queued(known, isDuplicate: true), [])
      }
      guard try database.queuedCount(session: session) < limit else { return (.full, []) }
      try database.pruneOutgoing(before: oldest)
      guard
        let message = try database.enqueue(id, session: session, clientID: clientID, text: text, nowMS: now)
      else { return (.full, []) }
      return (.queued(message, isDuplicate: false), [message.change(now)])
    }
    if case .queued(let message, isDuplicate: false) = accepted {
      let lane = self.lane(session)
      lane.waiting.append(message.id)
      run(session)
    }
    return accepted
  }

  /// A message that is stored with the session that it is the first of: give `store` to that transaction, and call
  /// `begin` after it.
  nonisolated func first(_ text: String) -> FirstMessage {
    FirstMessage(id: Self.newID(), text: text, nowMS: clockMS())
  }

  /// Types a message that was stored with its session.
  func begin(_ message: FirstMessage, session: String) {
    lane(session).waiting.append(message.id)
    run(session)
  }

  /// How a message stands, and why it waits.
  func message(_ id: String) async throws(StoreError) -> (OutgoingMessage, TypingMachine.Hold?)? {
    let found = try await store.read { (reader) throws(StoreError) in
      try reader.query(
        "SELECT \(OutgoingMessage.columns) FROM outgoing WHERE id = ?", [id], row: { OutgoingMessage($0) })
    }.first
    return found.map { ($0, lanes[$0.session].flatMap { $0.current == id ? $0.held : nil }) }
  }

  /// A session's transcript grew or changed: rows of messages may stand in it.
  func appended(_ session: String) {
    guard let lane = lanes[session], !lane.watched.isEmpty else { return }
    look(session)
  }

  var keepMS: Int64 { Int64(rules.keep.milliseconds) }

  func lane(_ session: String) -> MessageLane {
    if let lane = lanes[session] { return lane }
    let lane = MessageLane()
    lanes[session] = lane
    return lane
  }

  private static func newID() -> String {
    let text =
      String(UInt64.random(in: .min ... .max), radix: 16)
      + String(UInt64.random(in: .min ... .max), radix: 16)
    return "msg_" + text
  }

  // MARK: Interrupts

  /// Nothing begins to be typed to a session until `endInterrupt`.
  /// - Returns: whether a message is being typed already.
  func beginInterrupt(_ session: String) -> Bool {
    let lane = lane(session)
    lane.interrupts += 1
    return lane.isTyping
  }

  func endInterrupt(_ session: String) { lane(session).interrupts -= 1 }

  // MARK: Time

  /// Waits; returns early when typing stops.
  func pause(_ time: Duration) async {
    guard !isStopped else { return }
    nextPause += 1
    let tag = nextPause
    await withCheckedContinuation { continuation in
      pauses[tag] = continuation
      loop.schedule(after: time, sink: self, tag: tag)
    }
  }

  /// A pause is over.
  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.pauses.removeValue(forKey: tag)?.resume() }
  }
}

/// A message that is stored together with its session. A value.
struct FirstMessage: Sendable {
  let id: String
  let text: String
  let nowMS: Int64

  /// Puts it into the queue of a session; the rows of the feed.
  func store(session: String, in database: Database) throws(StoreError) -> [Change] {
    let message = try database.enqueue(id, session: session, clientID: nil, text: text, nowMS: nowMS)
    return message.map { [$0.change(nowMS)] } ?? []
  }
}

/// The messages of one session. Belongs to the queue, on the home loop.
final class MessageLane {
  /// Ids of messages to type, in order.
  var waiting: [String] = []
  /// The message that is being typed.
  var current: String?
  /// Why it is not typed just now.
  var held: TypingMachine.Hold?
  /// Messages whose rows are looked for, in order.
  var watched: [Watched] = []
  /// Rows that are messages already.
  var taken: Set<Cursor> = []
  /// True once `taken` holds what the database knows.
  var knowsTaken = false
  /// Where the search for rows goes on.
  var position: Cursor?
  /// How often the agent has ended since the last message.
  var exits = 0
  var isRunning = false
  /// True from the mark before the first key of a message until it came to its end.
  var isTyping = false
  /// Interrupts under way; nothing begins to be typed until they are over.
  var interrupts = 0
  var isLooking = false
  /// True when the transcript grew since it was looked at last.
  var looksAgain = false
  /// When it was looked at last.
  var lookedAt: Instant?

  /// A message whose row is looked for.
  struct Watched {
    var id: String
    var text: PlainText
    var sinceMS: Int64
  }

  func isWatched(_ id: String) -> Bool { watched.contains { $0.id == id } }

  /// Looks for the row of a message that was typed.
  func watch(_ message: OutgoingMessage) {
    guard !isWatched(message.id) else { return }
    // Everything before the first watched message's position is older than it.
    if watched.isEmpty { position = message.position }
    watched.append(Watched(id: message.id, text: PlainText(message.text), sinceMS: message.changedMS))
  }
}
