import Glibc
import Testing

@testable import Storm

/// Whole runs against a small server of our own. They are serialised: each has threads of its own.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct RunTests {
  private func run(_ text: String, lie: FakeServer.Lie = .none) async throws -> RunResult {
    var template = Array("/tmp/storm-test-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let root = String(cString: made)
    let server = try FakeServer(root: root, lie: lie)
    defer {
      server.stop()
      remove(root)
    }
    var options = RunOptions()
    options.address = ServerAddress(port: server.port)
    options.root = root
    options.pids = [getpid()]
    return try await Run(try Scenario(text: text, name: "test"), options).result()
  }

  private func remove(_ root: String) {
    guard let directory = opendir(root) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(root)/\(name)")
    }
    closedir(directory)
    rmdir(root)
  }

  @Test(
    "A faithful server passes, whatever the transport, the view and the readers",
    arguments: [
      "readers 8\nrate 200\nlines 60\npreload 20", "readers 8\nview events\nrate 200\nlines 60",
      "readers 8\ntransport ws\nrate 200\nlines 60\npreload 20",
      "readers 8\ntransport ws\nview events\nrate 200\nlines 60",
      "readers 12\nwriters 3\nrate 100\nlines 60\nsize 160..4000",
      "readers 8\nrate 200\nlines 200\nstagger 0.7\npreload 100",
      "readers 8\nrate 100\nlines 100\nreconnecting 100%\nreconnect_every 0.1\nsize 200..900",
      "readers 6\ntransport ws\nrate 100\nlines 100\nreconnecting 100%\nreconnect_every 0.1",
      "readers 8\nrate 100\nlines 80\nstalled 2\nslow 2\nslow_rate 2000\nsize 2000",
      "readers 4\nrate 0\nlines 3000\nlines_per_write 7",
      "readers 8\nsource post\nrate 200\nlines 60\npreload 20\nwriters 2",
    ])
  func faithful(_ text: String) async throws {
    let result = try await run(text)
    #expect(result.passed, "\(result.table)")
    let lines = UInt64(result.scenario.preload + result.written.lines / result.scenario.writers)
    #expect(result.tally.deliveries == lines * UInt64(result.scenario.readers), "\(result.table)")
    #expect(result.json.contains("\"passed\":true"))
  }

  @Test("Every lie is found and called by its name", arguments: FakeServer.Lie.allCases)
  func lies(_ lie: FakeServer.Lie) async throws {
    guard let expected = lie.violation else { return }
    let result = try await run("readers 3\nrate 100\nlines 20\ndrain 1\njoin_within 2", lie: lie)
    #expect(!result.passed)
    #expect(result.tally.violations[expected, default: 0] > 0, "\(result.table)")
  }
}
