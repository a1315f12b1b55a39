/// The limits of tailing; each is a setting `tail.…` of the same name.
public struct TailLimits: Sendable, Hashable {
  /// Most bytes of one record that enter memory; a larger one is reported as damaged.
  public var maxRecordBytes = 8 << 20
  /// Most bytes read from one file in one turn of the loop.
  public var readBytes = 256 << 10
  /// How far before a position the views look for their state.
  public var lookback = 1 << 20
  /// Most bytes of a document format (Gemini before 0.39) that are parsed.
  public var maxDocumentBytes = 64 << 20
  /// How long events gather while they come densely; 0 looks at each at once.
  public var gather = Duration.milliseconds(2)
  /// How often directories without a watch are listed.
  public var pollInterval = Duration.seconds(1)
  /// How often everything is listed, whatever the events said.
  public var reconcileInterval = Duration.seconds(60)
  /// How long a changed transcript rests before head and tail are read for the listing.
  public var surveyDelay = Duration.milliseconds(500)
  /// How long after its last write a transcript in an open turn still counts as active.
  public var activeWindow = Duration.seconds(120)
  /// Most inotify watches; 0 leaves it to the kernel.
  public var maxWatches = 0
  /// Polls only (`tail.mode: poll`).
  public var pollOnly = false
  /// Most directory levels below a root.
  public var maxDepth = 12

  /// The defaults.
  public init() {}
}
