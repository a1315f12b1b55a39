import Store
import Tail

/// What the indexed part of one file counts.
struct IndexCounts: Sendable, Hashable {
  var sessionID: String
  var epoch: UInt32
  var through: UInt64
  var counts: SessionCounts
}

extension Store {
  /// The counts of all files that were begun.
  func indexCounts() throws(StoreError) -> [IndexCounts] {
    try read { (reader) throws(StoreError) in
      let used = Dictionary(
        grouping: try reader.query("\(UsageRows.sums) WHERE calls > 0 ORDER BY model", row: UsageRows.sum)
      ) { $0.session }
      return try reader.query("SELECT session_id, epoch, through, messages, turns FROM index_counts") { row in
        IndexCounts(
          sessionID: row.text(0), epoch: row.uint32(1), through: row.uint64(2),
          counts: SessionCounts(
            messages: row.int(3), turns: row.int(4), usage: used[row.text(0)]?.map(\.usage) ?? []))
      }
    }
  }
}

extension Database {
  /// Remembers the counts of a file.
  func save(_ counts: IndexCounts) throws(StoreError) {
    try run(
      "INSERT OR REPLACE INTO index_counts(session_id, epoch, through, messages, turns) VALUES (?, ?, ?, ?, ?)",
      counts.sessionID, counts.epoch, counts.through, counts.counts.messages, counts.counts.turns)
  }
}
