import Glibc
import Reactor

/// The server of one run: our own with its folder, or one that runs already.
actor ServerUnderTest {
  private(set) var own: OwnServer?
  private let options: RunOptions
  private let scenario: Scenario
  private(set) var directory: String?
  nonisolated let root: String
  private(set) var address: ServerAddress
  /// Processor seconds of servers that were killed, from the time they were last asked about.
  private var lostCPU = 0.0

  /// Starts a server, or takes the running one.
  init(_ options: RunOptions, _ scenario: Scenario) throws {
    self.options = options
    self.scenario = scenario
    if let executable = options.executable {
      let made = try Self.makeDirectory(options.temporary)
      directory = made
      root = made + "/root"
      let server = try OwnServer(executable: executable, directory: made, loops: scenario.loops)
      own = server
      address = server.address
    } else {
      guard let root = options.root else { throw ScenarioFault(description: "a running server needs --dir") }
      self.root = root
      address = options.address
    }
  }

  /// The processes whose costs are counted.
  private var pids: [Int32] { own.map { [$0.pid] } ?? options.pids }
  var startSeconds: Double? { own.map { Double($0.startTook) / 1e9 } }

  /// The processes' costs now, with the processor time of those before them.
  func sample() -> ProcessSample? {
    guard var sample = try? ProcessSample(pids: pids) else { return nil }
    sample.cpu += lostCPU
    return sample
  }

  /// Kills our own server and starts it again on the same folders and port.
  func killAndRestart() throws -> ServerAddress {
    guard let server = own, let executable = options.executable, let directory else { return address }
    lostCPU = sample()?.cpu ?? lostCPU
    server.kill()
    let next = try OwnServer(
      executable: executable, directory: directory, loops: scenario.loops,
      port: server.address.port ?? 0)
    own = next
    address = next.address
    return next.address
  }

  /// Stops our own server and removes its folder; says what was wrong with its end.
  func finish(keep: Bool) -> String? {
    let problem = own?.stop()
    own = nil
    if let directory, !keep { Self.remove(directory) }
    return problem
  }

  private static func makeDirectory(_ parent: String) throws -> String {
    var template = Array("\(parent)/tailstorm-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(call: "mkdtemp \(parent)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func remove(_ directory: String) {
    var spawn = Spawn("rm", ["-rf", "--", directory])
    spawn.error = .null
    guard let pid = try? spawn.start() else { return }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }
}
