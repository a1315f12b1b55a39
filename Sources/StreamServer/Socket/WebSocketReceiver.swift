import CWslay
import Glibc
import Wire

/// Reads the frames of one WebSocket with wslay: masking, fragmentation, control frames, UTF-8, sizes and close codes
/// (RFC 6455). What it wants to answer (pong, close) it leaves in `replies`. Lives on its connection's loop.
final class WebSocketReceiver {
  /// What arrived.
  enum Event {
    case text([UInt8])
    case binary([UInt8])
    case pong
    /// The peer closes, or broke the protocol: the close frame is in `replies`.
    case closed
  }

  private var context: wslay_event_context_ptr?
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  private var taken = 0
  private var events: [Event] = []
  /// The peer's close frame holds one byte of the two of a code.
  private var isCodeCut = false
  /// Frames that wslay made; whole, to be sent between other frames.
  private(set) var replies: [UInt8] = []

  /// A receiver that refuses messages over a limit with 1009.
  init?(maxMessageBytes: Int) {
    var callbacks = wslay_event_callbacks()
    callbacks.recv_callback = { context, buffer, length, _, user in
      guard let user, let buffer else { return -1 }
      let receiver = Unmanaged<WebSocketReceiver>.fromOpaque(user).takeUnretainedValue()
      let count = min(length, receiver.input.count - receiver.taken)
      guard count > 0, let base = receiver.input.baseAddress else {
        wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
        return -1
      }
      memcpy(buffer, base + receiver.taken, count)
      receiver.taken += count
      return count
    }
    callbacks.send_callback = { _, data, length, _, user in
      guard let user, let data else { return -1 }
      let receiver = Unmanaged<WebSocketReceiver>.fromOpaque(user).takeUnretainedValue()
      receiver.replies.append(contentsOf: UnsafeBufferPointer(start: data, count: length))
      return length
    }
    callbacks.on_msg_recv_callback = { _, argument, user in
      guard let user, let argument else { return }
      Unmanaged<WebSocketReceiver>.fromOpaque(user).takeUnretainedValue().note(argument.pointee)
    }
    // The context never outlives the receiver, which frees it: the pointer to it stays valid.
    let user = Unmanaged.passUnretained(self).toOpaque()
    guard wslay_event_context_server_init(&context, &callbacks, user) == 0 else { return nil }
    wslay_event_config_set_max_recv_msg_length(context, UInt64(maxMessageBytes))
  }

  deinit { wslay_event_context_free(context) }

  /// Takes what a read brought.
  func receive(_ bytes: UnsafeRawBufferPointer) -> [Event] {
    input = bytes
    taken = 0
    events = []
    let failed = wslay_event_recv(context) != 0
    wslay_event_send(context)
    // For a frame that it cannot read, and for half a close code, wslay closes without saying why.
    if failed || isCodeCut, replies.suffix(2) == [0x88, 0x00] {
      replies.removeLast(2)
      WebSocketFrame.appendClose(code: 1002, to: &replies)
    }
    input = UnsafeRawBufferPointer(start: nil, count: 0)
    // wslay stops reading once it has queued a close of its own for a breach of the protocol.
    if failed || wslay_event_get_close_sent(context) != 0 || wslay_event_get_read_enabled(context) == 0 {
      events.append(.closed)
    }
    return events
  }

  /// Takes the frames that wslay made.
  func takeReplies() -> [UInt8] {
    defer { replies = [] }
    return replies
  }

  private func note(_ message: wslay_event_on_msg_recv_arg) {
    let bytes = Array(UnsafeBufferPointer(start: message.msg, count: message.msg_length))
    switch UInt32(message.opcode) {
    case WSLAY_TEXT_FRAME.rawValue: events.append(.text(bytes))
    case WSLAY_BINARY_FRAME.rawValue: events.append(.binary(bytes))
    case WSLAY_PONG.rawValue: events.append(.pong)
    case WSLAY_CONNECTION_CLOSE.rawValue: isCodeCut = bytes.count == 1
    default: break
    }
  }
}
