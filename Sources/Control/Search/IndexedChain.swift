import Tail

/// What there is to index of one session: its files, oldest first. A value.
struct IndexedChain: Sendable {
  /// One file.
  struct File: Sendable {
    var epoch: UInt32?
    var size: UInt64
    var isDocument: Bool
  }

  var files: [File]

  init(_ entry: SessionEntry) {
    files = entry.files.map {
      File(epoch: $0.epoch?.value, size: $0.facts.size, isDocument: $0.isDocument)
    }
  }

  /// Bytes of all files together.
  var bytes: UInt64 { files.reduce(0) { $0 + $1.size } }

  /// How many files and bytes lie before a position: the files before the one of its epoch, and a part of that.
  func done(_ position: SearchIndexer.FileProgress, isEnd: Bool) -> (files: Int, bytes: UInt64) {
    guard let at = files.lastIndex(where: { $0.epoch == position.epoch }) else { return (0, 0) }
    let (file, before) = (files[at], files[..<at].reduce(0) { $0 + $1.size })
    // Positions of documents count messages, not bytes.
    let part = file.isDocument ? (position.isDone ? file.size : 0) : min(position.through, file.size)
    return (isEnd ? files.count : at, before + part)
  }
}
