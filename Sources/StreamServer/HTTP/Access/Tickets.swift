import Store

/// Secrets that work once and for a short time, so that no long-lived one ever stands in a URL. A value.
public struct Tickets: Sendable {
  /// What a ticket opens.
  public enum Purpose: Sendable, Hashable {
    /// A browser's first visit: it is exchanged for a cookie.
    case browser
    /// One WebSocket.
    case socket
  }

  /// Most tickets that wait to be used; the oldest goes first. Default 1,000.
  public var limit = 1_000
  private var open: [(hash: [UInt8], purpose: Purpose, by: Caller.Identity, expiresMS: Int64)] = []

  /// No ticket.
  public init() {}

  /// Makes a ticket for somebody that is good until `expiresMS`, milliseconds since 1970.
  public mutating func issue(_ purpose: Purpose, by maker: Caller.Identity, expiresMS: Int64) -> String {
    let ticket = Secret.make(bytes: 24)
    if open.count >= limit { open.removeFirst() }
    open.append((Digest.sha256(Array(ticket.utf8)), purpose, maker, expiresMS))
    return ticket
  }

  /// Whom a ticket of this purpose was made for, once and if it has not expired.
  public mutating func redeem(_ ticket: String, _ purpose: Purpose, nowMS: Int64) -> Caller.Identity? {
    let hash = Digest.sha256(Array(ticket.utf8))
    open.removeAll { $0.expiresMS <= nowMS }
    guard let index = open.firstIndex(where: { $0.purpose == purpose && Digest.equal($0.hash, hash) }) else {
      return nil
    }
    return open.remove(at: index).by
  }

  /// Takes back what was made for somebody whose credentials were revoked.
  mutating func revoke(_ revocation: Revocation) { open.removeAll { revocation.concerns($0.by) } }
}
