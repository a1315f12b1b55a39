import Glibc

/// The files of one database on the disk: the main file, its write-ahead log, the log's shared index.
struct DatabaseFile: Sendable {
  let path: String

  var log: String { path + "-wal" }
  var sharedIndex: String { path + "-shm" }
  /// Exists when a running server met damage: the next start then checks the whole file.
  var suspicion: String { path + ".suspect" }

  /// Bytes of the main file and of the log.
  var bytes: Int64 { Self.size(path) + Self.size(log) }

  /// True when the log may hold rows that are not in the main file yet.
  var hasLog: Bool { Self.size(log) > 0 }

  var isSuspected: Bool { access(suspicion, F_OK) == 0 }

  /// Leaves a note for the next start. On a disk that takes none, that start finds the damage later itself.
  func suspect() {
    let descriptor = open(suspicion, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }

  func clearSuspicion() { unlink(suspicion) }

  /// Moves a damaged database out of the way, its log with it: a new database must not meet an old log.
  /// - Returns: the new path, `<path>.corrupt-<seconds since 1970>`.
  func moveAside(nowMS: Int64) throws(StoreError) -> String {
    var target = "\(path).corrupt-\(nowMS / 1000)"
    var attempt = 1
    while access(target, F_OK) == 0 {
      attempt += 1
      target = "\(path).corrupt-\(nowMS / 1000)-\(attempt)"
    }
    guard rename(path, target) == 0 else {
      throw StoreError(
        code: StoreError.damagedInPlace, message: "\(path) is damaged and cannot be moved (errno \(errno))")
    }
    rename(log, target + "-wal")
    unlink(sharedIndex)
    clearSuspicion()
    return target
  }

  private static func size(_ path: String) -> Int64 {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return 0 }
    return Int64(facts.st_size)
  }
}
