import Glibc
import Wire

/// What a command is given to read: standard input. Owned by the one thread of the command.
final class Input {
  /// Whether a person types it: then nobody is waited for.
  let isTerminal: Bool
  private let take: (_ limit: Int, _ patience: Duration?) -> Result<[UInt8], FileFault>

  init(isTerminal: Bool, take: @escaping (_ limit: Int, _ patience: Duration?) -> Result<[UInt8], FileFault>)
  {
    self.isTerminal = isTerminal
    self.take = take
  }

  /// The process' own.
  static func ofProcess() -> Input {
    Input(isTerminal: isatty(STDIN_FILENO) == 1) { readAll(STDIN_FILENO, limit: $0, patience: $1) }
  }

  /// All of it, EFBIG beyond the limit.
  /// - Parameter patience: what has not come by then is not waited for, ETIMEDOUT; nil waits.
  func read(limit: Int, patience: Duration? = nil) -> Result<[UInt8], FileFault> { take(limit, patience) }

  private static func readAll(
    _ descriptor: Int32, limit: Int, patience: Duration?
  ) -> Result<[UInt8], FileFault> {
    let end = patience.map { ContinuousClock.now + $0 }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let rest = end.map { max(0, ContinuousClock.now.duration(to: $0).milliseconds) } ?? -1
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, Int32(clamping: rest))
      if ready == 0 { return .failure(FileFault(code: ETIMEDOUT)) }
      if ready < 0 {
        if errno == EINTR { continue }
        return .failure(FileFault(code: errno))
      }
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return .failure(FileFault(code: errno))
      }
      if count == 0 { return .success(bytes) }
      bytes += chunk[..<count]
      if bytes.count > limit { return .failure(FileFault(code: EFBIG)) }
    }
  }
}
