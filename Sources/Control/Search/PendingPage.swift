import Store
import StreamServer
import Tail
import Wire

/// One page that was read and is not stored yet.
struct PendingPage: Sendable {
  let session: String
  let page: IndexedPage
  /// How much of the transcript it is.
  let bytes: Int
  /// Where the session stands once it is stored, without the tokens, which the store sums up.
  var after: SearchIndexer.FileProgress
  /// What the times are of; nil for a document, which has none.
  let times: TimeIndexKey?
  let stale: StaleIndex
  /// The page is of the newest file of the chain.
  let isNewest: Bool

  /// What becomes of the store's rows: all of it, or the call throws.
  /// - Returns: the tokens of all that is indexed of the session.
  func save(in database: Database) throws(StoreError) -> [ModelUsage] {
    if stale.isAll { try database.dropIndexed(session: session) }
    for content in stale.contents { try database.dropTimeIndexes(path: content.path, except: content.epoch) }
    if let times {
      try database.appendTimeIndex(
        times, page.times.map { TimeIndexEntry(offset: $0.offset, newestMS: $0.newestMS) },
        through: page.through)
    }
    try database.saveIndexed(
      sessionID: session, epoch: after.epoch, through: page.through, isDone: page.isDone,
      page.rows.map(IndexedMessage.init))
    try database.save(
      IndexCounts(sessionID: session, epoch: after.epoch, through: page.through, counts: after.counts))
    return try database.save(page.calls, session: session)
  }
}

/// What was indexed of content that is no more; it goes when the first page of the new one is stored.
struct StaleIndex: Sendable {
  /// Nothing that was indexed of the session holds.
  var isAll = false
  /// Files, each with the epoch of which alone the times still hold.
  var contents: [(path: String, epoch: UInt32)] = []
}

extension IndexedMessage {
  init(_ row: IndexedPage.Row) {
    self.init(
      cursor: row.cursor.description, role: row.role.rawValue,
      timestampMS: row.timestamp.flatMap { Timestamp($0)?.milliseconds }, text: row.text)
  }
}
