import Glibc
import Wire

/// What a running server says of itself in `run.json` of its state directory.
public struct RunFile: Sendable, Equatable {
  /// The server's process.
  public var pid: Int32
  /// The TCP port, nil without TCP.
  public var port: Int?
  /// Path of the Unix socket.
  public var socket: String?
  /// Address of the TCP listener, `http://127.0.0.1:8420`.
  public var url: String?
  /// The file that holds the access key.
  public var keyFile: String?
  /// When it was ready, ISO 8601.
  public var startedAt: String?
  /// The server's version.
  public var version: String?

  /// Reads the text of a run file; nil when it is none.
  public init?(json: [UInt8]) {
    guard let object = JSONSlice(validating: json), let pid = object["pid"]?.int, pid > 0,
      let pid = Int32(exactly: pid)
    else { return nil }
    self.pid = pid
    port = object["port"]?.int.flatMap { Int(exactly: $0) }
    socket = object["socket"]?.string
    url = object["url"]?.string
    keyFile = object["key_file"]?.string
    startedAt = object["started_at"]?.string
    version = object["version"]?.string
  }

  /// The run file of a state directory whose process is alive; one that a crash left behind is no server.
  public static func ofLiveServer(state: String) -> RunFile? {
    guard case .success(let text) = SmallFile.read(state + "/run.json"), let file = RunFile(json: text),
      LiveProcess.exists(file.pid)
    else { return nil }
    return file
  }
}

/// Questions about processes of others.
enum LiveProcess {
  /// Whether the process runs; a zombie does not.
  static func exists(_ pid: Int32) -> Bool { fields(pid).map { $0.first != "Z" } ?? false }

  /// The process that it belongs to, nil for one that is gone.
  static func parent(of pid: Int32) -> Int32? { fields(pid)?.dropFirst().first.flatMap { Int32($0) } }

  /// The fields of /proc/PID/stat behind the name, which may hold blanks and brackets: state, parent, …
  private static func fields(_ pid: Int32) -> [Substring]? {
    guard let stat = SmallFile.text("/proc/\(pid)/stat"), let close = stat.lastIndex(of: ")") else {
      return nil
    }
    return stat[stat.index(after: close)...].split(separator: " ")
  }
}
