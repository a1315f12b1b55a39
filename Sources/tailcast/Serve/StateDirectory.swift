import Glibc
import Reactor
import Wire

/// Owns the state directory while the server runs: the lock that is held for life, and `run.json`.
final class StateDirectory {
  /// Why it cannot be used.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let path: String
  private let lock: Int32

  /// How long a server waits for the lock. One that was killed holds it some moments longer than its connections, while
  /// the kernel takes it apart; a command that reads holds it while it runs.
  static let patience = Duration.seconds(2)

  /// Makes the directory (0700) and takes its lock.
  /// - Parameter patience: how long the lock is waited for.
  init(_ path: String, patience: Duration = .zero) throws(Failure) {
    self.path = path
    try Self.make(path)
    let name = path + "/lock"
    lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw Failure(description: "\(name): \(String(cString: strerror(errno))) (state)")
    }
    let end = Instant.current() + patience
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard Instant.current() < end else {
        close(lock)
        throw Failure(
          description: "another tailcast runs with the state directory \(path); stop it, or use --state")
      }
      usleep(20_000)
    }
  }

  deinit { close(lock) }

  /// Says where the server can be reached; by rename, so that nobody reads half of it.
  func write(runFile body: [UInt8]) throws(Failure) {
    let temporary = path + "/run.json.new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, Glibc.write(descriptor, body, body.count) == body.count,
      rename(temporary, path + "/run.json") == 0
    else { throw Failure(description: "\(temporary): \(String(cString: strerror(errno)))") }
  }

  /// Nobody can be reached any more.
  func removeRunFile() { unlink(path + "/run.json") }

  private static func make(_ path: String) throws(Failure) {
    var at = path.startIndex
    while at < path.endIndex {
      let next = path[path.index(after: at)...].firstIndex(of: "/") ?? path.endIndex
      mkdir(String(path[..<next]), 0o700)
      at = next
    }
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(description: "\(path) is no directory and cannot be made one (state)")
    }
    guard facts.st_uid == geteuid() else {
      throw Failure(description: "\(path) belongs to another user (state)")
    }
    // What stands in it opens the server: nobody else may look.
    if facts.st_mode & 0o077 != 0 { chmod(path, 0o700) }
  }
}
