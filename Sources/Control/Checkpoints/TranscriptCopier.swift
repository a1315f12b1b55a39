import Glibc
import Wire

/// Writes the beginning of a transcript as the transcript of a new session, so that its agent can go on there. Lives on
/// the archive thread.
///
/// Claude Code only: `claude --resume` takes any file of its project's folder that is called by a session's id, while
/// `--resume-session-at` holds for `--print` alone.
actor TranscriptCopier {
  private nonisolated let executor: any SerialExecutor
  private let mostBytes: UInt64

  /// Why there is no copy.
  enum Fault: Error, Sendable, Hashable {
    /// No row of the file has the id.
    case noSuchMessage
    /// Nothing stands before the message.
    case nothingBefore
    /// The message is no user's and no agent's.
    case noMessage
    /// The part to copy is over the limit.
    case tooLarge
    /// The file cannot be read, or the new one not written.
    case failed(String)
  }

  /// - Parameter mostBytes: of a transcript that is copied.
  init(executor: any SerialExecutor, mostBytes: UInt64) {
    self.executor = executor
    self.mostBytes = mostBytes
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Writes `<new id>.jsonl` beside a transcript, with what stands before (of a user's message) or up to (of an
  /// agent's) the message with the `uuid`.
  /// - Returns: the path of the new file.
  func copy(_ path: String, upTo uuid: String, as session: String) throws(Fault) -> String {
    var cut = TranscriptCut(uuid)
    var place: TranscriptCut.Place?
    try lines(of: path) { line, end in
      if let row = JSONSlice(validating: line) { place = cut.read(row, endingAt: end) }
      return place == nil
    }
    switch place {
    case .after(let end): return try write(path, upTo: end, as: session)
    case .beginning: throw .nothingBefore
    case .noMessage: throw .noMessage
    case nil: throw .noSuchMessage
    }
  }

  /// Takes a copy back that nobody is to use.
  func discard(_ path: String) { unlink(path) }

  private func write(_ source: String, upTo end: UInt64, as session: String) throws(Fault) -> String {
    let target = source[..<(source.lastIndex(of: "/") ?? source.startIndex)] + "/\(session).jsonl"
    let path = String(target)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure() }
    defer { close(descriptor) }
    do throws(Fault) {
      try lines(of: source) { line, place throws(Fault) in
        try Self.write(TranscriptCut.line(line, of: session) + [UInt8(ascii: "\n")], to: descriptor)
        return place < end
      }
    } catch {
      unlink(path)
      throw error
    }
    return path
  }

  /// Calls `body` with every whole line, without its newline, and the position after it, until it says no.
  private func lines(
    of path: String, _ body: ([UInt8], UInt64) throws(Fault) -> Bool
  ) throws(Fault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure() }
    defer { close(descriptor) }
    var rest: [UInt8] = []
    var position: UInt64 = 0
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure() }
      guard count > 0 else { return }
      var new = chunk[..<count]
      while let newline = new.firstIndex(of: UInt8(ascii: "\n")) {
        rest += new[..<newline]
        new = new[(newline + 1)...]
        position += UInt64(rest.count) + 1
        guard position <= mostBytes else { throw .tooLarge }
        guard try body(rest, position) else { return }
        rest.removeAll(keepingCapacity: true)
      }
      rest += new
      guard position + UInt64(rest.count) <= mostBytes else { throw .tooLarge }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Fault) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      written += count
    }
  }

  private static func failure() -> Fault { .failed(String(cString: strerror(errno))) }
}
