/// Against what a scenario is run, and how its result is shown.
public struct RunOptions: Sendable, Equatable {
  /// The `tailcast` that is started for each scenario; nil for a server that runs already.
  public var executable: String?
  /// A server that runs already.
  public var address = ServerAddress()
  /// One of the running server's `jsonl` roots: the transcripts are made there.
  public var root: String?
  /// The running server's processes, for their costs together; none leaves these out.
  public var pids: [Int32] = []
  /// Whether the folders of a started server stay.
  public var keep = false
  /// Where the folder of each started server is made.
  public var temporary = "/tmp"

  /// Options of nothing.
  public init() {}
}
