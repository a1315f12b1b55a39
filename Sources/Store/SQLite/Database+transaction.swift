extension Database {
  /// Which lock a transaction takes at its beginning.
  public enum Isolation: String, Sendable {
    /// One snapshot for several reads; no lock that a writer would notice.
    case snapshot = "BEGIN DEFERRED"
    /// The write lock at once: a read that turns into a write later can fail at a point where nothing can be
    /// repeated.
    case writing = "BEGIN IMMEDIATE"
  }

  /// Runs `body` as a whole or not at all. Inside another transaction it is a savepoint of that one.
  public func transaction<Value>(
    _ isolation: Isolation = .writing, _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let nested = isInTransaction
    try execute(nested ? "SAVEPOINT nested" : isolation.rawValue)
    do throws(StoreError) {
      let value = try body()
      try execute(nested ? "RELEASE nested" : "COMMIT")
      return value
    } catch {
      // A full disk has already rolled back; the failure that is worth telling is the first one.
      if isInTransaction {
        try? execute(nested ? "ROLLBACK TO nested; RELEASE nested" : "ROLLBACK")
      }
      throw error
    }
  }
}
