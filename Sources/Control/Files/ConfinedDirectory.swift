import CLinux
import Glibc
import Reactor

/// A directory that nothing reached through it can leave: not by `..`, not by an absolute path, not by a symbolic
/// link (openat2(2), RESOLVE_BENEATH). Owns a descriptor; for threads that may block.
struct ConfinedDirectory: ~Copyable {
  /// One name in a directory. A value.
  struct Entry: Sendable {
    enum Kind: String, Sendable { case directory, file, link, other }
    /// Bytes that are not UTF-8 are shown as U+FFFD; such a name cannot be asked for.
    var name: String
    var kind: Kind
    /// Bytes of a file.
    var size: Int64
    /// Milliseconds since 1970.
    var modifiedMS: Int64
  }

  private let descriptor: Int32

  /// A directory by its path, which may be anywhere.
  init(root path: String) throws(SystemError) {
    let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | TC_O_DIRECTORY)
    guard opened >= 0 else { throw SystemError(call: "open \(path)", errno: errno) }
    descriptor = opened
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// A directory beneath this one.
  func directory(_ path: String) throws(SystemError) -> ConfinedDirectory {
    ConfinedDirectory(descriptor: try open(beneath: path, flags: O_RDONLY | TC_O_DIRECTORY))
  }

  /// The beginning of a regular file beneath this directory.
  func file(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    // Opening a pipe would wait for a writer.
    let descriptor = try open(beneath: path, flags: O_RDONLY | TC_O_NONBLOCK)
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw SystemError(call: "read", errno: EISDIR)
    }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = read(descriptor, &bytes, limit)
    guard count >= 0 else { throw SystemError(call: "read", errno: errno) }
    return Array(bytes[..<count])
  }

  /// What is in it, by name, and whether there was more than `limit`.
  func entries(limit: Int) throws(SystemError) -> (entries: [Entry], isCut: Bool) {
    let own = try open(beneath: ".", flags: O_RDONLY | TC_O_DIRECTORY)
    guard let stream = fdopendir(own) else {
      close(own)
      throw SystemError(call: "fdopendir", errno: errno)
    }
    defer { closedir(stream) }
    var found: [Entry] = []
    var isCut = false
    while let next = readdir(stream) {
      let name = withUnsafeBytes(of: &next.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == [0x2E] || name == [0x2E, 0x2E] { continue }
      guard found.count < limit else {
        isCut = true
        break
      }
      if let entry = entry(name) { found.append(entry) }
    }
    return (found.sorted { $0.name < $1.name }, isCut)
  }

  private func entry(_ name: [UInt8]) -> Entry? {
    var facts = stat()
    let path = name.map { CChar(bitPattern: $0) } + [0]
    // It may have gone since its name was read.
    guard fstatat(descriptor, path, &facts, TC_AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    let kind: Entry.Kind =
      switch facts.st_mode & S_IFMT {
      case S_IFDIR: .directory
      case S_IFREG: .file
      case S_IFLNK: .link
      default: .other
      }
    return Entry(
      name: String(decoding: name, as: UTF8.self), kind: kind, size: Int64(facts.st_size),
      modifiedMS: Int64(facts.st_mtim.tv_sec) * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
  }

  private func open(beneath path: String, flags: Int32) throws(SystemError) -> Int32 {
    // The system would read a path with a NUL only up to it.
    guard !path.utf8.contains(0) else { throw SystemError(call: "openat2", errno: EINVAL) }
    let opened = tc_openat2(
      descriptor, path.isEmpty ? "." : path, flags | O_CLOEXEC, 0,
      TC_RESOLVE_BENEATH | TC_RESOLVE_NO_MAGICLINKS)
    guard opened >= 0 else { throw SystemError(call: "openat2", errno: errno) }
    return opened
  }
}
