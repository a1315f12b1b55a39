import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

/// The tail as a table.
actor SessionModel: SessionSource, TranscriptRegister {
  private(set) var table: [String: SessionEntry]
  private(set) var counts: [String: SessionCounts] = [:]
  private var heads: [String: UInt64] = [:]
  private var earlier: [String: [TopicFacts]] = [:]
  var isReady = true

  init(_ entries: [SessionEntry]) {
    table = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func put(_ entry: SessionEntry, head: UInt64? = nil) {
    table[entry.id] = entry
    heads[entry.id] = head
  }

  /// The session goes on in another file.
  func extend(_ entry: SessionEntry) throws(TailError) {
    var facts = try facts(entry.id)
    earlier[entry.id] = facts.earlier
    facts.earlier = []
    earlier[entry.id]?.append(facts)
    table[entry.id] = entry
  }

  /// What was bound, in order: session, agent's id, path.
  private(set) var bound: [[String]] = []
  /// Agents' ids that are another session's.
  var taken: [String: String] = [:]

  func take(_ nativeID: String, by id: String) { taken[nativeID] = id }

  func expect(id: String, agent: AgentKind, cwd: String?, nativeID: String?) throws(TailError) {
    if let nativeID, let owner = taken[nativeID] { throw .taken(by: owner) }
    if table[id] == nil {
      var expected = ControlTests.entry(id, agent: agent, updatedMS: 0, cwd: cwd, bytes: 0, epoch: nil)
      expected.path = ""
      table[id] = expected
    }
  }

  func bind(_ id: String, nativeID: String, path: String?) throws(TailError) {
    if let owner = taken[nativeID] { throw .taken(by: owner) }
    guard table[id] != nil else { throw .unknownSession }
    bound.append([id, nativeID, path ?? ""])
  }

  func forget(_ id: String) { table[id] = nil }

  func setReady(_ ready: Bool) { isReady = ready }

  func entries() -> [SessionEntry] { Array(table.values) }
  func entry(_ session: String) -> SessionEntry? { table[session] }
  func readEntry(_ session: String) -> SessionEntry? { table[session] }
  func setCounts(_ session: String, _ counts: SessionCounts) { self.counts[session] = counts }
  func report(_ session: String, _ status: ReportedStatus?) { table[session]?.reported = status }

  func facts(_ session: String) throws(TailError) -> TopicFacts {
    guard let entry = table[session] else { throw .unknownSession }
    if entry.status == .unreadable { throw .unreadable(entry.reason ?? "") }
    var facts = TopicFacts(
      session: session, path: entry.path, agent: entry.agent, isDocument: entry.isDocument,
      epoch: entry.epoch,
      head: heads[session] ?? entry.facts.size, witness: .none)
    facts.earlier = earlier[session] ?? []
    return facts
  }

  func health() -> TailHealth {
    TailHealth(
      mode: .inotify, pollReason: nil, watches: 3, watchLimit: 100, polledDirectories: 0, files: table.count,
      followed: 0, lagBytes: 0, overflows: 0, reconciles: 1, isReady: isReady)
  }
}

/// The archive as a list of lines: line N ends at offset N × 10.
actor HistoryModel: HistorySource {
  struct Asked: Sendable, Equatable {
    var start: StartPoint
    var before: Cursor?
    var limit: Int
  }

  private let lines: [[TranscriptEvent]]
  private let raw: [UInt64: [UInt8]]
  private var fault: ArchiveFault?
  private var hangs: Bool
  private var hung: [CheckedContinuation<Void, Never>] = []
  private(set) var asked: [Asked] = []
  private(set) var indexedFrom: [UInt64] = []
  private var damaged: Set<UInt64> = []
  private var calls: [UInt64: IndexedPage.ModelCall] = [:]

  init(
    _ lines: [[TranscriptEvent]] = [], raw: [UInt64: [UInt8]] = [:], fault: ArchiveFault? = nil,
    hangs: Bool = false
  ) {
    self.lines = lines
    self.raw = raw
    self.fault = fault
    self.hangs = hangs
  }

  /// The line that ends here is no record.
  func damage(at place: UInt64) { damaged.insert(place) }

  /// The line that ends here tells of a model call.
  func call(_ key: UInt64, _ model: String?, input: Int64, output: Int64, at place: UInt64) {
    let tokens = TokenUsage(input: input, output: output, cacheRead: 0, cacheCreation: 0, reasoning: 0)
    calls[place] = .init(key: key, model: model, tokens: tokens)
  }

  func release() {
    hangs = false
    for continuation in hung { continuation.resume() }
    hung = []
  }

  func records(
    _ facts: TopicFacts, from start: StartPoint, before: Cursor?, limit: Int
  ) async -> Result<HistoryPage, ArchiveFault> {
    asked.append(Asked(start: start, before: before, limit: limit))
    if hangs { await withCheckedContinuation { hung.append($0) } }
    if let fault { return .failure(fault) }
    let epoch = facts.epoch ?? Epoch(0)
    var range = 0..<lines.count
    var reset: ResetReason?
    switch start {
    case .cursor(let cursor) where cursor.epoch == epoch: range = Int(cursor.offset / 10)..<lines.count
    case .cursor: reset = .unknownEpoch
    case .tail(let count): range = max(0, lines.count - count)..<lines.count
    default: break
    }
    if let before { range = 0..<min(lines.count, max(0, Int(before.offset / 10) - 1)) }
    let kept =
      before != nil ? max(range.lowerBound, range.upperBound - limit)..<range.upperBound : range.prefix(limit)
    let shown = kept.map { index in
      HistoryLine(
        cursor: Cursor(epoch: epoch, offset: UInt64(index + 1) * 10), records: [], events: lines[index])
    }
    return .success(
      HistoryPage(
        lines: shown, reset: reset, next: Cursor(epoch: epoch, offset: UInt64(kept.upperBound) * 10),
        hasMoreBefore: kept.lowerBound > 0, hasMoreAfter: kept.upperBound < lines.count))
  }

  func line(_ facts: TopicFacts, at cursor: Cursor) -> Result<[UInt8], ArchiveFault> {
    guard cursor.epoch == facts.epoch, let bytes = raw[cursor.offset] else { return .failure(.noSuchRecord) }
    return .success(bytes)
  }

  /// Three lines a page.
  func index(
    _ facts: TopicFacts, from offset: UInt64, newestMS: Int64?, bytes: Int
  ) -> Result<IndexedPage, ArchiveFault> {
    indexedFrom.append(offset)
    let end = min(offset + 30, facts.head)
    var page = IndexedPage(
      rows: [], times: [(end, Int64(end))], through: end, isDone: end == facts.head, messages: 0, turns: 0)
    for place in stride(from: offset + 10, through: end, by: 10) {
      page.rows.append(
        .init(
          cursor: Cursor(epoch: facts.epoch ?? Epoch(0), offset: place), role: .user, timestamp: nil,
          text: "word\(place) of \(facts.session)"))
      page.messages += 1
      if let call = calls[place] { page.calls.append(call) }
      if damaged.contains(place) {
        page.damages.append(Damage(start: place - 10, length: 9, reason: .malformed, recovered: false))
      }
    }
    return .success(page)
  }
}

func entry(
  _ id: String, agent: AgentKind = .claude, updatedMS: Int64 = 1_000_000, title: String? = nil,
  cwd: String? = nil,
  bytes: UInt64 = 100, status: SessionStatus = .idle, parent: String? = nil, epoch: UInt32? = 0xabcd_0001
) -> SessionEntry {
  var entry = SessionEntry(
    id: id, agent: agent, path: "/transcripts/\(id).jsonl", isDocument: false, parent: parent,
    facts: FileFacts(device: 1, inode: 1, size: bytes, modifiedNS: updatedMS * 1_000_000),
    statusSinceMS: updatedMS,
    firstSeenMS: updatedMS)
  entry.status = status
  entry.epoch = epoch.map { Epoch($0) }
  var events: [TranscriptEvent] = []
  if let title { events.append(.meta(key: MetaKey.title, value: JSONSlice(string: title))) }
  if let cwd { events.append(.meta(key: MetaKey.cwd, value: JSONSlice(string: cwd))) }
  entry.summary.absorb(events)
  return entry
}

func said(_ text: String, _ role: Role = .user, uuid: String? = nil) -> TranscriptEvent {
  .message(
    Message(
      role: role, blocks: [.text(JSONSlice(string: text))], uuid: uuid, timestamp: "2026-02-03T09:00:00.000Z")
  )
}
