/// The text of one message, for the search index.
public struct IndexedMessage: Sendable, Hashable {
  /// The message's cursor, as on the wire.
  public var cursor: String
  /// Who speaks.
  public var role: String
  /// When, milliseconds since 1970.
  public var timestampMS: Int64?
  /// What is searched.
  public var text: String

  /// A message.
  public init(cursor: String, role: String, timestampMS: Int64?, text: String) {
    self.cursor = cursor
    self.role = role
    self.timestampMS = timestampMS
    self.text = text
  }
}

/// How far one file of a session is indexed.
public struct IndexPosition: Sendable, Hashable {
  /// The session.
  public var sessionID: String
  /// The epoch of the file's cursors.
  public var epoch: UInt32
  /// Everything before this offset is indexed.
  public var through: UInt64
  /// True when that was the end of the file.
  public var isDone: Bool

  /// A position.
  public init(sessionID: String, epoch: UInt32, through: UInt64, isDone: Bool) {
    self.sessionID = sessionID
    self.epoch = epoch
    self.through = through
    self.isDone = isDone
  }
}

/// How much of all files is indexed, for `/health`.
public struct IndexProgress: Sendable, Hashable {
  /// Files that have been begun.
  public var files: Int
  /// Files that have been indexed to their end.
  public var filesDone: Int
  /// Bytes indexed.
  public var bytesDone: Int64

  /// A progress.
  public init(files: Int, filesDone: Int, bytesDone: Int64) {
    self.files = files
    self.filesDone = filesDone
    self.bytesDone = bytesDone
  }
}

/// One message that matches.
public struct SearchHit: Sendable, Hashable {
  /// The session.
  public var sessionID: String
  /// The message's cursor, as on the wire.
  public var cursor: String
  /// Who speaks.
  public var role: String
  /// When, milliseconds since 1970.
  public var timestampMS: Int64?
  /// A stretch of the text around the matches; each match stands between U+0002 and U+0003.
  public var snippet: String
  /// Smaller is better: BM25, with a mild preference for recent messages.
  public var rank: Double

  /// A hit.
  public init(
    sessionID: String, cursor: String, role: String, timestampMS: Int64?, snippet: String, rank: Double
  ) {
    self.sessionID = sessionID
    self.cursor = cursor
    self.role = role
    self.timestampMS = timestampMS
    self.snippet = snippet
    self.rank = rank
  }
}

/// One page of the messages that match, best first.
public struct SearchPage: Sendable, Hashable {
  /// How many messages match.
  public var total: Int
  /// This page's.
  public var hits: [SearchHit]

  /// A page.
  public init(total: Int, hits: [SearchHit]) {
    self.total = total
    self.hits = hits
  }
}

/// One session whose title matches.
public struct TitleHit: Sendable, Hashable {
  /// The session.
  public var sessionID: String
  /// The title; each match stands between U+0002 and U+0003.
  public var title: String
  /// Smaller is better.
  public var rank: Double

  /// A hit.
  public init(sessionID: String, title: String, rank: Double) {
    self.sessionID = sessionID
    self.title = title
    self.rank = rank
  }
}
