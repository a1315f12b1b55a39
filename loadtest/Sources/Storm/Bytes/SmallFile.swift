import Glibc
import Reactor

/// Whole small files: `/proc`, the run file, a scenario, a key.
enum SmallFile {
  /// The file's bytes, at most `limit` of them.
  static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw SystemError(call: "open \(path)") }
    defer { close(fd) }
    var bytes: [UInt8] = []
    var page = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limit {
      let got = Glibc.read(fd, &page, page.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw SystemError(call: "read \(path)") }
      if got == 0 { break }
      bytes.append(contentsOf: page.prefix(got))
    }
    return bytes
  }

  /// The file's text without white space at its end.
  static func text(_ path: String) throws(SystemError) -> String {
    var bytes = try read(path)
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
