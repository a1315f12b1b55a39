import Store
import StreamServer
import Tail
import Wire

/// A session to begin; its fields were checked.
struct NewSession: Sendable {
  var profile: AgentProfile
  var kind: LaunchKind
  /// Of the agent, for `.agentResume`.
  var nativeID: String?
  var directory: String
  var projectPath: String
  var projectID: String?
  var subdir: String?
  var title: String?
  var mode: String?
  var tags: [String] = []
  var metadata: String?
  var humanEmail: String?
  var humanRole: String?
  var initiatorID: String?
  var choices = AgentChoices()
}

/// Beginning sessions.
extension SessionDesk {
  /// Stores a session and begins to start its agent; what becomes of that is told as events and stands in the session.
  /// - Parameter also: what is to be stored with it, in the same transaction.
  func create(
    _ new: NewSession,
    also: @escaping @Sendable (_ id: String, Database) throws(StoreError) -> [Change] = {
      _, _ throws(StoreError) in []
    }
  ) async throws(DeskFault) -> ManagedSession {
    var id = Self.newID()
    var run: AgentRun? = .start(id: id)
    var nativeID = new.profile.startGivesID ? id : nil
    switch new.kind {
    case .empty: (run, nativeID) = (nil, nil)
    case .agent, .agentThenMessage: break
    case .agentResume:
      guard let native = new.nativeID else { throw .noNativeID(id) }
      if let owner = managed(native), owner.isManaged { throw .owned(nativeID: native, by: owner.id) }
      guard new.profile.canResume else {
        throw .notRestorable(native, reason: "agents.\(new.profile.name).resume is empty")
      }
      (id, nativeID, run) = (native, native, .resume(nativeID: native))
    }
    var session = ManagedSession(
      id: id, agent: new.profile.name, kind: new.profile.kind, directory: new.directory,
      projectPath: new.projectPath, state: .initializing, nowMS: clockMS())
    session.nativeID = nativeID
    session.projectID = new.projectID
    session.subdir = new.subdir
    session.title = new.title
    session.mode = new.mode
    session.tags = new.tags
    session.metadata = new.metadata
    session.humanEmail = new.humanEmail
    session.humanRole = new.humanRole
    session.initiatorID = new.initiatorID
    session.choices = new.choices
    session.launchKind = new.kind
    let own = id
    try await begin(session, run, .created) { database throws(StoreError) in try also(own, database) }
    return table[id] ?? session
  }

  /// Begins a session where another one stands, or stood at a message; the agent's own id of it may be learned later
  /// only.
  func fork(
    _ id: String, title: String?, at point: Checkpoint? = nil,
    also: @escaping @Sendable (_ id: String, Database) throws(StoreError) -> [Change] = {
      _, _ throws(StoreError) in []
    }
  ) async throws(DeskFault) -> ManagedSession {
    guard let entry = await sessions.readEntry(id) else { throw .unknown(id) }
    let parent = try located(managed(id) ?? discovered(entry), entry)
    guard let profile = agentProfile(parent), point == nil ? profile.canFork : profile.canResume else {
      throw .forkUnsupported("agents.\(parent.agent).\(point == nil ? "fork" : "resume") is empty")
    }
    guard let native = parent.nativeID, entry.facts.size > 0 else {
      throw .forkUnsupported("nothing was said in it yet")
    }
    guard !parent.directory.isEmpty else { throw .forkUnsupported(Self.homeless) }
    guard await premises.directory(parent.directory) != nil else { throw .directoryGone(parent.directory) }
    let own = Self.newID()
    var session = ManagedSession(
      id: own, agent: parent.agent, kind: parent.kind, directory: parent.directory,
      projectPath: parent.projectPath, state: .initializing, nowMS: clockMS())
    session.nativeID = point != nil || profile.forkGivesID ? own : nil
    session.forkPoint = point?.name
    session.parentID = parent.id
    session.title = title ?? parent.title.map { $0 + " (fork)" }
    session.projectID = parent.projectID
    session.subdir = parent.subdir
    session.mode = parent.mode
    session.tags = parent.tags
    session.humanEmail = parent.humanEmail
    session.humanRole = parent.humanRole
    session.choices = parent.choices
    session.visibility = parent.visibility
    let run = point == nil ? AgentRun.fork(nativeID: native, id: own) : .resume(nativeID: own)
    try await begin(session, run, .forked, at: point) { database throws(StoreError) in
      try also(own, database)
    }
    return table[own] ?? session
  }

  private func begin(
    _ session: ManagedSession, _ run: AgentRun?, _ told: Told, at point: Checkpoint? = nil,
    also: @escaping @Sendable (Database) throws(StoreError) -> [Change]
  ) async throws(DeskFault) {
    var session = session
    session.terminalName = Self.terminalName(session.id)
    do throws(TailError) {
      try await transcripts.expect(
        id: session.id, agent: session.kind, cwd: session.directory, nativeID: session.nativeID)
    } catch {
      if case .taken(let owner) = error { throw .owned(nativeID: session.nativeID ?? session.id, by: owner) }
      throw .unknown(session.id)
    }
    var copied: String?
    do throws(DeskFault) {
      if let point { copied = try await copy(point, as: session.id) }
      try await put(session, told, also: also)
    } catch {
      if let copied { await copier.discard(copied) }
      await transcripts.forget(session.id)
      throw error
    }
    let id = session.id
    Task(executorPreference: loop) { await self.launch(id, run) }
  }

  private func launch(_ id: String, _ run: AgentRun?) async {
    do throws(DeskFault) {
      try await alone(id) { () async throws(DeskFault) in
        // It may have been closed before its turn came.
        guard table[id]?.state == .initializing, table[id]?.terminal == nil else { return }
        try await open(id, run)
      }
    } catch {
      note("sessions: the agent of \(id) could not be started: \(Self.reason(error))")
    }
  }

  /// What a discovered session is as one that is steered here.
  func discovered(_ entry: SessionEntry) -> ManagedSession {
    let directory = entry.summary.cwd ?? ""
    var session = ManagedSession(
      id: entry.id, agent: entry.agent.rawValue, kind: entry.agent, directory: directory,
      projectPath: directory,
      state: .headless, nowMS: clockMS())
    session.nativeID = entry.summary.sessionID ?? entry.id
    session.createdMS = entry.createdMS
    return session
  }

  /// A version 4 UUID (RFC 9562, section 5.4): agents take no other form of id.
  static func newID() -> String {
    let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
    let low = UInt64.random(in: .min ... .max) & ~(0b11 << 62) | 0b10 << 62
    let digits = [high, low].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    var parts: [Substring] = []
    var rest = digits[...]
    for count in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return parts.joined(separator: "-")
  }
}
