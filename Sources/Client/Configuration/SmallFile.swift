import Glibc

/// A failed call on a file.
struct FileFault: Error, CustomStringConvertible {
  /// The call's errno.
  var code: Int32
  /// Neither file nor a folder on the way exists.
  var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// Whoever read the pipe is gone.
  var isReaderGone: Bool { code == EPIPE }
  var description: String { code == EFBIG ? "larger than expected" : String(cString: strerror(code)) }
}

/// Whole files that are known to be small: configuration, run file, key, entries of /proc.
enum SmallFile {
  /// The bytes of a file, EFBIG beyond the limit. /proc reports no sizes, so it is read to its end.
  static func read(_ path: String, limit: Int = 64 << 10) -> Result<[UInt8], FileFault> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(FileFault(code: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(FileFault(code: errno))
      }
      if count == 0 { return .success(bytes) }
      bytes += chunk[..<count]
      if bytes.count > limit { return .failure(FileFault(code: EFBIG)) }
    }
  }

  /// The text of a file without blanks at its ends, nil when it cannot be read.
  static func text(_ path: String) -> String? {
    guard case .success(let bytes) = read(path) else { return nil }
    return String(String(decoding: bytes, as: UTF8.self).trimmingBlanks)
  }
}
