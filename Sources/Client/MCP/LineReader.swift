import Glibc

/// Reads a descriptor line by line, until its end or until the command is interrupted. Owned by the command's thread.
final class LineReader {
  private let descriptor: Int32
  private let limit: Int
  private let interruption: Interruption
  private var buffer: [UInt8] = []
  /// Up to here no newline stands in the buffer.
  private var searched = 0

  /// - Parameter limit: bytes of a line; a longer one is an error.
  init(_ descriptor: Int32, limit: Int, interruption: Interruption) {
    self.descriptor = descriptor
    self.limit = limit
    self.interruption = interruption
  }

  /// The next line without its newline; nil at the end and when the command is to end.
  func next() throws(FileFault) -> [UInt8]? {
    while true {
      if let newline = buffer[searched...].firstIndex(of: 0x0a) {
        let line = Array(buffer[..<newline])
        buffer.removeSubrange(...newline)
        searched = 0
        return line
      }
      searched = buffer.count
      guard buffer.count <= limit else { throw FileFault(code: EFBIG) }
      guard try fill() else { return nil }
    }
  }

  private func fill() throws(FileFault) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      var ends = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&ends, nfds_t(ends.count), -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { throw FileFault(code: errno) }
      if ends[1].revents != 0 { return false }
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else { throw FileFault(code: errno) }
      buffer += chunk[..<count]
      return count > 0
    }
  }
}
