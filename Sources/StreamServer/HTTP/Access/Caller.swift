/// Who asks, as the gate found out.
public struct Caller: Sendable {
  /// How the caller showed who it is.
  public enum Identity: Sendable, Hashable {
    /// A process of this user on the Unix socket.
    case unix(uid: UInt32)
    /// An access key, by its id.
    case key(id: String)
    /// A browser's cookie, of the signer's generation, good until `expiresMS`, milliseconds since 1970.
    case cookie(generation: Int64, expiresMS: Int64)
    /// A one-time ticket, made for whoever this was.
    indirect case ticket(by: Identity)
    /// Nobody: the route is open, or the server asks for no key.
    case nobody
  }

  /// The person on whose behalf a trusted proxy asks.
  public struct WebUser: Sendable, Hashable {
    /// `X-Web-User-Email`
    public var email: String
    /// `X-Web-User-Name`
    public var name: String?
    /// `X-Web-User-Role`
    public var role: String?
  }

  /// How it showed who it is.
  public var identity: Identity
  /// The other end of the connection.
  public var peer: Peer
  /// Whose requests are counted together: the address of the client, behind a trusted proxy the one it names.
  public var address: String
  /// The person behind it.
  public var webUser: WebUser?
  /// The foreign origin that the settings allow, if the page that asks is from there.
  public var foreignOrigin: String?

  /// A caller.
  public init(
    identity: Identity, peer: Peer, address: String, webUser: WebUser? = nil, foreignOrigin: String? = nil
  ) {
    self.identity = identity
    self.peer = peer
    self.address = address
    self.webUser = webUser
    self.foreignOrigin = foreignOrigin
  }

  /// True on the Unix socket and on loopback.
  public var isLocal: Bool {
    switch peer {
    case .unix: true
    case .tcp(_, let isLoopback): isLoopback
    }
  }

  /// What the caller's requests are counted under.
  var countedAs: String {
    switch identity {
    case .key(let id): "key:\(id)"
    case .unix(let uid): "uid:\(uid)"
    case .cookie, .ticket, .nobody: "peer:\(address)"
    }
  }
}
