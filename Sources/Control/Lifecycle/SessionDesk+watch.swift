import Reactor
import Store
import Tail

/// Knowing whether terminals and agents are alive: two facts, learned from the process, from tmux and at the start.
extension SessionDesk {
  /// Takes up the sessions that the server before this one left, and their terminals. A tmux that cannot be asked is
  /// no death: it is asked again.
  func start() async {
    let rows: [ManagedSession]
    do throws(StoreError) {
      rows = try await store.read { (reader) throws(StoreError) in
        try reader.query(
          "SELECT \(ManagedSession.columns) FROM managed_sessions", row: { ManagedSession($0) })
      }
    } catch {
      return note("sessions: what is steered here cannot be read: \(error)")
    }
    for row in rows { restore(row) }
    guard rules.isSteering else { return }
    unseen = Set(rows.filter(\.isOpen).map(\.id))
    await endInterruptedWork()
    await terminals.observe { self.loop.post { self.assumeIsolated { $0.probe() } } }
    for row in rows where row.isManaged { await register(row) }
    // Whoever asks a server that is ready is told what runs, unless tmux does not say.
    guard !unseen.isEmpty else { return }
    isProbing = true
    probeAgain = await !probeOnce()
    isProbing = false
    if probeAgain { probe() }
  }

  private func register(_ session: ManagedSession) async {
    do throws(TailError) {
      try await transcripts.expect(
        id: session.id, agent: session.kind, cwd: session.directory, nativeID: session.nativeID)
    } catch {
      note("sessions: the transcript of \(session.id) cannot be found: \(error)")
    }
  }

  /// Compares what is open here with the terminals that there are; again after a while when tmux cannot be asked.
  func probe() {
    probeAgain = true
    guard !isProbing, !isStopped else { return }
    isProbing = true
    Task(executorPreference: loop) { await self.probeUntilAnswered() }
  }

  private func probeUntilAnswered() async {
    while probeAgain, !isStopped {
      probeAgain = false
      if await !probeOnce() {
        await pause(rules.probeInterval)
        probeAgain = true
      }
    }
    isProbing = false
  }

  /// - Returns: false if the terminals cannot be asked.
  private func probeOnce() async -> Bool {
    // A terminal that is opened meanwhile may be missing in the list.
    let open = table.values.filter { $0.isOpen && ($0.terminal != nil || unseen.contains($0.id)) }
    guard !open.isEmpty else { return true }
    do throws(TerminalError) {
      let found = try await terminals.list()
      for session in open { await compare(session, found) }
      return true
    } catch {
      note("sessions: the terminals cannot be asked: \(error.words)")
      return false
    }
  }

  private func compare(_ asked: ManagedSession, _ found: [TerminalFacts]) async {
    let id = asked.id
    guard let session = table[id], session.terminal == asked.terminal, session.state == asked.state else {
      return
    }
    if let terminal = session.terminal {
      if !found.contains(where: { $0.id == terminal }) { await apply(.terminalGone, to: id) }
      return
    }
    guard unseen.remove(id) != nil else { return }
    guard let name = session.terminalName, let facts = found.first(where: { $0.name == name }) else {
      return await lost(session)
    }
    if session.state == .closing {
      _ = try? await alone(id) { () async throws(DeskFault) in try await self.end(id, facts.id) }
      return
    }
    await apply(.opened(facts.id), to: id)
    watch(id, facts)
    if session.state == .initializing {
      // Whether it had shown itself the server before this one did not live to say.
      if facts.exit == nil { await apply(.ready, to: id) }
    }
    Task(executorPreference: loop) { await self.findTranscript(id, facts) }
  }

  /// A session that the server before this one left has no terminal any more.
  private func lost(_ session: ManagedSession) async {
    switch session.state {
    case .initializing: await apply(.failed("the server ended before the agent was started"), to: session.id)
    case .closing: await apply(.closed, to: session.id)
    default: await apply(.terminalGone, to: session.id)
    }
  }

  /// Has the end of a terminal's program told.
  func watch(_ id: String, _ facts: TerminalFacts) {
    if let old = watches.removeValue(forKey: id) { loop.unwatch(old) }
    guard facts.exit == nil else { return ended(id, facts.id) }
    lookForQuestions()
    do throws(SystemError) {
      watches[id] = try loop.watchProcess(pid: facts.pid) {
        self.assumeIsolated { $0.ended(id, facts.id) }
      }
    } catch {
      // It has ended already, or there is no descriptor left: tmux is asked instead.
      ended(id, facts.id)
    }
  }

  private func ended(_ id: String, _ terminal: TerminalID) {
    watches[id] = nil
    Task(executorPreference: loop) { await self.learnExit(id, terminal) }
  }

  /// Asks tmux how a program ended. The process is seen to end a moment before tmux has reaped it.
  private func learnExit(_ id: String, _ terminal: TerminalID) async {
    let begin = loop.now
    while !isStopped, table[id]?.terminal == terminal {
      do throws(TerminalError) {
        let screen = try await terminals.screen(terminal)
        if let exit = screen.exit, exit != .unknown || loop.now - begin > .seconds(1) {
          await apply(.agentEnded(exit, saying: Self.lastWords(screen)), to: id)
          return
        }
        await pause(.milliseconds(20))
      } catch {
        if error == .gone {
          await apply(.terminalGone, to: id)
          return
        }
        await pause(rules.probeInterval)
      }
    }
  }
}
