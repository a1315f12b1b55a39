import Tail
import Wire

/// Why a stream does not begin where it was asked to (`reset.reason`, STREAMS section 4).
public enum ResetReason: String, Sendable {
  /// The transcript became shorter.
  case truncated
  /// Other content stands in its place.
  case replaced
  /// The cursor is of a content that is not known, or of another session.
  case unknownEpoch = "unknown_epoch"
  /// No record ends at the cursor's offset, or it lies beyond the end.
  case notABoundary = "not_a_boundary"

  init(_ reason: RestartReason) {
    switch reason {
    case .truncated: self = .truncated
    case .replaced: self = .replaced
    }
  }
}

/// Why history could not be read.
public enum ArchiveFault: Error, Sendable, Hashable {
  /// The file no longer is what the facts say; the tail will tell of a restart.
  case changed
  /// There is no record at this position.
  case noSuchRecord
  /// It is over the limit, so only its bytes on disk exist.
  case tooLarge
  /// It cannot be read.
  case unreadable(String)

  init(_ fault: TranscriptFile.Fault) {
    switch fault {
    case .changed: self = .changed
    case .unreadable(let why): self = .unreadable(why)
    }
  }
}

/// Where a stream begins.
enum Located: Sendable {
  /// After this position; with a part, within the line that ends there.
  case at(Cursor)
  /// At the beginning, and the client is told why.
  case reset(ResetReason)
  /// Not before the tail has told of a restart.
  case changed
  /// Not at all.
  case unreadable(String)
}

/// One page of history, encoded for one variant. Immutable, shared by all who ask for it.
final class Page: Sendable {
  /// The frames.
  let bytes: [UInt8]
  /// The cursor's offset after them.
  let end: UInt64
  /// True when the page was cut by its size: the next one can be had at once.
  let isFull: Bool
  /// True when it was ended by the end of a turn (`until=turn`).
  let endsTurn: Bool
  /// True if a `ui` stream stands inside a step after it.
  let isStepOpen: Bool

  init(bytes: [UInt8], end: UInt64, isFull: Bool, endsTurn: Bool, isStepOpen: Bool) {
    self.isStepOpen = isStepOpen
    self.bytes = bytes
    self.end = end
    self.isFull = isFull
    self.endsTurn = endsTurn
  }
}

/// What a page is asked for by.
struct PageRequest: Sendable {
  var facts: TopicFacts
  var variant: Variant
  /// A boundary; with `part`, the end of the line within which the page begins.
  var offset: UInt64
  var part: Int?
  /// The `ui` message's id when this page opens the stream.
  var opening: String?
  var untilTurn = false
  /// Set for the first page after a client's cursor into a document format: the message before it may have changed
  /// while the client was away, so it is shown once more, as an `update`.
  var repeatsLast = false
}

/// One line of history as values, for REST.
public struct HistoryLine: Sendable {
  /// The position after the line.
  public var cursor: Cursor
  /// Its records.
  public var records: [Record]
  /// What they mean.
  public var events: [TranscriptEvent]
  /// The part of the line up to which the client has it.
  public var after: Int?
}

/// A stretch of history for REST.
public struct HistoryPage: Sendable {
  /// Lines in file order; those that mean nothing to a reader are left out.
  public var lines: [HistoryLine]
  /// Set when the start that was asked for does not exist; the page then begins at the start.
  public var reset: ResetReason?
  /// The position after the last line read, where the next page goes on.
  public var next: Cursor?
  /// True when there are lines before the first one.
  public var hasMoreBefore: Bool
  /// True when there are lines after the last one.
  public var hasMoreAfter: Bool
}

/// One page's share of the search index and the time index.
public struct IndexedPage: Sendable {
  /// One message's text.
  public struct Row: Sendable {
    /// The position after its record.
    public var cursor: Cursor
    /// Who said it.
    public var role: Role
    /// When, as the agent wrote it.
    public var timestamp: String?
    /// Its text.
    public var text: String
  }
  /// What one model call used, as far as it is written.
  public struct ModelCall: Sendable, Hashable {
    /// What names the call in its session; the newest numbers of a call hold.
    public var key: UInt64
    /// The model; nil when the agent does not say.
    public var model: String?
    /// Its tokens.
    public var tokens: TokenUsage
  }
  /// Messages to be found by their text.
  public var rows: [Row]
  /// Offset and newest timestamp so far, about one per 64 KiB.
  public var times: [(offset: UInt64, newestMS: Int64)]
  /// The position up to which the transcript was read.
  public var through: UInt64
  /// True when that is the head.
  public var isDone: Bool
  /// Messages of the page.
  public var messages: Int
  /// User turns of the page.
  public var turns: Int
  /// Model calls in the order in which they were written of. Of a document they are all, of whatever page: any of its
  /// messages may have been rewritten.
  public var calls: [ModelCall] = []
  /// Bytes of the page that are no record.
  public var damages: [Damage] = []
  /// True when clients were given history since the page before.
  public var hasReaders = false
}
