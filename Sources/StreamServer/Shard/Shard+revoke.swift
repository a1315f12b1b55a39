import Reactor
import Store

extension Shard {
  /// Ends what was opened with credentials that were revoked: streams with `bye`, sockets with 4001.
  func revoke(_ revocation: Revocation) {
    // A request that came in just before may become a stream just after.
    revocations.removeAll { loop.now - $0.at > .seconds(120) }
    revocations.append((revocation, loop.now))
    for connection in Array(connections.values) {
      if let opener = connection.opener, revocation.concerns(opener) { endUnauthorised(connection) }
    }
  }

  /// Notes who has opened a stream or a socket, so that it ends with its credentials.
  func open(_ connection: Connection, for caller: Caller?) {
    guard let identity = caller?.identity else { return }
    connection.opener = identity
    if let expiresMS = identity.expiresMS {
      connection.expires = loop.now + .milliseconds(max(0, expiresMS - WallClock.milliseconds()))
    }
    if revocations.contains(where: { $0.revocation.concerns(identity) }) { connection.expires = loop.now }
  }

  /// Ends a stream or a socket whose credentials are no good any more.
  func endUnauthorised(_ connection: Connection) {
    connection.expires = nil
    switch connection.phase {
    case .streaming: sayBye(connection, "unauthorized")
    case .webSocket(let session): closeWebSocket(connection, session, code: 4001, "unauthorized")
    case .reading, .dispatched: break
    }
  }
}

extension Caller.Identity {
  /// When it ends by itself, milliseconds since 1970.
  var expiresMS: Int64? {
    switch self {
    case .cookie(_, let expiresMS): expiresMS
    case .ticket(let maker): maker.expiresMS
    case .unix, .key, .nobody: nil
    }
  }
}
