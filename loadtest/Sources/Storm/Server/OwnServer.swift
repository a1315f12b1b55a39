import Glibc
import Reactor
import Wire

/// A `tailcast serve` of our own on a directory of its own: state, HOME, configuration and one root are new.
final class OwnServer: Sendable {
  struct Failure: Error, CustomStringConvertible { var description: String }

  /// How long it may take to become ready, in nanoseconds.
  private static let readyWithin: UInt64 = 30_000_000_000
  /// How long it may take to end after SIGTERM, in nanoseconds.
  private static let endWithin: UInt64 = 20_000_000_000

  let pid: Int32
  let address: ServerAddress
  /// How long it took from its start until the run file stood, in nanoseconds.
  let startTook: UInt64
  private let directory: String

  /// Starts `executable` with the folders below `directory`, which hold those of an earlier start if there
  /// was one, and waits until its run file stands. `port` 0 is any free one.
  init(executable: String, directory: String, loops: Int, port: UInt16 = 0) throws {
    self.directory = directory
    for folder in ["home", "state", "config", "root"] { mkdir("\(directory)/\(folder)", 0o700) }
    let runFile = "\(directory)/state/run.json"
    unlink(runFile)
    let log = open("\(directory)/server.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw SystemError(call: "open \(directory)/server.log") }
    defer { close(log) }
    var spawn = Spawn(
      executable,
      [
        "serve", "--port", String(port), "--state", "\(directory)/state", "--root",
        "jsonl=\(directory)/root", "--loops", String(loops),
      ],
      environment: [
        "HOME": "\(directory)/home", "XDG_CONFIG_HOME": "\(directory)/config",
        "XDG_STATE_HOME": "\(directory)/state", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
      ])
    spawn.output = .descriptor(log)
    spawn.error = .descriptor(log)
    let start = Clock.monotonic()
    pid = try spawn.start()
    while true {
      if let found = try Self.address(runFile, pid: pid) {
        address = found
        break
      }
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        throw Failure(description: "the server ended before it was ready; see \(directory)/server.log")
      }
      if Clock.monotonic() - start > Self.readyWithin {
        Glibc.kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
        throw Failure(description: "the server was not ready within 30 s; see \(directory)/server.log")
      }
      Clock.sleep(until: Clock.monotonic() + 2_000_000)
    }
    startTook = Clock.monotonic() - start
  }

  /// The address in the run file; nil while it does not stand, or is another process's.
  static func address(_ runFile: String, pid: Int32?) throws -> ServerAddress? {
    guard let bytes = try? SmallFile.read(runFile), let json = JSONSlice(validating: bytes[...]) else {
      return nil
    }
    if let pid, json["pid"]?.int != Int64(pid) { return nil }
    var address = ServerAddress()
    address.port = json["port"]?.int.flatMap { UInt16(exactly: $0) }
    address.socket = json["socket"]?.string
    if let file = json["key_file"]?.string { address.key = try SmallFile.text(file) }
    return address
  }

  /// Kills the server as a crash would.
  func kill() {
    Glibc.kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  /// Asks the server to end, and returns nil when it did so with code 0 in time, else what went wrong.
  func stop() -> String? {
    Glibc.kill(pid, SIGTERM)
    let deadline = Clock.monotonic() + Self.endWithin
    var status: Int32 = 0
    while true {
      let ended = waitpid(pid, &status, WNOHANG)
      if ended == pid { break }
      if ended < 0 { return "the server had ended before it was stopped" }
      if Clock.monotonic() > deadline {
        kill()
        return "the server did not end within 20 s of SIGTERM"
      }
      Clock.sleep(until: Clock.monotonic() + 5_000_000)
    }
    if status & 0x7f != 0 { return "the server died of signal \(status & 0x7f)" }
    let code = (status >> 8) & 0xff
    return code == 0 ? nil : "the server ended with code \(code)"
  }
}
