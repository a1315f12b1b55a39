import Glibc
import Reactor
import Store

/// Reads one watched transcript forward, whatever happens to its name. Lives on the home loop; only files in use
/// have one.
///
/// The rules (`FollowRules`), the lines (`LineAssembler`) and the proof (`Witness`) are values; this is their shell.
final class Follower {
  /// What one look brought.
  struct Progress {
    var lines: [LineAssembler.Line] = []
    /// More can be read at once.
    var more = false
    var condition = Condition.present
  }

  /// Whether the transcript can be read at all.
  enum Condition: Equatable {
    case present, missing
    case denied(errno: Int32)
  }

  /// Where the transcript is; it may be moved while it is followed.
  var path: String
  /// Which content the positions speak of; nil until its first whole line was seen.
  private(set) var identity: FileIdentity?
  /// Set while a new content awaits its first whole line: what watchers are then told.
  private(set) var restart: RestartReason?
  private(set) var witness: Witness
  /// What was read since its row was last made is not in that row.
  var isRowDue = false
  private(set) var condition = Condition.present
  /// The newest facts of the name.
  private(set) var facts: FileFacts
  private var assembler: LineAssembler
  private var rules: FollowRules
  private var file: OpenFile?
  private var incarnation: UInt32
  private let limits: TailLimits

  /// Goes on from where an opened transcript's whole lines end.
  init(_ opened: OpenedTranscript, path: String, limits: TailLimits) {
    self.path = path
    self.limits = limits
    identity = opened.identity
    incarnation = opened.incarnation
    facts = opened.facts
    witness = opened.witness
    assembler = LineAssembler(at: opened.boundary, limit: limits.maxRecordBytes)
    file = try? OpenFile(path)
    rules = FollowRules(device: nil, inode: nil, position: opened.boundary)
    let held = heldFacts()
    rules.device = held?.device
    rules.inode = held?.inode
  }

  /// Begins with a file of which nothing was read yet.
  init(fromStartOf path: String, _ facts: FileFacts, limits: TailLimits) {
    self.path = path
    self.limits = limits
    self.facts = facts
    incarnation = 0
    witness = .none
    assembler = LineAssembler(at: 0, limit: limits.maxRecordBytes)
    rules = FollowRules(device: nil, inode: nil, position: 0)
  }

  /// The position after the last whole line.
  var head: UInt64 { assembler.boundary }
  /// Bytes seen, with the unfinished line.
  var position: UInt64 { assembler.position }
  /// Bytes of the unfinished line that are in memory.
  var heldBytes: Int { assembler.heldBytes }

  /// Looks once: reads at most `read_bytes`. `known` are facts of the path that somebody has just asked for.
  func advance(_ known: FileFacts? = nil) -> Progress {
    switch look(known) {
    case .verify:
      guard let file, !witness.holds(in: file) else { return Progress() }
      begin(.replaced)
      return Progress(more: true)
    case .read:
      return read(to: facts.size)
    case .restart(let reason):
      begin(reason)
      return read()
    case .reopen:
      return drained() ?? reopen()
    case .missing:
      return drained() ?? stop(.missing)
    case .denied(let reason):
      return drained() ?? stop(.denied(errno: reason))
    }
  }

  /// Gives the content its identity, once its first line is whole. The row of it is stored before any position of
  /// the new content is told to anybody.
  func identify(by first: LineAssembler.Line) {
    if restart != nil { incarnation &+= 1 }
    let hash: [UInt8]
    switch first {
    case .whole(let bytes, _, _): hash = FileIdentity.hash(ofFirst: bytes)
    case .oversized:
      // Up to its newline, as when the file is opened again: the limit may be smaller than what is hashed.
      let head = (try? file?.read(at: 0, count: FileIdentity.hashedBytes)) ?? []
      hash = FileIdentity.hash(ofFirst: head.prefix { $0 != 0x0A })
    }
    identity = FileIdentity(
      device: rules.device ?? 0, inode: rules.inode ?? 0, incarnation: incarnation, firstHash: hash)
  }

  /// Makes its epoch another one: the content begins like another file of its chain.
  func raiseIncarnation() {
    incarnation &+= 1
    identity?.incarnation = incarnation
  }

  /// The row that keeps the identity over a restart.
  func row(nowMS: Int64) -> FileIdentityRow? {
    guard let identity else { return nil }
    return FileIdentityRow(
      path: path, device: identity.device, inode: identity.inode, incarnation: identity.incarnation,
      epoch: identity.epoch.value, firstHash: identity.firstHash, position: witness.end,
      witness: witness.bytes,
      size: facts.size, mtimeNS: facts.modifiedNS, seenAtMS: nowMS)
  }

  /// The facts of the file that is read, without asking for its name; nil while none is open.
  func heldFacts() -> FileFacts? { file.flatMap { try? $0.facts() } }

  /// Takes the pending restart; its first batch announces it.
  func takeRestart() -> RestartReason? {
    defer { restart = nil }
    return restart
  }

  private func look(_ known: FileFacts?) -> FollowRules.Action {
    do {
      if let known { facts = known } else { facts = try FileFacts.of(path) }
      condition = .present
      return rules.observe(facts)
    } catch {
      return rules.observe(failure: error.errno)
    }
  }

  /// Reads on, with the witness in the same call: other bytes there mean another content. Where the size is known, no
  /// more is asked for: a line costs one call and a buffer of its length, and who writes meanwhile is told of again.
  private func read(to size: UInt64 = .max) -> Progress {
    guard let file else { return reopen() }
    let overlap = witness.bytes.count
    let rest = size > assembler.position ? size - assembler.position : 0
    do {
      let chunk = try file.read(at: witness.start, count: overlap + Int(min(UInt64(limits.readBytes), rest)))
      guard witness.begins(chunk) else {
        begin(chunk.count < overlap ? .truncated : .replaced)
        return Progress(more: true)
      }
      var progress = Progress()
      assembler.append(chunk, from: overlap) { progress.lines.append($0) }
      witness.advance(over: chunk[overlap...])
      rules.position = assembler.position
      progress.more = chunk.count == overlap + limits.readBytes
      return progress
    } catch {
      return stop(.denied(errno: error.errno))
    }
  }

  /// What the old inode still holds, before the name's new file is looked at; nil once it is read to its end.
  private func drained() -> Progress? {
    guard let size = heldFacts()?.size, size > rules.position else { return nil }
    let kept = restart
    var progress = read()
    guard restart == kept, !progress.lines.isEmpty || progress.more else { return nil }
    progress.more = true
    return progress
  }

  private func reopen() -> Progress {
    do {
      let opened = try OpenFile(path)
      let now = try opened.facts()
      let same = now.size >= rules.position && witness.holds(in: opened) && firstLineHolds(in: opened)
      file = opened
      if !same { begin(.replaced) }
      rules.device = now.device
      rules.inode = now.inode
      identity?.device = now.device
      identity?.inode = now.inode
      return now.size > rules.position ? read() : Progress()
    } catch {
      return error.errno == ENOENT ? stop(.missing) : stop(.denied(errno: error.errno))
    }
  }

  private func firstLineHolds(in opened: OpenFile) -> Bool {
    guard let identity else { return true }
    guard let head = try? opened.read(at: 0, count: FileIdentity.hashedBytes) else { return false }
    return FileIdentity.hash(ofFirst: head.prefix { $0 != 0x0A }) == identity.firstHash
  }

  private func stop(_ why: Condition) -> Progress {
    condition = why
    file = nil
    rules.device = nil
    rules.inode = nil
    return Progress(condition: why)
  }

  /// Starts over at position 0. Nobody holds a cursor into a content that never had an identity: no restart then.
  private func begin(_ reason: RestartReason) {
    if identity != nil { restart = reason }
    identity = nil
    assembler = LineAssembler(at: 0, limit: limits.maxRecordBytes)
    witness = .none
    rules.position = 0
  }
}
