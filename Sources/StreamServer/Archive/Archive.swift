import Reactor
import Store
import Tail
import Wire

/// Hands out history: pages encoded for a variant, positions, and decoded stretches for REST. Lives on the archive
/// thread, where it may block; its answers hold for the content that the facts name, or say that it changed.
public actor Archive {
  private nonisolated let executor: ThreadExecutor
  let store: Store
  let tail: TailLimits
  let limits: StreamLimits
  let views: ViewLimits
  var states = RenderStates(capacity: 32 << 20)
  /// Whether clients were given history since the index read its last page.
  var hasReaders = false
  var pages: PageCache
  private var profiles: [String: (epoch: Epoch, profile: TranscriptProfile)] = [:]
  private static let profileBytes: UInt64 = 256 << 10

  /// An archive on its thread.
  public init(
    executor: ThreadExecutor, store: Store, tail: TailLimits, limits: StreamLimits,
    views: ViewLimits = ViewLimits()
  ) {
    self.executor = executor
    self.store = store
    self.tail = tail
    self.limits = limits
    self.views = views
    pages = PageCache(capacity: limits.cachedPages)
  }

  /// The archive thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// What renders the lines after the facts' head, for a live topic.
  func warm(_ facts: TopicFacts, view: ViewKind, include: Include) -> Result<RenderState, ArchiveFault> {
    Result { () throws(ArchiveFault) in
      guard facts.epoch != nil else { return fresh(facts, view: view, include: include) }
      return try reading(facts) { (file) throws(TranscriptFile.Fault) in
        try state(file, at: facts.head, view: view, include: include)
      }
    }
  }

  /// Runs a reading and makes sure afterwards that the file still is what the facts say.
  func reading<Value>(
    _ facts: TopicFacts, _ body: (TranscriptFile) throws(TranscriptFile.Fault) -> Value
  ) throws(ArchiveFault) -> Value {
    do throws(TranscriptFile.Fault) {
      let file = try TranscriptFile(facts, limits: tail)
      let value = try body(file)
      guard file.stillHolds() else { throw .changed }
      return value
    } catch {
      throw ArchiveFault(error)
    }
  }

  /// The state that renders the line after `offset`: kept from the page before, or made by looking back `lookback`
  /// bytes, also into the files before this one.
  func state(
    _ file: TranscriptFile, at offset: UInt64, view: ViewKind, include: Include, lookback: Int? = nil
  ) throws(TranscriptFile.Fault) -> RenderState {
    if let epoch = file.facts.epoch,
      let kept = states.take(
        .init(session: file.facts.session, epoch: epoch, view: view, include: include, offset: offset))
    {
      return kept
    }
    let profile = try profile(file)
    var state = fresh(file.facts, view: view, include: include, profile: profile)
    guard view != .raw, let epoch = file.facts.epoch else { return state }
    let bytes = lookback ?? tail.lookback
    let start = try file.lookbackStart(before: offset, bytes: bytes)
    if start == 0, let previous = file.facts.previous, file.facts.isDocument || offset < UInt64(bytes),
      // A file that is no more cannot be looked back into; that is no fault of this one.
      let older = try? TranscriptFile(previous, limits: tail),
      let before = try? self.state(
        older, at: previous.head, view: view, include: include,
        lookback: file.facts.isDocument ? bytes : bytes - Int(offset))
    {
      state.view = before.view
      state.lines = before.lines.inNextFile(of: file.facts.agent, profile: profile)
    }
    guard offset > 0 else { return state }
    try file.items(from: start) { item in
      guard item.end <= offset else { return false }
      let (records, events) = state.lines.read(item)
      if view == .ui {
        _ = state.view.frames(at: Cursor(epoch: epoch, offset: item.end), records: records, events: events)
      }
      return item.end < offset
    }
    return state
  }

  func fresh(
    _ facts: TopicFacts, view: ViewKind, include: Include, profile: TranscriptProfile = .unknown
  ) -> RenderState {
    RenderState(
      lines: LineRenderer(agent: facts.agent, profile: profile, decodes: view != .raw),
      view: ViewEncoder(view: view, include: include, sessionID: facts.session, limits: views))
  }

  /// What the head of the file says about how to read the rest; only Codex needs it.
  private func profile(_ file: TranscriptFile) throws(TranscriptFile.Fault) -> TranscriptProfile {
    guard file.facts.agent == .codex, let epoch = file.facts.epoch else { return .unknown }
    if let kept = profiles[file.facts.session], kept.epoch == epoch { return kept.profile }
    var head: [Record] = []
    try file.items(from: 0) { item in
      head += RecordPiece.pieces(of: item).compactMap(\.record)
      return item.end < Self.profileBytes
    }
    let profile = TranscriptProfile.of(agent: .codex, head: head)
    // Kept only once the head is complete: until then more of it may come.
    if file.facts.head >= Self.profileBytes { profiles[file.facts.session] = (epoch, profile) }
    return profile
  }
}
