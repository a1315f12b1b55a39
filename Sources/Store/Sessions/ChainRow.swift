/// Which files make up one session, kept so that a restart and a crash lose no binding.
public struct ChainRow: Sendable, Hashable {
  /// One file of the chain.
  public struct File: Sendable, Hashable {
    /// The agent's id of the run that writes it.
    public var nativeID: String
    /// Its path; empty until it was found.
    public var path: String

    /// A file.
    public init(nativeID: String, path: String) {
      self.nativeID = nativeID
      self.path = path
    }
  }

  /// The session's id.
  public var sessionID: String
  /// The agent's name.
  public var agent: String
  /// Where the agent was started; nil for a session that was not started here.
  public var cwd: String?
  /// When the session was made, milliseconds since 1970.
  public var createdMS: Int64
  /// Its files, oldest first; those that are still expected stand last.
  public var files: [File]

  /// A chain.
  public init(sessionID: String, agent: String, cwd: String?, createdMS: Int64, files: [File]) {
    self.sessionID = sessionID
    self.agent = agent
    self.cwd = cwd
    self.createdMS = createdMS
    self.files = files
  }
}
