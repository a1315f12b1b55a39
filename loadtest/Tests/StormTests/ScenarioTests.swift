import Glibc
import Testing

@testable import Storm

struct ScenarioTests {
  @Test("Keys set what they name; the command line wins over the file")
  func keys() throws {
    let scenario = try Scenario(
      text: """
        # a comment
        readers 100   # behind a value
        view events
        size 200..400
        stalled 25%
        slow 3
        stalled_return no
        """, name: "x", overrides: ["readers=40", "seed=9"])
    #expect(scenario.readers == 40)
    #expect(scenario.view == .events)
    #expect(scenario.sizes == 200...400)
    #expect(scenario.stalled.of(scenario.readers) == 10)
    #expect(scenario.slow.of(scenario.readers) == 3)
    #expect(!scenario.stalledReturn)
    #expect(scenario.seed == 9)
  }

  @Test(
    "What cannot be run is refused in words",
    arguments: [
      "reader 1", "readers", "readers x", "readers -1", "readers 1 2", "view ui", "size 10", "size 400..200",
      "size 1..2..3", "stalled 120%", "rate 0", "preload 0", "seconds 3600\nrate 1000000\nsize 4000",
      "readers 10\nstalled 6\nslow 60%", "over udp", "source post\nview events",
      "source post\nreconnecting 1",
    ])
  func refused(_ text: String) {
    #expect(throws: ScenarioFault.self) { try Scenario(text: text, name: "x") }
  }

  @Test("Lines are planned in whole writes")
  func plan() throws {
    let scenario = try Scenario(text: "rate 10\nseconds 1.05\nlines_per_write 4", name: "x")
    #expect(scenario.plannedLines == 12)
    #expect(scenario.capacity == 13)
    let plan = WritePlan(rate: 10, linesPerWrite: 4, lines: 12)
    #expect(plan.due(5, files: 2) == 1_000_000_000)
  }

  @Test("Every scenario that is shipped can be run")
  func shipped() throws {
    let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/scenarios"
    let directory = try #require(opendir(folder))
    defer { closedir(directory) }
    var found = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".conf") else { continue }
      found += 1
      let text = String(decoding: try SmallFile.read("\(folder)/\(name)"), as: UTF8.self)
      _ = try Scenario(text: text, name: name)
    }
    #expect(found >= 10)
  }

  @Test("A command needs a server and a scenario, and stays on this machine")
  func command() throws {
    #expect(try StormCommand(["--server", "x", "a.conf"]).files == ["a.conf"])
    let running = try StormCommand(["--url", "http://127.0.0.1:80", "--dir", "d", "--key", "k", "a.conf"])
    #expect(running.options.address.port == 80)
    for arguments in [
      ["a.conf"], ["--server", "x"], ["--url", "http://example.org:80", "--dir", "d", "a.conf"],
      ["--url", "http://127.0.0.1:80", "a.conf"], ["--server", "x", "--socket", "y", "a.conf"], ["--what"],
      ["--server"],
    ] {
      #expect(throws: ScenarioFault.self) { try StormCommand(arguments) }
    }
  }
}
