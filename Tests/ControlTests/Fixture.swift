import Glibc
import Reactor
import Store
import Synchronization
import TestSupport
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

/// A control plane on a loop of its own, with a store in a temporary directory and models of tail and archive.
final class Fixture: Sendable {
  let loop: EventLoop
  let storage: ThreadExecutor
  let files: ThreadExecutor
  let directory: String
  let store: Store
  let sessions: SessionModel
  let terminals: TerminalModel
  let history: HistoryModel
  let plane: ControlPlane
  let published: Collected<FeedEvent>
  let accessed: Collected<AccessRecord>
  let shutdowns: Collected<Bool>
  let notes: Collected<String>
  let revoked: Collected<Revocation>
  /// The clock stands still unless a test moves it.
  let clock: Clock
  static let nowMS: Int64 = 1_770_000_000_000
  static let key = "tc_0123456789abcdef"

  init(
    _ entries: [SessionEntry] = [], history: HistoryModel = HistoryModel(),
    store limits: StoreLimits = StoreLimits(), hooks transport: (any HookTransport)? = nil,
    after predecessor: Fixture? = nil,
    rules change: (inout ControlRules) -> Void = { _ in }
  ) async throws {
    loop = try EventLoop(name: "control", longTurn: .seconds(60), log: { _ in })
    loop.start()
    storage = try ThreadExecutor(name: "storage")
    files = try ThreadExecutor(name: "files")
    directory = Scratch.make()
    terminals = predecessor?.terminals ?? TerminalModel()
    store =
      try predecessor?.store
      ?? Store(
        path: directory + "/test.db", executor: storage, limits: limits, migrations: ControlSchema.migrations,
        now: { Self.nowMS })
    sessions = predecessor?.sessions ?? SessionModel(entries)
    self.history = history
    published = Collected()
    accessed = Collected()
    shutdowns = Collected()
    notes = Collected()
    revoked = Collected()
    clock = Clock()
    var rules = ControlRules(version: "1.2.3", computer: "here", startedAtMS: Self.nowMS - 60_000)
    rules.search.enabled = false
    rules.lifecycle = Self.lifecycle
    change(&rules)
    var keys = AccessKeys()
    keys.add(id: "test", key: Self.key)
    plane = ControlPlane(
      loop: loop, sessions: sessions, history: history, store: store,
      steering: Steering(terminals: terminals, transcripts: sessions, files: files), rules: rules, keys: keys,
      cookies: CookieSigner(key: Self.key),
      log: ControlLog(
        note: { [notes] in notes.append([$0]) }, access: { [accessed] in accessed.append([$0]) }),
      clockMS: { [clock] in clock.nowMS.load(ordering: .relaxed) },
      hookTransport: transport, publish: { [published] in published.append($0) },
      revoked: { [revoked] in revoked.append([$0]) },
      shutdown: { [shutdowns] in shutdowns.append([true]) })
    await plane.start()
  }

  deinit {
    loop.stop()
    files.stop()
    storage.stop()
    Scratch.remove(directory)
  }

  /// Agents whose program is there, and one whose is not.
  static var lifecycle: LifecycleRules {
    var rules = LifecycleRules()
    var claude = AgentProfile(name: "claude", kind: .claude, command: ["cat", "-u"])
    claude.start = ["--session-id", "{session_id}"]
    claude.resume = ["--resume", "{native_session_id}"]
    claude.fork = ["--resume", "{native_session_id}", "--fork", "{session_id}"]
    claude.model = ["--model", "{model}"]
    claude.permissionModes = ["plan=--mode plan", "default="].compactMap { AgentProfile.Mode($0) }
    claude.environment = ["OF_AGENT": "1"]
    var codex = AgentProfile(name: "codex", kind: .codex, command: ["/bin/cat"])
    codex.resume = ["resume", "{native_session_id}"]
    let missing = AgentProfile(name: "missing", kind: .jsonl, command: ["no-such-program"])
    rules.agents = ["claude": claude, "codex": codex, "missing": missing]
    rules.usesLoginEnvironment = false
    rules.environment = ["PATH": "/usr/bin:/bin", "OF_SERVER": "1"]
    rules.settle = .zero
    rules.look = .milliseconds(1)
    rules.probeInterval = .milliseconds(1)
    rules.state = "/state"
    return rules
  }

  /// A request on the Unix socket.
  func send(
    _ method: Wire.Method = .get, _ target: String, headers: [(name: String, value: String)] = [],
    body: String = "",
    peer: Peer = .unix(uid: 1000)
  ) async -> Reply {
    var all = headers
    if !body.isEmpty, !headers.contains(where: { $0.name == "content-type" }) {
      all.append(("content-type", "application/json"))
    }
    if !headers.contains(where: { $0.name == "host" }) { all.append(("host", "localhost:8420")) }
    let head = RequestHead(method: method, target: target, headers: Headers(all))
    return await plane.handle(Request(id: "request-1", head: head, body: Array(body.utf8), peer: peer))
  }

  /// The response to a request, its body as JSON.
  func ask(
    _ method: Wire.Method = .get, _ target: String, headers: [(name: String, value: String)] = [],
    body: String = "",
    peer: Peer = .unix(uid: 1000)
  ) async -> Answer {
    guard case .response(let response) = await send(method, target, headers: headers, body: body, peer: peer)
    else {
      return Answer(status: -1, headers: [:], body: [])
    }
    return Answer(
      status: response.status,
      headers: Dictionary(
        response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
      body: response.body)
  }

  /// The stream that a request is granted.
  func stream(
    _ method: Wire.Method = .get, _ target: String, headers: [(name: String, value: String)] = [],
    body: String = ""
  ) async -> StreamPlan? {
    if case .stream(let plan) = await send(method, target, headers: headers, body: body) { return plan }
    return nil
  }
}

/// A clock that tests move.
final class Clock: Sendable {
  let nowMS = Atomic<Int64>(Fixture.nowMS)
}

/// A response as tests look at it.
struct Answer: Sendable {
  var status: Int
  var headers: [String: String]
  var body: [UInt8]

  var json: JSONSlice { JSONSlice(validating: body) ?? .null }
  var text: String { String(decoding: body, as: UTF8.self) }
  var code: String? { json["error"]?["code"]?.string }
}

/// Values that callbacks brought, and a way to wait for them.
final class Collected<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var waiting: [(count: Int, continuation: CheckedContinuation<[Value], Never>)] = []
  }
  private let state = Locked(State())

  var values: [Value] { state.withLock { $0.values } }

  func append(_ new: [Value]) {
    let ready = state.withLock { state in
      state.values += new
      let ready = state.waiting.filter { $0.count <= state.values.count }
      state.waiting.removeAll { $0.count <= state.values.count }
      return ready.map { ($0.continuation, state.values) }
    }
    for (continuation, values) in ready { continuation.resume(returning: values) }
  }

  /// Waits until there are so many.
  func first(_ count: Int) async -> [Value] {
    await withCheckedContinuation { continuation in
      let now = state.withLock { state -> [Value]? in
        if state.values.count >= count { return state.values }
        state.waiting.append((count, continuation))
        return nil
      }
      if let now { continuation.resume(returning: now) }
    }
  }
}

enum Scratch {
  static func make() -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(parent)/control-tests-XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(text, 1, text.utf8.count, file)
    fclose(file)
  }

  /// The beginning of a file, empty without one.
  static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }

  static func remove(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { Glibc.remove(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
  }
}
