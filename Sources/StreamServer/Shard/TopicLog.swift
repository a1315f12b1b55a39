import Reactor
import Tail
import Wire

/// One topic in one variant on one loop: its bytes and everybody who reads them. Owned by its shard.
final class TopicLog {
  let key: LogKey
  let encoder: FrameEncoder
  /// Where the transcript stands; nil until the broadcaster has opened it.
  var facts: TopicFacts?
  var log: ByteLog?
  /// The contents that stand in the log, each with its first position and the cursor's offset there; the newest is the
  /// last.
  private var contents: [(start: UInt64, epoch: Epoch, offset: UInt64)] = []
  /// Live readers, in no order.
  var readers: [Reader] = []
  /// Everybody, live or not.
  var subscriptions: [ObjectIdentifier: Subscription] = [:]
  /// How many of them wait for a content: an append looks for them only if there are any.
  var awaiting = 0
  /// The reader at which an interrupted flush goes on.
  var flushIndex = 0
  /// The head when that flush began.
  var flushHead: UInt64 = 0
  /// Set while the log waits for the end of the turn.
  var isDirty = false
  /// When the oldest bytes that have not been flushed were read from the file.
  var pendingSince: Instant?
  /// When its live readers were last sent something.
  var lastFlush = Instant(nanoseconds: 0)

  init(key: LogKey) {
    self.key = key
    encoder = FrameEncoder(variant: key.variant, session: key.session)
  }

  /// Notes that what is appended from a position on is of the content that the facts name.
  func beginContent(at position: UInt64, offset: UInt64 = 0) {
    guard let epoch = facts?.epoch else { return }
    contents.append((position, epoch, offset))
    while contents.count > 1, let log, contents[1].start <= log.tail { contents.removeFirst() }
  }

  /// The cursor of a reader that has everything before a position.
  func cursor(at position: UInt64) -> Cursor? {
    guard let log, let content = contents.last(where: { $0.start <= position }) ?? contents.first else {
      return nil
    }
    // The marks before a content's first position are of the content before it.
    let offset = position <= content.start ? content.offset : log.offset(at: position)
    return Cursor(epoch: content.epoch, offset: offset)
  }

  /// Adds a live reader.
  func join(_ subscription: Subscription, at position: UInt64) {
    subscription.readerIndex = readers.count
    readers.append(
      Reader(
        position: position, descriptor: subscription.connection.descriptor, access: .pumped,
        subscription: .passUnretained(subscription)))
  }

  /// Takes a live reader out. While a flush is under way the ones it has visited stay before `flushIndex`.
  func leave(_ subscription: Subscription) {
    guard var index = subscription.readerIndex else { return }
    subscription.readerIndex = nil
    if index < flushIndex {
      flushIndex -= 1
      move(from: flushIndex, to: index)
      index = flushIndex
    }
    move(from: readers.count - 1, to: index)
    readers.removeLast()
  }

  private func move(from source: Int, to target: Int) {
    guard source != target else { return }
    readers[target] = readers[source]
    readers[target].subscription.takeUnretainedValue().readerIndex = target
  }

  /// True when a position is not where a frame ends, as far as the log still knows.
  func isInsideFrame(_ position: UInt64) -> Bool {
    guard let log, position != log.tail, position != log.head else { return false }
    return log.mark(from: position)?.position != position
  }
}
