import StreamServer
import Tail
import Wire

/// The sessions, as the control plane sees them: the tail engine, or a model of it in tests.
public protocol SessionSource: Sendable {
  /// Every session, in no order.
  func entries() async -> [SessionEntry]
  /// One session.
  func entry(_ session: String) async -> SessionEntry?
  /// The same, once its head and tail were read.
  func readEntry(_ session: String) async -> SessionEntry?
  /// What is needed to read a session's history, without following it.
  func facts(_ session: String) async throws(TailError) -> TopicFacts
  /// The background reader has been through the whole file.
  func setCounts(_ session: String, _ counts: SessionCounts) async
  /// An agent's hook says how its session stands.
  func report(_ session: String, _ status: ReportedStatus?) async
  /// How the tail is doing.
  func health() async -> TailHealth
}

/// History as values: the archive, or a model of it in tests.
public protocol HistorySource: Sendable {
  /// A stretch of decoded lines.
  func records(
    _ facts: TopicFacts, from start: StartPoint, before: Cursor?, limit: Int
  ) async -> Result<HistoryPage, ArchiveFault>
  /// The bytes of the line that ends at a cursor.
  func line(_ facts: TopicFacts, at cursor: Cursor) async -> Result<[UInt8], ArchiveFault>
  /// One page for the indexes.
  func index(
    _ facts: TopicFacts, from offset: UInt64, newestMS: Int64?, bytes: Int
  ) async -> Result<IndexedPage, ArchiveFault>
}

extension TailEngine: SessionSource {}

extension Archive: HistorySource {}

/// Where agents are started, as the control plane is given it.
public struct Steering: Sendable {
  /// The terminals.
  public var terminals: any Terminals
  /// Where their sessions are made known to the tail.
  public var transcripts: any TranscriptRegister
  /// The thread that may wait for file systems.
  public var files: any SerialExecutor

  /// Terminals, the tail and a thread.
  public init(terminals: any Terminals, transcripts: any TranscriptRegister, files: any SerialExecutor) {
    self.terminals = terminals
    self.transcripts = transcripts
    self.files = files
  }
}

/// The loops' counters; the server gives them.
public protocol StatisticsSource: Sendable {
  /// What each loop has done.
  func statistics() async -> [ShardStatistics]
}

extension StreamServer: StatisticsSource {}
