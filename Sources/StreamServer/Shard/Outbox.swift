import Glibc

/// Bytes that wait for a socket: responses, control frames, the rest of a frame. A value of its connection.
struct Outbox {
  private var bytes: [UInt8] = []
  private var sent = 0

  var isEmpty: Bool { sent == bytes.count }
  var count: Int { bytes.count - sent }

  mutating func append(_ more: some Collection<UInt8>) {
    if isEmpty { clear() }
    bytes.append(contentsOf: more)
  }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    if isEmpty { clear() }
    bytes.append(contentsOf: more)
  }

  /// Puts the rest of a frame before everything else: what follows must not stand inside it.
  mutating func prepend(_ rest: UnsafeRawBufferPointer) {
    var all = Array(rest)
    all.append(contentsOf: bytes[sent...])
    bytes = all
    sent = 0
  }

  /// Sends what the socket takes. Returns the bytes sent, or the errno as a negative number.
  mutating func send(to descriptor: Int32) -> Int {
    guard !isEmpty else { return 0 }
    let result = bytes.withUnsafeBytes { buffer in
      Socket.send(descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]))
    }
    if result > 0 { sent += result }
    if isEmpty { clear() }
    return result
  }

  /// An idle connection keeps no buffer.
  private mutating func clear() {
    bytes = []
    sent = 0
  }
}
