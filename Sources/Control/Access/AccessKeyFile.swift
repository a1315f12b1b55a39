import Glibc
import Reactor
import Store
import StreamServer

/// The key that is made at the first start, in a file that only its owner can read (API section 8).
public enum AccessKeyFile {
  /// The id of its key.
  public static let id = "file"

  /// The key of the file; makes both if there is none. The file is written whole and then named, so that a crash
  /// leaves no half of a key.
  public static func key(at path: String) throws(SystemError) -> String {
    if let known = try read(path) { return known }
    let key = "tc_" + Secret.make()
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError(call: "open \(temporary)", errno: errno) }
    let text = Array((key + "\n").utf8)
    let written = write(descriptor, text, text.count)
    let failure = errno
    fsync(descriptor)
    close(descriptor)
    guard written == text.count else { throw SystemError(call: "write \(temporary)", errno: failure) }
    guard rename(temporary, path) == 0 else { throw SystemError(call: "rename \(temporary)", errno: errno) }
    return key
  }

  /// The keys of the file and of the store. A store that cannot be read leaves the file's key.
  public static func keys(file key: String, store: Store) async -> AccessKeys {
    var keys = AccessKeys()
    keys.add(id: id, key: key)
    for row in (try? await store.accessKeys()) ?? [] { keys.add(id: row.id, hash: row.hash) }
    return keys
  }

  /// What signs the cookies of browsers. With a store that cannot be used no cookie holds: nobody knows whether it was
  /// revoked, and `tailcast open` makes another.
  public static func cookies(key: String, store: Store) async -> CookieSigner {
    CookieSigner(key: key, generation: (try? await store.cookieGeneration()) ?? .random(in: 0..<1 << 62))
  }

  private static func read(_ path: String) throws(SystemError) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw SystemError(call: "open \(path)", errno: errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw SystemError(call: "stat \(path)", errno: errno) }
    // A key that others could read is no secret any more.
    guard facts.st_mode & 0o077 == 0 else {
      throw SystemError(call: "\(path) must be readable by its owner only", errno: EPERM)
    }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw SystemError(call: "read \(path)", errno: errno) }
    let text = String(decoding: bytes[..<count], as: UTF8.self).filter { !$0.isWhitespace }
    return text.isEmpty ? nil : text
  }
}
