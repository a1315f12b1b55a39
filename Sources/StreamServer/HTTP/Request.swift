import Wire

/// Who is at the other end of a connection.
public enum Peer: Sendable, Hashable {
  /// A process of this user on the Unix socket; its uid was checked when it was accepted.
  case unix(uid: UInt32)
  /// A TCP peer by its numeric address.
  case tcp(address: String, isLoopback: Bool)
}

/// One request, whole, as a value: what a shard hands to the home loop.
public struct Request: Sendable {
  /// The request's id: `X-Request-Id` as sent when it is short and printable, otherwise made.
  public var id: String
  /// The head as received.
  public var head: RequestHead
  /// The body, within the limit.
  public var body: [UInt8]
  /// Who sent it.
  public var peer: Peer

  /// A request.
  public init(id: String, head: RequestHead, body: [UInt8], peer: Peer) {
    self.id = id
    self.head = head
    self.body = body
    self.peer = peer
  }
}
