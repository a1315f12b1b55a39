/// Every limit of the store, with its default.
public struct StoreLimits: Sendable, Hashable {
  /// How long a statement waits for another process's lock: 2 s.
  public var busyTimeout: Duration = .seconds(2)
  /// The same for writes after one that waited in vain: what waits for the store must not queue up behind a lock.
  public var busyRetry: Duration = .milliseconds(20)
  /// How many bytes of the write-ahead log stay allocated after a checkpoint: 64 MiB.
  public var journalBytes = 64 << 20
  /// How many compiled statements a connection keeps: 64.
  public var cachedStatements = 64
  /// How many rows of the change log are kept: 100,000.
  public var changeLogRows = 100_000
  /// How many rows over `changeLogRows` gather before they are deleted together: 1,000.
  public var changeLogSlack = 1_000
  /// How many words of a search count; further ones are ignored: 32.
  public var searchWords = 32
  /// How many matches of a search, newest indexed first, are ranked: 20,000. The total counts all of them.
  public var rankedMatches = 20_000

  /// The defaults.
  public init() {}
}
