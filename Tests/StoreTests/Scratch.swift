import Dispatch
import Glibc
import Store

/// A directory of one test, removed with it.
final class Scratch {
  let path: String

  init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(parent)/store-tests-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    for name in names { remove(file(name)) }
    rmdir(path)
  }

  var database: String { file("test.db") }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func write(_ bytes: [UInt8], to name: String, at offset: Int = 0) {
    let descriptor = open(file(name), O_WRONLY | O_CREAT, 0o600)
    pwrite(descriptor, bytes, bytes.count, offset)
    close(descriptor)
  }

  func copy(_ from: String, to: String) {
    let descriptor = open(file(from), O_RDONLY)
    defer { close(descriptor) }
    var facts = stat()
    fstat(descriptor, &facts)
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    _ = read(descriptor, &bytes, bytes.count)
    write(bytes, to: to)
  }

  func store(
    limits: StoreLimits = StoreLimits(), migrations: [Migration] = [],
    now: @escaping @Sendable () -> Int64 = { 1_700_000_000_000 }
  ) throws -> Store {
    try Store(
      path: database, executor: QueueExecutor(), limits: limits, migrations: migrations, now: now)
  }
}

/// The store's thread, as a dispatch queue.
final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "store")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

func session(_ id: String, title: String? = nil, updatedMS: Int64? = nil) -> SessionRow {
  SessionRow(
    id: id, agent: "claude", path: "/t/\(id).jsonl", title: title, updatedMS: updatedMS, status: "idle",
    bytes: 10, mtimeNS: 5, device: 1, inode: 2)
}

func message(_ cursor: String, _ text: String, at ms: Int64? = nil) -> IndexedMessage {
  IndexedMessage(cursor: cursor, role: "user", timestampMS: ms, text: text)
}
