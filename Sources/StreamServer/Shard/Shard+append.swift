import Tail
import Wire

extension Shard {
  /// New frames of a log. They leave at the end of the turn, together with what else comes until then.
  func append(_ append: LogAppend) {
    guard let log = logs[append.key], let bytes = log.log else { return }
    if let position = bytes.tailAfterTrim(adding: append.bytes.count) { trim(log, bytes, to: position) }
    let old = log.facts
    // Live readers find the `reset` frame in the log; those who read from the file are told apart.
    if append.restart != nil { bytes.restart() }
    log.facts = append.facts
    bytes.append(append.bytes, marks: append.marks, headOffset: append.facts.head)
    if let restart = append.restart { settle(log, bytes, restart, append, old) }
    release(log)
    if log.pendingSince == nil { log.pendingSince = append.readAt }
    if !log.isDirty {
      log.isDirty = true
      dirty.append(log)
    }
  }

  /// Those who read from the file finish the page they have; the next one is of the new content.
  private func settle(
    _ log: TopicLog, _ bytes: ByteLog, _ restart: LogAppend.Restart, _ append: LogAppend, _ old: TopicFacts?
  ) {
    bytes.restartPosition = bytes.head - UInt64(append.bytes.count - restart.frameEnd)
    for subscription in log.subscriptions.values {
      guard case .replaying(var replay) = subscription.state else { continue }
      replay.newContent = ResetReason(restart.reason)
      replay.requested = old?.epoch.map { Cursor(epoch: $0, offset: replay.page?.end ?? replay.offset) }
      subscription.state = .replaying(replay)
    }
  }

  /// Those who waited for a content get it from its beginning.
  private func release(_ log: TopicLog) {
    guard log.facts?.epoch != nil else { return }
    for subscription in log.subscriptions.values {
      guard case .awaitingContent(let requested) = subscription.state else { continue }
      if let requested {
        if requested.epoch == log.facts?.epoch {
          subscription.state = .replaying(.init(offset: requested.offset, part: requested.part))
        } else {
          reset(subscription, requested: requested, .replaced)
        }
      } else {
        subscription.state = .replaying(.init(offset: 0))
      }
      pump(subscription.connection)
    }
  }

  /// Readers that stand before the new tail go on from the file.
  private func trim(_ log: TopicLog, _ bytes: ByteLog, to position: UInt64) {
    for reader in log.readers where reader.position < position {
      fallBack(reader.subscription.takeUnretainedValue(), bytes)
    }
    bytes.trim(to: position)
  }

  /// A live reader leaves the log: it keeps the rest of the frame it is in, and its cursor.
  private func fallBack(_ subscription: Subscription, _ bytes: ByteLog) {
    guard let index = subscription.readerIndex else { return }
    let connection = subscription.connection
    let position = subscription.log.readers[index].position
    var offset = bytes.offset(at: position)
    if connection.middle === subscription, let mark = bytes.mark(from: position) {
      bytes.withBytes(from: position, to: mark.position) { connection.outbox.prepend($0) }
      connection.middle = nil
      offset = mark.offset
    }
    let isOld = position < bytes.restartPosition
    subscription.log.leave(subscription)
    statistics.lagged += 1
    subscription.owesCaughtUp = true
    say(ControlFrames.lagged(bytes: bytes.head - position), subscription, at: nil)
    var replay = Subscription.Replay(offset: offset)
    if isOld { replay.newContent = .replaced }
    subscription.state = .replaying(replay)
  }
}
