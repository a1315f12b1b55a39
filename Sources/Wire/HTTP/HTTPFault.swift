/// Why a connection cannot go on as HTTP; it is answered with `status` and closed.
public struct HTTPFault: Error, Sendable, Hashable {
  /// 400, 413, 414, 417, 431, 501 or 505 from the decoder; 408 from whoever keeps the time.
  public var status: Int
  /// For the answer and the log; holds nothing that the client sent.
  public var reason: String

  /// A fault.
  public init(status: Int, reason: String) {
    self.status = status
    self.reason = reason
  }

  static func malformed(_ reason: String) -> HTTPFault {
    HTTPFault(status: 400, reason: reason)
  }
}
