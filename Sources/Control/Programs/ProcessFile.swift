import Glibc

/// Reads small files of `/proc`: no disk is behind them, so the loop may.
enum ProcessFile {
  /// What `/proc/PID/stat` says of a process.
  struct Stat {
    var parent: Int32
    /// Ticks after boot at which it began.
    var startTicks: String
    /// Ended, and not yet reaped.
    var isZombie: Bool
  }

  /// Nil when there is no such process.
  static func stat(_ pid: Int32) -> Stat? {
    guard let bytes = read("/proc/\(pid)/stat"),
      // The name in parentheses may hold blanks and parentheses itself.
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = String(decoding: bytes[bytes.index(after: end)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 19, let parent = Int32(fields[1]) else { return nil }
    return Stat(parent: parent, startTicks: String(fields[19]), isZombie: fields[0] == "Z")
  }

  /// The text of a file; nil when it cannot be read.
  static func text(_ path: String) -> String? { read(path).map { String(decoding: $0, as: UTF8.self) } }

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
