import Reactor
import Tail
import Wire

/// Encodes what watched transcripts bring, once for each view, and posts it to the loops that watch. Lives on the
/// home loop.
///
/// The shard of its own loop is told at once, the others by a post. An opening takes the same way as the appends that
/// follow it: a shard never sees a gap.
actor Broadcaster {
  private nonisolated let loop: EventLoop
  private let engine: TailEngine
  private let archive: Archive
  private let views: ViewLimits
  private let damaged: @Sendable (String, Epoch, Damage) -> Void
  private var topics: [String: Topic] = [:]
  private var shards: [Shard] = []

  /// - Parameter damaged: told of bytes that are no record as they are seen; called on the home loop.
  init(
    loop: EventLoop, engine: TailEngine, archive: Archive, views: ViewLimits = ViewLimits(),
    damaged: @escaping @Sendable (String, Epoch, Damage) -> Void
  ) {
    self.loop = loop
    self.engine = engine
    self.archive = archive
    self.views = views
    self.damaged = damaged
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Runs a step on the home loop, after everything that was posted before.
  nonisolated func post(_ body: @escaping @Sendable (isolated Broadcaster) -> Void) {
    loop.post { self.assumeIsolated { body($0) } }
  }

  /// The loops, by index, before anything is opened.
  func attach(_ shards: [Shard]) { self.shards = shards }

  /// Transcripts being watched.
  var topicCount: Int { topics.count }

  /// A shard wants a log; the answer is posted to it.
  func open(_ key: LogKey, shard: Int) {
    let waiting = Topic.Waiting(key: key, shard: shard)
    if let topic = topics[key.session] {
      if topic.facts == nil { topic.waiting.append(waiting) } else { open(waiting, in: topic) }
      return
    }
    let topic = Topic(session: key.session)
    topic.waiting = [waiting]
    topics[key.session] = topic
    Task { await self.start(topic) }
  }

  /// A shard no longer has readers of a log.
  func close(_ key: LogKey, shard: Int) {
    guard let topic = topics[key.session] else { return }
    topic.waiting.removeAll { $0.key == key && $0.shard == shard }
    if let view = topic.view(Topic.ViewKey(key.variant)) {
      view.leave(key, shard: shard)
      if view.isUnused { topic.views.removeAll { $0 === view } }
    }
    if topic.facts != nil { releaseIfUnused(topic) }
  }

  /// A watched transcript brought something.
  func take(_ batch: TailBatch) {
    guard let topic = topics[batch.session] else { return }
    if topic.facts == nil { topic.pending.append(batch) } else { encode(batch, in: topic) }
  }

  /// A session's files are found under another id from now on, or no more: who watches it is sent away.
  func moved(_ session: String) {
    topics[session] = nil
    for shard in shards.indices { tell(shard) { $0.moved(session) } }
  }

  /// A session's derived status changed.
  func status(_ entry: SessionEntry) {
    announce(entry.id) { key in ControlFrames.status(entry, view: key.view, include: key.include) }
  }

  /// A child transcript was found.
  func subagent(_ entry: SessionEntry) {
    guard let parent = entry.parent, let topic = topics[parent], let facts = topic.facts,
      let epoch = facts.epoch
    else { return }
    let line = Cursor(epoch: epoch, offset: facts.head)
    for view in topic.views {
      guard
        let frames = view.encoder?.frames(
          at: line, record: nil, events: [.subagent(call: nil, sessionID: entry.id)])
      else { continue }
      post(frames, at: line, of: view, in: topic)
    }
  }

  private func announce(_ session: String, _ frames: (Topic.ViewKey) -> [Frame]) {
    guard let topic = topics[session], let facts = topic.facts else { return }
    let line = Cursor(epoch: facts.epoch ?? Epoch(0), offset: facts.head)
    for view in topic.views { post(frames(view.key), at: line, of: view, in: topic) }
  }

  private func start(_ topic: Topic) async {
    let result: Result<TopicFacts, TailError>
    do {
      result = .success(try await engine.watch(topic.session))
    } catch {
      result = .failure(error)
    }
    if case .success(let facts) = result, topics[topic.session] !== topic || facts.session != topic.session {
      // It became another session's file while it was being opened.
      if topics[topic.session] === topic { moved(topic.session) }
      return await engine.unwatch(facts.session)
    }
    switch result {
    case .failure(let error):
      guard topics[topic.session] === topic else { return }
      topics[topic.session] = nil
      for waiting in topic.waiting { tell(waiting.shard) { $0.refused(waiting.key, error) } }
    case .success(let facts):
      topic.facts = facts
      let batches = topic.pending
      let waiting = topic.waiting
      topic.pending = []
      topic.waiting = []
      for batch in batches { encode(batch, in: topic) }
      for waiting in waiting { open(waiting, in: topic) }
      releaseIfUnused(topic)
    }
  }

  private func releaseIfUnused(_ topic: Topic) {
    guard topic.isUnused, topics[topic.session] === topic else { return }
    topics[topic.session] = nil
    Task { await self.engine.unwatch(topic.session) }
  }

  private func open(_ waiting: Topic.Waiting, in topic: Topic) {
    let key = Topic.ViewKey(waiting.key.variant)
    if let view = topic.view(key) {
      if view.encoder == nil { view.waiting.append(waiting) } else { admit(waiting, to: view, in: topic) }
      return
    }
    guard let facts = topic.facts else { return }
    let view = Topic.LiveView(key: key)
    topic.views.append(view)
    view.waiting = [waiting]
    Task { await self.warm(view, in: topic, facts) }
  }

  /// Gives a view the state that it would have if it had been watched all along.
  private func warm(_ view: Topic.LiveView, in topic: Topic, _ facts: TopicFacts) async {
    let key = view.key
    let result = await archive.warm(facts, view: key.view, include: key.include)
    guard topic.view(key) === view, topics[topic.session] === topic else { return }
    let isReplaced = facts.epoch.map { topic.facts?.file($0) == nil } ?? false
    var state: RenderState
    switch result {
    case .success(let warmed) where !isReplaced: state = warmed
    default:
      // The content was replaced, or cannot be read: what was before it says nothing of the new one, or nothing comes
      // at all.
      state = RenderState(
        lines: LineRenderer(agent: facts.agent, profile: .unknown, decodes: key.view != .raw),
        view: ViewEncoder(view: key.view, include: key.include, sessionID: topic.session, limits: views))
    }
    var epoch = isReplaced ? nil : facts.epoch
    for (line, item) in view.missed {
      if epoch != nil, epoch != line.epoch { state.lines = state.lines.inNextFile(of: facts.agent) }
      epoch = line.epoch
      let (records, events) = state.lines.read(item)
      _ = state.view.frames(at: line, records: records, events: events)
    }
    view.missed = []
    view.encoder = state.view
    if topic.lines == nil, key.view != .raw { topic.lines = state.lines }
    let waiting = view.waiting
    view.waiting = []
    for waiting in waiting { admit(waiting, to: view, in: topic) }
  }

  private func admit(_ waiting: Topic.Waiting, to view: Topic.LiveView, in topic: Topic) {
    guard let facts = topic.facts else { return }
    view.admit(waiting)
    let isStepOpen = view.encoder?.hasOpenStep ?? false
    tell(waiting.shard) { $0.opened(waiting.key, facts, isStepOpen: isStepOpen) }
  }

  private func encode(_ batch: TailBatch, in topic: Topic) {
    guard var facts = topic.facts else { return }
    let before = facts
    if let begins = batch.begins { facts = begins }
    facts.path = batch.path
    facts.epoch = batch.epoch
    facts.head = batch.head
    facts.witness = batch.witness
    topic.facts = facts
    // What has to be ended before another content can begin, by view.
    var closings: [ObjectIdentifier: [Frame]] = [:]
    let continues = before.epoch.map { batch.begins?.file($0) != nil } ?? false
    if continues { topic.lines = topic.lines?.inNextFile(of: facts.agent) }
    // A file that takes another's place, and is not the next one of its chain, is another content.
    let isAnother = batch.begins != nil && before.epoch != nil && !continues
    let restart = batch.restart ?? (isAnother ? .replaced : nil)
    if restart != nil {
      if topic.lines != nil { topic.lines = LineRenderer(agent: facts.agent, profile: .unknown) }
      for view in topic.views {
        view.missed = []
        if let encoder = view.encoder {
          closings[ObjectIdentifier(view)] = ViewEncoder.closing(hasOpenStep: encoder.hasOpenStep)
          view.encoder = ViewEncoder(
            view: view.key.view, include: view.key.include, sessionID: topic.session, limits: views)
        }
      }
    }
    for view in topic.views where view.encoder == nil {
      view.missed += batch.items.map { (Cursor(epoch: batch.epoch, offset: $0.end), $0) }
    }
    let room = batch.items.reduce(0) { $0 + $1.bytes + FrameEncoder.overhead }
    var outputs: [LiveOutput] = []
    for view in topic.views where view.encoder != nil { outputs.append(LiveOutput(view, room: room)) }
    guard !outputs.isEmpty else { return }
    for index in outputs.indices { outputs[index].continues = continues }
    if let reason = restart {
      let cursor = Cursor(epoch: batch.epoch, offset: 0)
      let requested = before.epoch.map { Cursor(epoch: $0, offset: before.head) }
      for index in outputs.indices {
        let view = outputs[index].view
        let frame = ControlFrames.reset(
          requested: requested?.description, cursor: cursor, reason: ResetReason(reason), view: view.key.view)
        outputs[index].add((closings[ObjectIdentifier(view)] ?? []) + [frame], at: cursor, endsTurn: false)
        outputs[index].endReset(reason)
      }
    }
    for item in batch.items {
      let line = Cursor(epoch: batch.epoch, offset: item.end)
      var records: [Record] = []
      var events: [TranscriptEvent] = []
      if topic.lines != nil {
        (records, events) = topic.lines?.read(item) ?? ([], [])
      } else {
        var bare = LineRenderer(agent: facts.agent, profile: .unknown, decodes: false)
        (records, events) = bare.read(item)
      }
      for case .damaged(let damage) in events { damaged(batch.session, batch.epoch, damage) }
      let endsTurn = events.endsTurn
      for index in outputs.indices {
        let frames = outputs[index].view.encoder?.frames(at: line, records: records, events: events) ?? []
        outputs[index].add(frames, at: line, endsTurn: endsTurn)
      }
    }
    for output in outputs { post(output, facts) }
  }

  private func post(_ frames: [Frame], at line: Cursor, of view: Topic.LiveView, in topic: Topic) {
    guard !frames.isEmpty, let facts = topic.facts, view.encoder != nil else { return }
    var output = LiveOutput(view)
    output.add(frames, at: line, endsTurn: false)
    post(output, facts)
  }

  private func post(_ output: LiveOutput, _ facts: TopicFacts) {
    for encoded in output.encoded {
      let append = LogAppend(
        key: encoded.wrapping.key, bytes: encoded.bytes, marks: encoded.marks, facts: facts, readAt: loop.now,
        restart: encoded.restart, continues: output.continues)
      for shard in encoded.wrapping.shards { tell(shard) { $0.append(append) } }
    }
  }

  /// Safe on the own loop, because a shard never calls the broadcaster or the tail but by a post or an `await`: none of
  /// its steps is under way here.
  private func tell(_ index: Int, _ body: @escaping @Sendable (isolated Shard) -> Void) {
    let shard = shards[index]
    if shard.loop === loop { shard.assumeIsolated { body($0) } } else { shard.post(body) }
  }
}
