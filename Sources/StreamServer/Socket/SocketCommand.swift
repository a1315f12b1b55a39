import Wire

/// Something that a client of a WebSocket asks to be done with a session: `send`, `interrupt` or `answer`.
public struct SocketCommand: Sendable {
  /// The operation.
  public var operation: String
  /// The whole message.
  public var message: JSONSlice
  /// Who opened the socket.
  public var caller: Caller

  /// A command.
  public init(operation: String, message: JSONSlice, caller: Caller) {
    self.operation = operation
    self.message = message
    self.caller = caller
  }
}
