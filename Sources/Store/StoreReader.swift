/// A connection with the queries of the store; belongs to one thread or actor, the archive's or the command line's.
///
/// It reads beside the writer, in this process or in another, and also when no server runs.
public final class StoreReader {
  /// Minted when the database was created: the first half of every id of the change feed.
  public let feedEpoch: UInt32
  let database: Database
  let limits: StoreLimits

  init(_ opened: OpenedDatabase, limits: StoreLimits) {
    database = opened.database
    feedEpoch = opened.feedEpoch
    self.limits = limits
  }

  /// Opens an existing database for reading.
  ///
  /// Throws `StoreError.olderDatabase` or `.newerDatabase` when another version of this program wrote it.
  /// - Parameter migrations: the schema of other modules, as the writer has it.
  public convenience init(
    path: String, limits: StoreLimits = StoreLimits(), migrations: [Migration] = []
  ) throws(StoreError) {
    let opened = try OpenedDatabase.reading(path, migrations: Schema.migrations + migrations, limits: limits)
    self.init(opened, limits: limits)
  }

  /// Runs several reads in one snapshot.
  public func snapshot<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    try database.transaction(.snapshot, body)
  }

  /// Every row of a query over tables of other modules, mapped; columns count from 0.
  public func query<Row>(
    _ sql: String, _ values: [any SQLBindable] = [], row: (Statement) -> Row
  ) throws(StoreError) -> [Row] {
    var rows: [Row] = []
    try database.each(sql, values) { rows.append(row($0)) }
    return rows
  }
}
