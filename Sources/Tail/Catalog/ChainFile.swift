import Wire

/// One file of a session's chain: the transcript of one run of the agent, under the agent's own id (STREAMS section 2).
public struct ChainFile: Sendable {
  /// The agent's id of the run that wrote it.
  public var nativeID: String
  /// The transcript's path.
  public var path: String
  /// True for formats whose whole file is one JSON document.
  public var isDocument: Bool
  /// The newest facts of the file; all zero for one that is gone.
  public var facts: FileFacts
  /// The epoch of the content, once a first complete record was seen.
  public var epoch: Epoch?
  /// What the chain up to and with this file says.
  var summary = SessionSummary()
  /// The facts for which `summary` holds; nil until head and tail were read.
  var summarised: FileFacts?
}

extension SessionEntry {
  /// True once a file of it was found.
  public var hasTranscript: Bool { !path.isEmpty }

  /// Bytes of all files together.
  public var bytes: UInt64 { earlier.reduce(facts.size) { $0 + $1.facts.size } }

  /// Every file of the chain, oldest first; none for a session that has not written yet.
  public var files: [ChainFile] { hasTranscript ? earlier + [newest] : [] }

  /// The newest file as one of the chain.
  var newest: ChainFile {
    ChainFile(
      nativeID: fileNativeID ?? id, path: path, isDocument: isDocument, facts: facts, epoch: epoch,
      summary: summary, summarised: summarised)
  }

  /// What is known before the newest file is read.
  var foundation: SessionSummary? {
    guard isBound else { return nil }
    if let last = earlier.last { return last.summary }
    var summary = SessionSummary()
    summary.cwd = startedIn
    return summary
  }

  /// Makes another file the newest one; what was the newest becomes the last of the earlier ones.
  mutating func extend(by file: ChainFile) {
    if hasTranscript { earlier.append(newest) }
    awaited.removeAll { $0 == file.nativeID }
    fileNativeID = file.nativeID
    path = file.path
    isDocument = file.isDocument
    facts = file.facts
    epoch = file.epoch
    summarised = file.summarised
    let own = file.summarised == nil ? nil : file.summary
    summary = foundation.map { base in own.map(base.continued) ?? base } ?? own ?? SessionSummary()
  }
}
