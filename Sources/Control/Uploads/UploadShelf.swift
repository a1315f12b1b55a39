import Glibc

/// Keeps files that clients give to agents, below the state directory. Lives on the archive thread, because a file
/// system may take its time.
actor UploadShelf {
  private nonisolated let executor: any SerialExecutor
  private let directory: String

  /// A file that an agent may be told of.
  struct Kept: Sendable, Hashable {
    var path: String
    var bytes: Int
  }

  /// Why a file cannot be given.
  enum Fault: Error, Sendable, Hashable {
    /// It cannot be written.
    case unwritable(String)
    /// There is no such file, or it is none.
    case noFile
    /// It is outside the folders that files may be given from.
    case outside
  }

  /// - Parameter directory: where the files of all sessions are kept.
  init(executor: any SerialExecutor, directory: String) {
    self.executor = executor
    self.directory = directory
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Writes a file of its own, which only this user may read.
  /// - Parameter name: the client's name for it; what a path or a terminal could take amiss is replaced.
  func keep(_ bytes: ArraySlice<UInt8>, named name: String, session: String) throws(Fault) -> Kept {
    let folder = directory + "/" + session
    for path in [directory, folder] {
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw .unwritable(String(cString: strerror(errno)))
      }
    }
    let number = String(UInt64.random(in: .min ... .max), radix: 36)
    let path = "\(folder)/\(number)-\(Self.plain(name))"
    // Not through a link that somebody has put there, and never over a file that is there.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        write(descriptor, raw.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = String(cString: strerror(errno))
        unlink(path)
        throw .unwritable(reason)
      }
      written += count
    }
    return Kept(path: path, bytes: bytes.count)
  }

  /// Forgets a file that was kept.
  func discard(_ file: Kept) { unlink(file.path) }

  /// The real path of a file below one of these folders.
  func find(_ path: String, under roots: [String]) throws(Fault) -> Kept {
    guard path.hasPrefix("/"), !path.utf8.contains(0), let real = Self.real(path) else { throw .noFile }
    guard roots.compactMap(Self.real).contains(where: { real.hasPrefix($0 == "/" ? "/" : $0 + "/") }) else {
      throw .outside
    }
    var facts = stat()
    guard stat(real, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .noFile }
    return Kept(path: real, bytes: Int(facts.st_size))
  }

  private static func real(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Letters, digits, dot, dash and underscore, at most 100 of them, and no dot at the beginning.
  static func plain(_ name: String) -> String {
    let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    var plain = ""
    for character in last.suffix(100) {
      let isKept =
        character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
      plain.append(isKept ? character : "_")
    }
    while plain.hasPrefix(".") { plain.removeFirst() }
    return plain.isEmpty ? "file" : plain
  }
}
