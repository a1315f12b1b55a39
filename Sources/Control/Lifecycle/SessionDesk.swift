import Reactor
import Store
import StreamServer
import Tail
import Wire

/// Owns the sessions that are steered here: starts, watches, ends and revives their agents, and keeps what was said
/// about them. Lives on the home loop.
///
/// What happens to a session is a `LifecycleEvent`; the value `ManagedSession` says where it leads. Work on the
/// terminal of one session is done one after the other.
actor SessionDesk: TimerSink {
  nonisolated let loop: EventLoop
  let terminals: any Terminals
  let transcripts: any TranscriptRegister
  let sessions: any SessionSource
  let feed: ChangeFeed
  let store: Store
  let premises: Premises
  let copier: TranscriptCopier
  let environment: LoginEnvironment
  let rules: LifecycleRules
  let json: SessionJSON
  let clockMS: @Sendable () -> Int64
  let note: @Sendable (String) -> Void
  /// Called on the home loop after a session changed, with nil after it was forgotten.
  private var changed: @Sendable (String, ManagedSession?) -> Void = { _, _ in }
  private(set) var table: [String: ManagedSession] = [:]
  /// Own ids by all of the agents' ids that were heard of.
  private var owners: [String: String] = [:]
  var watches: [String: ProcessWatch] = [:]
  /// Sessions that the server before this one left open and whose terminals were not looked for yet.
  var unseen: Set<String> = []
  /// The questions that stand on screens, by session.
  var questions: [String: AgentScreen.Dialog] = [:]
  var isLookingForQuestions = false
  var isProbing = false
  var probeAgain = false
  private(set) var isStopped = false
  private var held: [String: [CheckedContinuation<Void, Never>]] = [:]
  private var settling: [String: [CheckedContinuation<Void, Never>]] = [:]
  private var pauses: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var nextPause: UInt64 = 1

  init(
    loop: EventLoop, terminals: any Terminals, transcripts: any TranscriptRegister,
    sessions: any SessionSource,
    feed: ChangeFeed, store: Store, premises: Premises, copier: TranscriptCopier, rules: LifecycleRules,
    json: SessionJSON,
    clockMS: @escaping @Sendable () -> Int64, note: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.terminals = terminals
    self.transcripts = transcripts
    self.sessions = sessions
    self.feed = feed
    self.store = store
    self.premises = premises
    self.copier = copier
    self.rules = rules
    self.json = json
    self.clockMS = clockMS
    self.note = note
    environment = LoginEnvironment(loop: loop, rules: rules, note: note)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  // MARK: Looking

  /// A session that is steered here, by its own id or one of its agent's.
  func managed(_ id: String) -> ManagedSession? { table[id] ?? owners[id].flatMap { table[$0] } }

  /// The profile of a session's agent; nil when it is no longer configured.
  func agentProfile(_ session: ManagedSession) -> AgentProfile? { rules.agents[session.agent] }

  /// Has `body` told of every change.
  func observe(_ body: @escaping @Sendable (String, ManagedSession?) -> Void) { changed = body }

  // MARK: Changing

  /// What the feed tells of a change.
  enum Told: Sendable {
    case nothing, created, updated, status, closed, forked
  }

  /// Takes a session into the table, as it was stored.
  func restore(_ session: ManagedSession) {
    table[session.id] = session
    if let native = session.nativeID { owners[native] = session.id }
  }

  /// Puts a session's new state into the table and the database, with the row of the feed and what `also` writes.
  /// When the database fails the state before it holds again, unless it has moved on since.
  func put(
    _ session: ManagedSession, _ told: Told,
    also: @escaping @Sendable (Database) throws(StoreError) -> [Change] = { _ throws(StoreError) in [] }
  ) async throws(DeskFault) {
    var session = session
    let old = table[session.id]
    session.revision = (old?.revision ?? session.revision) + 1
    restore(session)
    changed(session.id, session)
    let entry = await sessions.entry(session.id)
    let changes = entry.map { change(told, SessionView(entry: $0, managed: session)) } ?? []
    let stored = session
    do throws(StoreError) {
      try await feed.commit { (database) throws(StoreError) in
        try database.put(stored)
        return ((), changes + (try also(database)))
      }
    } catch {
      if table[session.id]?.revision == session.revision {
        table[session.id] = old
        changed(session.id, old)
      }
      throw .store(error)
    }
  }

  private func change(_ told: Told, _ view: SessionView) -> [Change] {
    let rows = FeedChanges(json: json, nowMS: clockMS())
    return switch told {
    case .nothing: []
    case .created: [rows.session("session.created", view)]
    case .updated: [rows.session("session.updated", view)]
    case .status: [rows.status("session.status", view)]
    case .closed: [rows.status("session.closed", view)]
    case .forked: [rows.session("session.created", view), rows.session("session.forked", view)]
    }
  }

  /// Something happened to a session. A database that fails does not undo what has happened.
  /// - Returns: false if the event is about an earlier agent of the session.
  @discardableResult
  func apply(_ event: LifecycleEvent, to id: String) async -> Bool {
    guard var session = table[id], session.apply(event, nowMS: clockMS()) else { return false }
    let told: Told = session.state == .closed ? .closed : .status
    let moved = session
    do throws(DeskFault) {
      try await put(moved, told)
    } catch {
      note("sessions: the state of \(id) cannot be stored: \(error)")
      if table[id]?.state != moved.state { restore(moved) }
      changed(id, moved)
    }
    if table[id]?.state != .initializing { wake(&settling, id) }
    return true
  }

  /// Forgets a session and the ids of its agent.
  func drop(_ id: String) {
    table[id] = nil
    owners = owners.filter { $0.value != id }
    changed(id, nil)
  }

  // MARK: One after the other

  /// Does work on a session's terminal once nobody else does.
  func alone<Value: Sendable>(
    _ id: String, _ body: () async throws(DeskFault) -> Value
  ) async throws(DeskFault) -> Value {
    while held[id] != nil { await withCheckedContinuation { held[id, default: []].append($0) } }
    held[id] = []
    defer { wake(&held, id) }
    return try await body()
  }

  /// Waits until a session's agent has started, or has failed to.
  func settled(_ id: String) async {
    guard table[id]?.state == .initializing else { return }
    await withCheckedContinuation { settling[id, default: []].append($0) }
  }

  private func wake(_ waiting: inout [String: [CheckedContinuation<Void, Never>]], _ id: String) {
    for continuation in waiting.removeValue(forKey: id) ?? [] { continuation.resume() }
  }

  // MARK: Time

  /// Waits; returns early when the desk is stopped.
  func pause(_ time: Duration) async {
    guard !isStopped else { return }
    await withCheckedContinuation { continuation in
      let tag = nextPause
      nextPause += 1
      pauses[tag] = continuation
      loop.schedule(after: time, sink: self, tag: tag)
    }
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.pauses.removeValue(forKey: tag)?.resume() }
  }

  /// Watches no more; agents go on, and the next server finds them.
  func stop() {
    isStopped = true
    for (_, pause) in pauses { pause.resume() }
    pauses = [:]
    for (_, watch) in watches { loop.unwatch(watch) }
    watches = [:]
    for id in settling.keys { wake(&settling, id) }
  }
}
