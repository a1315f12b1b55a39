/// A named step of the schema. Steps are only ever added at the end, and an applied step is never edited.
public struct Migration: Sendable, Hashable {
  /// The name under which the database remembers it; unique.
  public var name: String
  /// The statements.
  public var sql: String

  /// A step.
  public init(name: String, sql: String) {
    self.name = name
    self.sql = sql
  }
}

extension Database {
  /// Applies the steps that the database has not seen, each with its own row and transaction.
  ///
  /// A database that needs no step is not written. Throws `StoreError.newerDatabase` when it has seen a step that
  /// is not in `migrations`.
  public func migrate(_ migrations: [Migration], nowMS: Int64) throws(StoreError) {
    let pending = try pendingMigrations(migrations)
    guard !pending.isEmpty else { return }
    try execute("CREATE TABLE IF NOT EXISTS migrations(name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)")
    for migration in pending {
      try transaction { () throws(StoreError) in
        // Another process may have applied it while this one waited for the lock.
        let applied = try first("SELECT 1 FROM migrations WHERE name = ?", migration.name) { _ in true }
        guard applied == nil else { return }
        try execute(migration.sql)
        try run("INSERT INTO migrations(name, applied_at) VALUES (?, ?)", migration.name, nowMS)
      }
    }
  }

  /// The steps that the database has not seen, in order. Throws `StoreError.newerDatabase` for an unknown one.
  func pendingMigrations(_ migrations: [Migration]) throws(StoreError) -> [Migration] {
    let hasTable = try first("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'") { _ in true }
    guard hasTable != nil else { return migrations }
    let applied = try Set(query("SELECT name FROM migrations") { $0.text(0) })
    let unknown = applied.subtracting(migrations.map(\.name)).sorted()
    guard unknown.isEmpty else {
      throw StoreError(
        code: StoreError.newerDatabase,
        message: "the database \(path) was written by a newer version (\(unknown.joined(separator: ", ")))")
    }
    return migrations.filter { !applied.contains($0.name) }
  }
}
