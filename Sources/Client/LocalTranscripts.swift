/// A server of one command, for when none runs: on a Unix socket that only this process knows, gone with the object.
///
/// Commands read through it as through any other server, so that there is one way to read.
public protocol LocalTranscripts: AnyObject {
  /// The Unix socket on which the routes of API.md are answered for as long as this object lives.
  var socket: String { get }
}

/// Why no server could be opened for a command.
public enum LocalFault: Error, Sendable, Equatable {
  /// What went wrong, said for people.
  case failed(String)
}
