import Glibc

/// Which lines of the server's log are shown.
public struct LogRequest: Sendable, Equatable {
  /// The last so many.
  var last = 100
  /// Whether to go on at the end.
  var follow = false
}

extension TailcastCommand {
  private static let look = 200

  /// `tailcast logs`: of a server that `tailcast start` has started; others write to whoever started them.
  func logs(_ request: LogRequest, _ configuration: Configuration) throws(CommandFailure) {
    let path = Self.logFile(configuration)
    var log = open(path, O_RDONLY | O_CLOEXEC)
    guard log >= 0 else {
      throw CommandFailure(
        .notFound, "there is no \(path): no server was started by `tailcast start` with this state directory")
    }
    defer { close(log) }
    for line in LogTail.last(request.last, of: path) { output.line(VisibleText.of(line)) }
    guard request.follow else { return }
    output.flush()
    interruption.watch()
    lseek(log, 0, SEEK_END)
    var rest: [UInt8] = []
    while interruption.pause(milliseconds: Self.look), output.fault == nil {
      rest += LogTail.read(log)
      while let end = rest.firstIndex(of: 0x0a) {
        output.line(VisibleText.of(String(decoding: rest[..<end], as: UTF8.self)))
        rest.removeFirst(end + 1)
      }
      output.flush()
      // Put aside at a start: what follows stands in a new file.
      var (held, named) = (stat(), stat())
      if stat(path, &named) == 0, fstat(log, &held) == 0, held.st_ino != named.st_ino {
        let next = open(path, O_RDONLY | O_CLOEXEC)
        if next >= 0 {
          close(log)
          log = next
        }
      }
    }
  }
}

/// The end of a log file.
enum LogTail {
  /// How far before the end lines are looked for.
  private static let reach: off_t = 4 << 20

  /// The last lines, oldest first; fewer where they are longer than we look back.
  static func last(_ count: Int, of path: String) -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    lseek(file, max(0, size - reach), SEEK_SET)
    var lines = read(file).split(separator: 0x0a, omittingEmptySubsequences: false)
    if size > reach, !lines.isEmpty { lines.removeFirst() }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.suffix(count).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What stands from here on to the end.
  static func read(_ file: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}
