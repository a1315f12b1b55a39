import Glibc

/// A system call that failed: its name and the error number that it left.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The call's name, such as `epoll_ctl`.
  public var call: String
  /// The error number, such as `EMFILE`.
  public var errno: Int32

  /// A failure of `call`; without `errno`, the calling thread's current one.
  public init(call: String, errno: Int32 = Glibc.errno) {
    self.call = call
    self.errno = errno
  }

  /// The system's words for the error number.
  public var message: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, strerror_r(errno, base, buffer.count) == 0 else {
        return "error \(errno)"
      }
      return String(cString: base)
    }
  }

  /// The call and the words for its error.
  public var description: String { "\(call): \(message)" }
}
