import Tail
import Wire

/// One watcher of one session on one connection: a cursor and how it is served just now. Owned by its connection.
final class Subscription {
  /// How it is served.
  enum State {
    /// The log is being opened.
    case opening
    /// Its start is being looked for.
    case locating
    /// From the file, up to the log. Indirect: of ten thousand readers all but a few are live.
    indirect case replaying(Replay)
    /// From the log.
    case live
    /// There is no content to read: none yet, or another one is on its way. A client that had a cursor is then told.
    case awaitingContent(requested: Cursor?)
    /// Over.
    case ended

    var isAwaitingContent: Bool { if case .awaitingContent = self { true } else { false } }
  }

  /// A replay's place.
  struct Replay {
    /// The file of the chain that it reads.
    var epoch: Epoch
    /// The offset after the last page.
    var offset: UInt64
    /// Within the line that ends at `offset`.
    var part: Int?
    /// The first page after a client's own cursor.
    var isResume = false
    /// The page being sent.
    var page: Page?
    /// Bytes of it that were sent.
    var sent = 0
    /// Set while a page is asked for.
    var isAsked = false
    /// Set when the content was replaced: after the page being sent comes a `reset`.
    var newContent: ResetReason?
    /// The position in the old content that the `reset` speaks of.
    var requested: Cursor?

    /// A replay of what follows a position.
    init(after cursor: Cursor) {
      epoch = cursor.epoch
      offset = cursor.offset
      part = cursor.part
    }
  }

  unowned let connection: Connection
  let log: TopicLog
  let start: StartPoint
  let untilTurn: Bool
  var state = State.opening {
    didSet { log.awaiting += (state.isAwaitingContent ? 1 : 0) - (oldValue.isAwaitingContent ? 1 : 0) }
  }
  /// Its place among the log's readers while it is live.
  var readerIndex: Int?
  /// History has not been declared over yet.
  var owesCaughtUp = true
  /// A `ui` stream that is served from the file stands inside a step; of a live one the log knows.
  var isStepOpen = false
  /// The `ui` view's `start` is still to come.
  var owesOpening: Bool

  init(connection: Connection, log: TopicLog, start: StartPoint, untilTurn: Bool) {
    self.connection = connection
    self.log = log
    self.start = start
    self.untilTurn = untilTurn
    owesOpening = log.key.variant.view == .ui
  }

  /// The AI SDK's id of the one message that a `ui` stream is.
  var messageID: String { "msg-" + log.key.session }

  /// The cursor that the client came with.
  var requestedCursor: Cursor? {
    if case .cursor(let cursor) = start { return cursor }
    return nil
  }

  /// True if what was sent of a `ui` stream ends inside a step.
  var hasOpenStep: Bool {
    guard let index = readerIndex, let bytes = log.log else { return isStepOpen }
    return bytes.isStepOpen(at: log.readers[index].position)
  }

  /// A cursor of the log's newest content.
  func cursor(_ offset: UInt64) -> Cursor? { log.facts?.epoch.map { Cursor(epoch: $0, offset: offset) } }
}
