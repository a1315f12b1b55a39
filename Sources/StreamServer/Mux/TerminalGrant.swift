import Reactor

/// A viewer's wish to see the terminal of a session.
public struct TerminalDemand: Sendable {
  /// The session, by any of its ids.
  public var session: String
  /// Whether the viewer only wants to watch.
  public var watches: Bool
  /// Who opened the socket.
  public var caller: Caller

  /// A wish.
  public init(session: String, watches: Bool, caller: Caller) {
    self.session = session
    self.watches = watches
    self.caller = caller
  }
}

/// What a viewer was granted.
public struct TerminalGrant: Sendable {
  /// The program that shows the terminal on a terminal of its own: `tmux attach`.
  public var client: Spawn
  /// Whether the viewer may type.
  public var isWritable: Bool

  /// A grant.
  public init(client: Spawn, isWritable: Bool) {
    self.client = client
    self.isWritable = isWritable
  }
}
