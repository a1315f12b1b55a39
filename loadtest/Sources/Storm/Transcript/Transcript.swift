import Glibc
import Reactor
import Synchronization

/// One transcript file: the writers' thread appends to it, the swarm's loop compares what it receives with it.
///
/// The lines' ends and times and the file's bytes are mapped once at full capacity and never move.
final class Transcript: Sendable {
  /// Where a line ends (behind its LF) and when it was appended, on the monotonic clock.
  struct Entry {
    var end: UInt64
    var appendedAt: UInt64
  }

  let session: String
  let path: String
  let capacity: Int
  private let fd: Int32
  private let published = Atomic<Int>(0)
  /// Safe: an entry is written by the one writer before `published` is raised over it (release), read by
  /// others only below what they loaded (acquire), and never changed.
  nonisolated(unsafe) private let entries: UnsafeMutablePointer<Entry>
  /// Safe: a read-only map of the file. Bytes are read only of lines that the server has sent, so they lie
  /// within the file.
  nonisolated(unsafe) private let file: UnsafePointer<UInt8>
  private let fileCapacity: Int
  /// Safe: used by the writer alone.
  nonisolated(unsafe) private var pattern: LinePattern
  nonisolated(unsafe) private var size: UInt64 = 0
  nonisolated(unsafe) private var batch: [UInt8] = []

  /// Creates the file `directory/session.jsonl` for at most `capacity` lines of `sizes` bytes.
  init(
    directory: String, session: String, sizes: ClosedRange<Int>, capacity: Int, seed: UInt64
  ) throws(SystemError) {
    self.session = session
    path = "\(directory)/\(session).jsonl"
    self.capacity = max(1, capacity)
    pattern = LinePattern(name: session, sizes: sizes, seed: seed)
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw SystemError(call: "open \(path)") }
    fileCapacity = self.capacity * sizes.upperBound
    let index = mmap(
      nil, self.capacity * MemoryLayout<Entry>.stride, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    let bytes = mmap(nil, fileCapacity, PROT_READ, MAP_SHARED, fd, 0)
    guard let index, index != MAP_FAILED, let bytes, bytes != MAP_FAILED else {
      throw SystemError(call: "mmap \(path)")
    }
    entries = index.bindMemory(to: Entry.self, capacity: self.capacity)
    file = UnsafePointer(bytes.bindMemory(to: UInt8.self, capacity: fileCapacity))
  }

  deinit {
    munmap(entries, capacity * MemoryLayout<Entry>.stride)
    munmap(UnsafeMutableRawPointer(mutating: file), fileCapacity)
    close(fd)
  }

  /// Lines in the file, or on their way into it: a line is counted before it is written, because a reader
  /// may have it before `write` returns here.
  var count: Int { published.load(ordering: .acquiring) }

  /// When line `index`, which must be below a `count` that was read, was appended.
  func appendedAt(_ index: Int) -> UInt64 { entries[index].appendedAt }

  /// Where line `index` starts.
  func start(_ index: Int) -> UInt64 { index == 0 ? 0 : entries[index - 1].end }

  /// Where line `index` ends, behind its LF.
  func end(_ index: Int) -> UInt64 { entries[index].end }

  /// Line `index` without its LF.
  func line(_ index: Int) -> Stretch {
    let start = start(index)
    return Stretch(file + Int(start), Int(entries[index].end - start) - 1)
  }

  /// The number of the line that ends at `offset`, among the first `count`; nil for a position inside a line.
  func line(endingAt offset: UInt64, count: Int) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].end < offset { low = middle + 1 } else { high = middle }
    }
    return low < count && entries[low].end == offset ? low : nil
  }

  /// Appends `lines` lines in one `write`; on the writers' thread.
  func append(lines: Int) throws(SystemError) {
    let first = published.load(ordering: .relaxed)
    precondition(first + lines <= capacity, "more lines than planned")
    batch.removeAll(keepingCapacity: true)
    let wall = Clock.wall()
    let start = size
    for index in first..<first + lines {
      pattern.append(index, wall: wall, to: &batch)
      entries[index].end = start + UInt64(batch.count)
    }
    let now = Clock.monotonic()
    for index in first..<first + lines { entries[index].appendedAt = now }
    published.store(first + lines, ordering: .releasing)
    try writeBatch()
    size = start + UInt64(batch.count)
  }

  private func writeBatch() throws(SystemError) {
    var done = 0
    while done < batch.count {
      let wrote = batch.withUnsafeBytes { bytes in
        write(fd, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done)
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { throw SystemError(call: "write \(path)") }
      done += wrote
    }
  }
}
