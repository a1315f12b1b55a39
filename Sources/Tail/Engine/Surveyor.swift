import Reactor
import Store
import Wire

/// Looks at files on the archive thread, where it may block: lists directories, opens transcripts, reads heads and
/// tails. Keeps what it made of the transcripts that were written to lately, so that their new lines are all it reads.
actor Surveyor {
  /// What head and tail of a transcript say.
  struct Survey: Sendable {
    var opened: OpenedTranscript
    var summary: SessionSummary
  }

  /// A transcript as it was read up to a position.
  private struct Kept {
    var identity: FileIdentity
    var witness: Witness
    var decoder: TranscriptDecoder
    var summary: SessionSummary
  }

  private var kept: [String: Kept] = [:]
  /// Transcripts of which something is kept.
  private static let keptTranscripts = 1_024
  private nonisolated let executor: ThreadExecutor
  private let limits: TailLimits
  /// How much of the head and of the tail is read for a listing.
  private static let span = 64 << 10

  init(executor: ThreadExecutor, limits: TailLimits) {
    self.executor = executor
    self.limits = limits
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Lists directories.
  func list(_ directories: [String]) -> [DirectoryListing] {
    directories.map(DirectoryListing.read)
  }

  /// Opens a transcript and compares it with what was stored of it.
  func open(_ path: String, known: FileIdentityRow?) -> Result<OpenedTranscript, SystemError> {
    Result { () throws(SystemError) in try OpenedTranscript.open(path, known: known) }
  }

  /// Opens a transcript and reads its head and tail.
  func survey(
    _ path: String, agent: AgentKind, isDocument: Bool, known: FileIdentityRow?
  ) -> Result<Survey, SystemError> {
    Result { () throws(SystemError) in
      if isDocument {
        let document = try DocumentReader.read(path, limit: limits.maxDocumentBytes)
        return Survey(opened: document.opened(known: known), summary: document.summary())
      }
      let opened = try OpenedTranscript.open(path, known: known)
      return Survey(opened: opened, summary: try summarise(path, agent: agent, opened))
    }
  }

  /// The sessions of an earlier run, by id: thousands of them are read off the loop.
  func restore(_ rows: [SessionRow], _ epochs: [String: Epoch]) -> [String: SessionEntry] {
    var restored = [String: SessionEntry](minimumCapacity: rows.count)
    for row in rows {
      guard var entry = SessionEntry(row) else { continue }
      entry.epoch = epochs[entry.path]
      restored[entry.id] = entry
    }
    return restored
  }

  /// The document as it stands now.
  func document(_ path: String) -> Result<DocumentReader, SystemError> {
    Result { () throws(SystemError) in try DocumentReader.read(path, limit: limits.maxDocumentBytes) }
  }

  /// The session ids that documents and logs hold inside; nil where there is none yet.
  func nativeIDs(_ paths: [String]) -> [String?] {
    paths.map { path in
      guard let file = try? OpenFile(path), let head = try? file.read(at: 0, count: 4096) else { return nil }
      if let id = NativeID.find(in: head) { return id }
      guard head.count == 4096 else { return nil }
      // Behind a long member, or at the end of a document that somebody wrote anew.
      if path.hasSuffix(".json") {
        let id = (try? DocumentReader.read(path, limit: limits.maxDocumentBytes))?.sessionID
        return id.flatMap { $0.isEmpty ? nil : $0 }
      }
      return (try? file.read(at: 0, count: Self.idSpan)).flatMap(NativeID.find)
    }
  }

  /// How far into a log its session's id is looked for.
  private static let idSpan = 1 << 20

  private func summarise(
    _ path: String, agent: AgentKind, _ opened: OpenedTranscript
  ) throws(SystemError) -> SessionSummary {
    let file = try OpenFile(path)
    let boundary = opened.boundary
    if var known = kept[path], known.identity == opened.identity, boundary >= known.witness.end,
      boundary - known.witness.end <= UInt64(Self.span), known.witness.holds(in: file)
    {
      for record in try records(file, from: known.witness.end, to: boundary, startsAtLine: true) {
        known.summary.absorb(known.decoder.decode(record))
      }
      known.witness = opened.witness
      kept[path] = known
      return known.summary
    }
    var summary = SessionSummary()
    let headEnd = min(boundary, UInt64(Self.span))
    let head = try records(file, from: 0, to: headEnd, startsAtLine: true)
    let profile = TranscriptProfile.of(agent: agent, head: head)
    var decoder = TranscriptDecoder(agent: agent, profile: profile)
    for record in head { summary.absorb(decoder.decode(record)) }
    if boundary > headEnd {
      let tailStart = max(headEnd, boundary - UInt64(Self.span))
      if tailStart > headEnd { decoder = TranscriptDecoder(agent: agent, profile: profile) }
      for record in try records(file, from: tailStart, to: boundary, startsAtLine: false) {
        summary.absorb(decoder.decode(record))
      }
    }
    if let identity = opened.identity {
      if kept.count >= Self.keptTranscripts { kept = [:] }
      kept[path] = Kept(identity: identity, witness: opened.witness, decoder: decoder, summary: summary)
    }
    return summary
  }

  /// The whole records between two positions; the first, cut line is left out unless a line starts there.
  private func records(
    _ file: OpenFile, from start: UInt64, to end: UInt64, startsAtLine: Bool
  ) throws(SystemError) -> [Record] {
    let bytes = try file.read(at: start, count: Int(end - start))
    var from = 0
    if !startsAtLine {
      guard let newline = bytes.firstIndex(of: 0x0A) else { return [] }
      from = newline + 1
    }
    var records: [Record] = []
    var assembler = LineAssembler(at: start + UInt64(from), limit: limits.maxRecordBytes)
    assembler.append(bytes, from: from) { line in
      records += RecordPiece.pieces(of: line).compactMap(\.record)
    }
    return records
  }
}
