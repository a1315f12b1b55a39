import Wire

/// The requests of one connection: what was read of the current one, and by what name its answer goes. Owned by its
/// connection.
final class Exchange {
  let peer: Peer
  /// Reads requests.
  var decoder: RequestDecoder
  /// The request whose body is being read, or which is being answered.
  var head: RequestHead?
  /// The id of the request that is being answered, or was last.
  var requestID = ""
  var body: [UInt8] = []

  init(peer: Peer, limits: RequestDecoder.Limits) {
    self.peer = peer
    decoder = RequestDecoder(limits: limits)
  }
}
