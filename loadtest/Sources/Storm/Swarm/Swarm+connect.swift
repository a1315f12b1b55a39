import Glibc
import Reactor

extension Swarm {
  /// Lets a reader connect as soon as it is its turn.
  func enqueue(_ index: Int) {
    readers[index].phase = .queued
    queue.append(index)
  }

  /// Opens connections while fewer than `connecting` are on their way.
  func openQueued() {
    while queueHead < queue.count, opening < scenario.connecting {
      let index = queue[queueHead]
      queueHead += 1
      if readers[index].phase == .queued, !open(index) { break }
    }
    if queueHead == queue.count {
      queue.removeAll(keepingCapacity: true)
      queueHead = 0
    }
  }

  /// Begins a connection; false when the server takes none at the moment.
  private func open(_ index: Int) -> Bool {
    let kind = readers[index].kind
    let narrow = kind == .slow || kind == .stalled
    readers[index].connectedAt = Clock.monotonic()
    do throws(SystemError) {
      let connection = try address.connect(
        scenario.over, receiveBuffer: narrow ? scenario.receiveBuffer : 0)
      switch connection {
      case .open(let fd): readers[index].fd = fd
      case .opening(let fd): readers[index].fd = fd
      case .refused:
        retry(index, after: 20_000_000...100_000_000)
        return false
      }
      readers[index].phase = .connecting
      readers[index].greeted = false
      readers[index].toldBye = false
      readers[index].registration = try loop.register(
        readers[index].fd, .writable, sink: self, tag: UInt64(index))
      readers[index].isOpening = true
      opening += 1
    } catch {
      fail(index, .protocol, error.description)
      closeDescriptor(index)
    }
    return true
  }

  /// The connection stands, or failed: sends the request.
  func connected(_ index: Int) {
    var failure: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(readers[index].fd, SOL_SOCKET, SO_ERROR, &failure, &length)
    guard failure == 0 else {
      lost(index, "connect: \(SystemError(call: "connect", errno: failure).message)")
      return
    }
    let topic = topics[readers[index].topic]
    let request = RequestText.join(
      scenario, session: topic.transcript.session, after: readers[index].position, address)
    guard transmit(index, request) else { return }
    tally.connections += 1
    readers[index].phase = .head
    readers[index].head = []
    if let registration = readers[index].registration { loop.modify(registration, .readable) }
    if readers[index].kind == .slow || readers[index].kind == .stalled, misbehaving { unwatch(index) }
  }

  /// Sends a few bytes, which fit into an empty socket buffer; false when the connection is gone.
  func transmit(_ index: Int, _ bytes: [UInt8]) -> Bool {
    let sent = send(readers[index].fd, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    if sent == bytes.count { return true }
    lost(index, "send: \(SystemError(call: "send").message)")
    return false
  }

  /// Reads no more of a reader that does not read; its answer is not waited for.
  private func unwatch(_ index: Int) {
    settled(index)
    if let registration = readers[index].registration { loop.deregister(registration) }
    readers[index].registration = nil
  }

  /// A connection that was begun has its answer, or will not wait for it.
  func settled(_ index: Int) {
    guard readers[index].isOpening else { return }
    readers[index].isOpening = false
    opening -= 1
  }

  /// The connection ended from the other side.
  func lost(_ index: Int, _ reason: String) {
    let phase = readers[index].phase
    let unread = misbehaving && (readers[index].kind == .stalled || readers[index].kind == .slow)
    let announced = readers[index].toldBye
    closeDescriptor(index)
    guard phase != .broken, phase != .closed else { return }
    if announced {
      retry(index, after: 10_000_000...500_000_000)
    } else if lossesAllowed || unread || readers[index].kind == .stalled || phase == .connecting {
      tally.losses += 1
      retry(index, after: 20_000_000...200_000_000)
    } else {
      fail(index, .disconnect, reason)
    }
  }

  /// Connects again within `nanoseconds`.
  func retry(_ index: Int, after nanoseconds: ClosedRange<Int>) {
    readers[index].phase = .waiting
    readers[index].retryAt = Clock.monotonic() + UInt64(random.next(in: nanoseconds))
    waiting.append(index)
  }

  /// Closes the descriptor, whatever the reader was doing.
  func closeDescriptor(_ index: Int) {
    guard readers[index].isOpen else { return }
    if let registration = readers[index].registration { loop.deregister(registration) }
    settled(index)
    readers[index].registration = nil
    close(readers[index].fd)
    readers[index].fd = -1
    readers[index].head = []
    readers[index].parser = StreamParser(.plain)
  }
}
