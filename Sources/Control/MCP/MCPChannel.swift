import Wire

/// What carries messages to one MCP server and back.
protocol MCPChannel: Sendable {
  /// Sends a message of JSON-RPC.
  /// - Parameter id: of the answer that is waited for; nil for a notification, which has none.
  /// - Returns: the answer's message; nil for a notification.
  func exchange(_ message: [UInt8], id: Int?) async throws(MCPFault) -> JSONSlice?
  /// The handshake has agreed on a revision of the protocol.
  func agreed(on revision: String) async
  /// Ends it.
  func close() async
}
