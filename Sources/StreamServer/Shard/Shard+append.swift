import Tail
import Wire

extension Shard {
  /// New frames of a log. They leave at the end of the turn, together with what else comes until then.
  func append(_ append: LogAppend) {
    guard let log = logs[append.key], let bytes = log.log else { return }
    var fallen: [Subscription] = []
    if let position = bytes.tailAfterTrim(adding: append.bytes.count) {
      fallen = trim(log, bytes, to: position)
    }
    let old = log.facts
    let start = bytes.head
    // Live readers find the `reset` frame in the log; those who read from the file are told apart.
    if append.restart != nil || append.continues { bytes.restart() }
    log.facts = append.facts
    bytes.append(append.bytes, marks: append.marks, headOffset: append.facts.head)
    if let restart = append.restart {
      settle(log, bytes, restart, append, old)
    } else if append.continues {
      bytes.restartPosition = start
      log.beginContent(at: start)
    } else if old?.epoch == nil {
      log.beginContent(at: start)
    }
    release(log)
    // Nobody else would wake those whose socket is not full.
    for subscription in fallen { pump(subscription.connection) }
    if log.pendingSince == nil { log.pendingSince = append.readAt }
    if !log.isDirty {
      log.isDirty = true
      dirty.append(log)
    }
  }

  /// Those who read from the replaced file finish the page they have; the next one is of the new content.
  private func settle(
    _ log: TopicLog, _ bytes: ByteLog, _ restart: LogAppend.Restart, _ append: LogAppend, _ old: TopicFacts?
  ) {
    bytes.restartPosition = bytes.head - UInt64(append.bytes.count - restart.frameEnd)
    log.beginContent(at: bytes.restartPosition)
    for subscription in log.subscriptions.values {
      // One that is still to be told of an earlier content's end stands in the content before that.
      guard case .replaying(var replay) = subscription.state, replay.newContent == nil,
        replay.epoch == old?.epoch
      else { continue }
      replay.newContent = ResetReason(restart.reason)
      replay.requested = Cursor(epoch: replay.epoch, offset: replay.page?.end ?? replay.offset)
      subscription.state = .replaying(replay)
    }
  }

  /// Those who waited for a content get it from its beginning.
  private func release(_ log: TopicLog) {
    guard log.awaiting > 0, let facts = log.facts, let start = facts.start else { return }
    for subscription in log.subscriptions.values {
      guard case .awaitingContent(let requested) = subscription.state else { continue }
      if let requested {
        if facts.file(requested.epoch) != nil {
          begin(subscription, again: requested)
        } else {
          reset(subscription, requested: requested, .replaced)
        }
      } else {
        subscription.state = .replaying(.init(after: start))
      }
      pump(subscription.connection)
    }
  }

  /// Readers that stand before the new tail go on from the file; who they are.
  private func trim(_ log: TopicLog, _ bytes: ByteLog, to position: UInt64) -> [Subscription] {
    let fallen = log.readers.filter { $0.position < position }.map { $0.subscription.takeUnretainedValue() }
    for subscription in fallen { fallBack(subscription, bytes) }
    bytes.trim(to: position)
    return fallen
  }

  /// A live reader leaves the log: it keeps the rest of the frame it is in, and its cursor.
  private func fallBack(_ subscription: Subscription, _ bytes: ByteLog) {
    guard let index = subscription.readerIndex else { return }
    let connection = subscription.connection
    let position = subscription.log.readers[index].position
    // Where it stands once it has finished the frame it is in.
    var end = position
    if connection.middle === subscription, let mark = bytes.mark(from: position) {
      bytes.withBytes(from: position, to: mark.position) { connection.outbox.prepend($0) }
      connection.middle = nil
      end = mark.position
    }
    guard let cursor = subscription.log.cursor(at: end) else { return }
    subscription.isStepOpen = bytes.isStepOpen(at: end)
    subscription.log.leave(subscription)
    Socket.boundUnsent(connection.descriptor, false)
    statistics.lagged += 1
    subscription.owesCaughtUp = true
    if subscription.log.key.variant.view.tellsOfItself {
      say(ControlFrames.lagged(bytes: bytes.head - position), subscription, at: nil)
    }
    var replay = Subscription.Replay(after: cursor)
    if subscription.log.facts?.file(cursor.epoch) == nil {
      replay.newContent = .replaced
      replay.requested = cursor
    }
    subscription.state = .replaying(replay)
  }
}
