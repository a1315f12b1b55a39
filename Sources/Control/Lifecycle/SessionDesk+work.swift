import Store
import Tail

/// Starting agents again: work that is asked for now and done later, under an id.
extension SessionDesk {
  /// Ends a session's agent and starts it again, where it stood.
  func restart(
    _ id: String, as kind: LongWork.Kind = .restart, with mode: String? = nil
  ) async throws(DeskFault) -> LongWork {
    guard let session = managed(id), session.isManaged else {
      if await sessions.entry(id) != nil { throw .notManaged(id) }
      throw .unknown(id)
    }
    switch session.state {
    case .closing, .closed: throw .closed(session.id)
    case .initializing: throw .busy(session.id)
    case .headless, .active, .failed: break
    }
    guard !unseen.contains(session.id) else { throw .busy(session.id) }
    guard session.launchKind != .empty || session.nativeID != nil else { throw .noAgent(session.id) }
    let run = try await goingOn(session)
    if let mode {
      var changed = session
      changed.choices.permissionMode = mode
      changed.updatedMS = clockMS()
      try await put(changed, .updated)
    }
    return try await begin(kind, session.id, run)
  }

  /// Gives a session whose agent does not run a terminal and its agent again; also one that was only discovered.
  func revive(_ id: String, as kind: LongWork.Kind = .revive) async throws(DeskFault) -> LongWork {
    var session: ManagedSession
    if let known = managed(id) {
      session = known
    } else {
      guard let entry = await sessions.entry(id) else { throw .unknown(id) }
      session = discovered(entry)
    }
    switch session.state {
    case .initializing, .closing: throw .busy(session.id)
    case .active where unseen.contains(session.id): throw .busy(session.id)
    case .active where session.isRunning: throw .notRestorable(session.id, reason: "its agent runs")
    case .headless:
      session = try await adoptable(session)
    case .active, .closed, .failed: break
    }
    guard await premises.directory(session.directory) != nil else { throw .directoryGone(session.directory) }
    let run = session.launchKind == .empty && session.nativeID == nil ? nil : try await goingOn(session)
    if session.state == .headless { try await adopt(session) }
    return try await begin(kind, session.id, run)
  }

  /// The terminal of a session whose agent runs; starts the agent where it does not, and waits until it has.
  func ensureTerminal(_ id: String) async throws(DeskFault) -> TerminalID {
    if let session = managed(id) {
      switch session.state {
      case .closing, .closed: throw .closed(session.id)
      case .failed: throw .failed(session.id, reason: session.reason ?? "")
      case .initializing: await settled(session.id)
      case .active where session.isRunning: break
      case .active where unseen.contains(session.id): throw .busy(session.id)
      case .active, .headless:
        _ = try await revive(session.id, as: .resume)
        await settled(session.id)
      }
    } else {
      _ = try await revive(id, as: .resume)
      await settled(managed(id)?.id ?? id)
    }
    guard let session = managed(id) else { throw .unknown(id) }
    guard session.isRunning, let terminal = session.terminal else {
      throw .failed(session.id, reason: session.reason ?? "the agent ended")
    }
    return terminal
  }

  /// A discovered session that its agent can go on with.
  private func adoptable(_ session: ManagedSession) async throws(DeskFault) -> ManagedSession {
    guard let profile = agentProfile(session), profile.canResume else { throw .notManaged(session.id) }
    guard let entry = await sessions.readEntry(session.id) else { throw .unknown(session.id) }
    if entry.parent != nil { throw .notRestorable(session.id, reason: "it is a sub-agent's") }
    switch entry.status {
    case .active: throw .notRestorable(session.id, reason: "its agent is at work elsewhere")
    case .closed, .unreadable:
      throw .notRestorable(session.id, reason: entry.reason ?? "its transcript cannot be read")
    case .idle: break
    }
    let located = try located(session, entry)
    guard !located.directory.isEmpty else {
      throw .notRestorable(session.id, reason: Self.homeless)
    }
    return located
  }

  /// Why nothing can be started for a session without a directory.
  static let homeless = "its transcript does not say in which directory it ran"

  /// A session with the directory that its transcript names: one that was labelled before it was read has none.
  func located(_ session: ManagedSession, _ entry: SessionEntry) throws(DeskFault) -> ManagedSession {
    guard session.directory.isEmpty else { return session }
    guard let directory = entry.summary.cwd else {
      if entry.epoch == nil { throw .unread(session.id) }
      return session
    }
    var session = session
    session.directory = directory
    if session.projectPath.isEmpty { session.projectPath = directory }
    session.nativeID = entry.summary.sessionID ?? session.nativeID
    return session
  }

  private func adopt(_ session: ManagedSession) async throws(DeskFault) {
    do throws(TailError) {
      try await transcripts.expect(
        id: session.id, agent: session.kind, cwd: session.directory, nativeID: session.nativeID)
    } catch {
      if case .taken(let owner) = error { throw .owned(nativeID: session.nativeID ?? session.id, by: owner) }
      throw .unknown(session.id)
    }
    var adopted = session
    adopted.terminalName = Self.terminalName(session.id)
    adopted.launchKind = .agentResume
    try await put(adopted, .nothing)
  }

  /// How the agent of a session goes on where it stood.
  private func goingOn(_ session: ManagedSession) async throws(DeskFault) -> AgentRun {
    guard let profile = agentProfile(session) else {
      throw .unknownAgent(session.agent, known: Array(rules.agents.keys))
    }
    let hasTranscript = await sessions.entry(session.id).map { $0.facts.size > 0 } ?? false
    guard let native = session.nativeID else {
      // An agent that never came to write has nothing to go on with.
      if session.state == .failed, !hasTranscript { return .start(id: session.id) }
      throw .noNativeID(session.id)
    }
    if !hasTranscript, profile.startGivesID { return .start(id: native) }
    guard profile.canResume else {
      throw .notRestorable(session.id, reason: "agents.\(profile.name).resume is empty")
    }
    return .resume(nativeID: native)
  }

  // MARK: Operations

  /// Stores that the work began, and does it.
  private func begin(_ kind: LongWork.Kind, _ id: String, _ run: AgentRun?) async throws(DeskFault)
    -> LongWork
  {
    let work = LongWork(kind, session: id, id: "op_" + Self.newID(), nowMS: clockMS())
    guard let session = table[id] else { throw .unknown(id) }
    var launched = session
    // From here on no second one can begin: the state is another one.
    guard launched.apply(.launch, nowMS: clockMS()) else { throw .busy(id) }
    let (limit, change) = (rules.keptOperations, work.change(clockMS()))
    try await put(launched, .status) { database throws(StoreError) in
      try database.put(work, keeping: limit)
      return [change]
    }
    let old = session.terminal
    Task(executorPreference: loop) { await self.perform(work, old, run) }
    return work
  }

  private func perform(_ begun: LongWork, _ old: TerminalID?, _ run: AgentRun?) async {
    let id = begun.session
    var work = begun
    do throws(DeskFault) {
      try await alone(id) { () async throws(DeskFault) in
        guard table[id]?.state == .initializing else { throw .closed(id) }
        do throws(DeskFault) {
          try await endTerminal(id, old)
        } catch {
          await apply(.failed(Self.reason(error)), to: id)
          throw error
        }
        try await open(id, run)
      }
      await settled(id)
      guard let session = table[id], session.state == .active else {
        throw .failed(id, reason: table[id]?.reason ?? "the session was closed")
      }
      work.state = .done
    } catch {
      let problem = error
      work.state = .failed
      work.code = Self.code(problem)
      work.reason = Self.reason(problem)
    }
    work.endedMS = clockMS()
    await finish(work)
  }

  private func finish(_ work: LongWork) async {
    let (limit, change) = (rules.keptOperations, work.change(clockMS()))
    do throws(StoreError) {
      try await feed.commit { (database) throws(StoreError) in
        try database.put(work, keeping: limit)
        return ((), [change])
      }
    } catch {
      note("sessions: the end of the operation \(work.id) cannot be stored: \(error)")
    }
  }

  /// Work that the server before this one did not live to finish.
  func endInterruptedWork() async {
    let now = clockMS()
    do throws(StoreError) {
      try await store.write { (database) throws(StoreError) in
        try database.run(
          "UPDATE operations SET state = 'failed', code = 'INTERRUPTED', ended_ms = ?, "
            + "reason = 'the server ended while it ran; the session says how it stands' WHERE state = 'running'",
          now)
      }
    } catch {
      note("sessions: interrupted operations cannot be ended: \(error)")
    }
  }
}
