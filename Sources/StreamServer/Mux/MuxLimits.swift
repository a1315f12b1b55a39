/// The limits of `/mux`; each is a setting `mux.…` of the same name.
public struct MuxLimits: Sendable, Hashable {
  /// Terminals on one socket.
  public var maxTerminals = 16
  /// Terminals on all sockets together: each is a process.
  public var maxClients = 128
  /// Bytes that wait for a viewer at which its terminal is read no further.
  public var pauseBytes = 1 << 20
  /// Bytes that still wait when reading goes on.
  public var resumeBytes = 256 << 10
  /// Most typed bytes that wait for a terminal that does not read.
  public var inputBytes = 256 << 10

  /// The defaults.
  public init() {}
}
