import Glibc
import Reactor

// What a line that is written costs before its watchers have it. They come first: the catalog, lists and indexes learn
// of growth afterwards, all sessions together, and not with every line.

extension TailEngine {
  /// A transcript's facts are known anew: follows it if it is watched, and has its listing read again if it changed.
  /// `isFresh` facts were asked for since the last event of the file was read, so a follower need not ask again.
  func refresh(_ id: String, path: String, facts: Result<FileFacts, SystemError>, isFresh: Bool = false) {
    // What is noted of it now is older than these facts.
    noteGrowth(of: id)
    guard let entry = catalog[id] else { return }
    guard path == entry.path else { return refreshEarlier(entry, path, facts) }
    let isKnown = take(facts, of: entry)
    guard let current = followed[id] else { return }
    advance(current, isKnown && isFresh && current.path == path ? try? facts.get() : nil)
  }

  /// A file was written to under the name that it has. Who follows it has it open, so where the name leads need not be
  /// looked up.
  func touch(written name: WrittenName) {
    if let current = name.follower, !current.hasEnded, current.path == name.path {
      return lookAtWritten(current)
    }
    guard let id = catalog.id(ofPath: name.path), let current = followed[id], current.path == name.path else {
      return touch(name.path)
    }
    name.follower = current
    lookAtWritten(current)
  }

  private func lookAtWritten(_ current: FollowedSession) {
    guard !current.isPaused, case .lines(let follower) = current.kind, let facts = follower.heldFacts() else {
      return touch(current.path)
    }
    if !current.isGrowthDue {
      current.isGrowthDue = true
      grownFollowed.append(current)
      tellGrowthLater()
    }
    advance(current, facts)
  }

  /// Tells of growth once the lines themselves are on their way, and after a first time not before an interval is over.
  private func tellGrowthLater() {
    guard !isGrowthScheduled else { return }
    isGrowthScheduled = true
    let rest = growthTold + Self.growthInterval
    if loop.now < rest {
      arm(.growth, rest - loop.now)
    } else {
      loop.post { [self] in assumeIsolated { $0.tellGrowth() } }
    }
  }

  /// How long lists and indexes may be behind a session that grows without pause.
  private static let growthInterval = Duration.milliseconds(250)

  /// Tells of all growth that has not been told.
  func tellGrowth() {
    noteGrowth()
    isGrowthScheduled = false
    guard !grown.isEmpty else { return }
    growthTold = loop.now
    let sessions = grown
    grown.removeAll(keepingCapacity: true)
    scheduleSurvey()
    for id in sessions { if let entry = catalog[id] { news(.appended(entry)) } }
  }

  /// Takes into the catalog what followed files have grown by; whoever reads the catalog for others does it first.
  func noteGrowth() {
    guard !grownFollowed.isEmpty else { return }
    let due = grownFollowed
    grownFollowed.removeAll(keepingCapacity: true)
    for current in due { noteGrowth(of: current) }
  }

  /// The same of one session alone.
  func noteGrowth(of id: String) {
    if let current = followed[id] { noteGrowth(of: current) }
  }

  func noteGrowth(of current: FollowedSession) {
    guard current.isGrowthDue else { return }
    current.isGrowthDue = false
    guard case .lines(let follower) = current.kind, let entry = catalog[current.session] else { return }
    if entry.status == .closed {
      // Whoever has it open may write on to a file that was deleted.
      touch(current.path)
    } else if entry.path != current.path {
      refreshEarlier(entry, current.path, .success(follower.facts))
    } else if !take(.success(follower.facts), of: entry), !current.hasEnded {
      advance(current)
    }
  }

  /// Takes the facts of a session's newest file; false when its follower has to ask for them itself.
  private func take(_ facts: Result<FileFacts, SystemError>, of entry: SessionEntry) -> Bool {
    let id = entry.id
    switch facts {
    case .success(let now):
      guard now != entry.facts || entry.status == .closed else {
        if entry.status == .unreadable {
          surveying.add(entry.path)
          scheduleSurvey()
        }
        return true
      }
      catalog.change(id) { $0.facts = now }
      let before = (entry.facts.device, entry.facts.inode, entry.facts.links)
      // What was written before a watch was set is told by no event.
      let isKnown = (now.device, now.inode, now.links) == before && entry.status != .closed
      if !isKnown { watchLink(id) }
      if entry.status == .closed { setStatus(id, .active) }
      surveying.add(entry.path)
      grown.insert(id)
      tellGrowthLater()
      return isKnown
    case .failure(let error) where error.errno == ENOENT || error.errno == ENOTDIR:
      setStatus(id, .closed, reason: "the transcript was deleted")
    case .failure(let error):
      setStatus(id, .unreadable, reason: "\(error)")
    }
    return true
  }
}
