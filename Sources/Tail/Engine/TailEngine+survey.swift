import Glibc
import Reactor
import Store
import Wire

extension TailEngine {
  /// A follower learned whether its transcript can be read.
  func settle(_ id: String, _ condition: Follower.Condition, _ facts: FileFacts) {
    // An older file of a chain does not say how the session stands.
    if condition != .present, followed[id]?.path != catalog[id]?.path { return }
    switch condition {
    case .present:
      break
    case .missing: setStatus(id, .closed, reason: "the transcript was deleted")
    case .denied(let reason):
      setStatus(id, .unreadable, reason: SystemError(call: "open", errno: reason).description)
    }
  }

  /// Asks for the waiting heads and tails to be read after a short rest, so that a burst of appends is one reading.
  func scheduleSurvey() {
    guard !isSurveyScheduled, !surveying.isEmpty, isReady else { return }
    isSurveyScheduled = true
    arm(.survey, max(limits.surveyDelay, surveyRest))
  }

  /// Reads heads and tails one after the other. What is asked for meanwhile waits for the next round: a writer without
  /// pause would otherwise be read without pause.
  func runSurveys() async {
    let began = Instant.current()
    for _ in 0..<surveying.count {
      guard !isStopped, let path = surveying.next() else { break }
      await survey(path)
    }
    surveyRest = Self.rest(since: began)
    isSurveyScheduled = false
    scheduleSurvey()
  }

  /// Returns when every head and tail that waits has been read.
  public func surveyed() async {
    tellGrowth()
    if !surveying.isEmpty {
      isSurveyScheduled = true
      await runSurveys()
    }
    await saveIdentities()
    await save()
  }

  /// A session whose head and tail were read: now, unless a listing has come to it before. What is written by and by may
  /// still have no whole record.
  public func readEntry(_ session: String) async -> SessionEntry? {
    noteGrowth(of: catalog.listed(session))
    guard let entry = catalog[session] else { return nil }
    if entry.hasTranscript, entry.summarised != entry.facts { await survey(entry.path) }
    return catalog[session]
  }

  private func survey(_ path: String) async {
    guard let id = catalog.id(ofPath: path), let entry = catalog[id] else { return }
    guard path == entry.path else { return await surveyEarlier(entry, path) }
    let known = await remembered(entry.newest)
    let result = await surveyor.survey(path, agent: entry.agent, isDocument: entry.isDocument, known: known)
    guard let before = catalog[id], before.path == path else { return }
    switch result {
    case .failure(let error) where error.errno == ENOENT:
      setStatus(id, .closed, reason: "the transcript was deleted")
    case .failure(let error) where error.errno == EAGAIN && before.summarised != nil:
      break
    case .failure(let error):
      setStatus(id, .unreadable, reason: error.errno == EAGAIN ? "not a JSON document" : "\(error)")
    case .success(let survey):
      if survey.opened.replaced, followed[id]?.path != path,
        let row = survey.opened.row(path: path, nowMS: clockMS())
      {
        await saveNow(row)
      }
      take(survey, id: id, before: before)
    }
    unsavedSessions.insert(id)
  }

  private func take(_ survey: Surveyor.Survey, id: String, before: SessionEntry) {
    let parent = survey.summary.parentSessionID.map(catalog.listed)
    catalog.change(id) { entry in
      entry.summary = entry.foundation.map { $0.continued(by: survey.summary) } ?? survey.summary
      entry.summarised = survey.opened.facts
      if entry.parent == nil { entry.parent = parent }
    }
    // A followed transcript's identity is the follower's: it saw what happened in between.
    if followed[id]?.path != before.path {
      let epoch = survey.opened.identity?.epoch
      if survey.opened.replaced {
        tellReplaced(id, before.path, epoch)
      } else {
        catalog.change(id) { $0.epoch = epoch }
        keep(survey.opened.row(path: before.path, nowMS: clockMS()))
      }
    }
    setStatus(id, derivedStatus(id))
    guard let after = catalog[id] else { return }
    if after.summary != before.summary { news(.updated(after)) }
  }

  /// Active while a turn is open and was written to lately.
  private func derivedStatus(_ id: String) -> SessionStatus {
    guard let entry = catalog[id] else { return .closed }
    let quietMS = clockMS() - entry.updatedMS
    return entry.summary.turnOpen == true && quietMS < Int64(limits.activeWindow.milliseconds)
      ? .active : .idle
  }

  /// Turns that were left open long ago no longer count as active.
  func settleStatuses() {
    for id in activeSessions where derivedStatus(id) == .idle { setStatus(id, .idle) }
  }

  func setStatus(_ id: String, _ status: SessionStatus, reason: String? = nil) {
    guard let entry = catalog[id], entry.status != status || entry.reason != reason else { return }
    let now = clockMS()
    catalog.change(id) {
      $0.status = status
      $0.reason = reason
      $0.statusSinceMS = now
      if let reported = $0.reported,
        reported.isOutdated(by: status, turnOpen: $0.summary.turnOpen, nowMS: now)
      {
        $0.reported = nil
      }
    }
    if status == .active { activeSessions.insert(id) } else { activeSessions.remove(id) }
    unsavedSessions.insert(id)
    guard let changed = catalog[id] else { return }
    news(status == .closed ? .closed(changed) : .status(changed))
  }
}

extension Duration {
  /// Whole milliseconds.
  public var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
