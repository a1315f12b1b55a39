import Wire

/// One answered request, for the access log.
public struct AccessRecord: Sendable {
  /// The request's id.
  public var requestID: String
  /// The method.
  public var method: String
  /// The target without its query: a ticket or a search may stand there.
  public var path: String
  /// The status code; 101 for a WebSocket.
  public var status: Int
  /// The code of the refusal.
  public var code: String?
  /// From the first look at the request to its answer, microseconds.
  public var microseconds: Int64
  /// Who asked.
  public var peer: String
}

/// Where the control plane tells what it does; both are called on the home loop.
public struct ControlLog: Sendable {
  /// Something that whoever runs the server should know.
  public var note: @Sendable (String) -> Void
  /// A request was answered.
  public var access: @Sendable (AccessRecord) -> Void

  /// A log.
  public init(note: @escaping @Sendable (String) -> Void, access: @escaping @Sendable (AccessRecord) -> Void)
  {
    self.note = note
    self.access = access
  }
}
