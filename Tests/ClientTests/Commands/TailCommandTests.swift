import Glibc
import Testing

@testable import Client

@Suite("Tailing over a server")
struct TailCommandTests {
  @Test("A tail that is cut off goes on after its last id and shows nothing twice")
  func reconnects() {
    let server = FakeServer { head, index in
      switch index {
      case 0:
        FakeServer.stream(
          FakeServer.frame("hello", "e-0") + FakeServer.frame("message", "e-1", "1")
            + "event: message\nid: e-2\ndata: {")
      case 1: FakeServer.json("{}", status: 503)
      case 2:
        FakeServer.stream(
          FakeServer.frame("hello", "e-1") + FakeServer.frame("message", "e-2", "2")
            + "event: bye\ndata: {}\n\n")
      default:
        FakeServer.stream(
          FakeServer.frame("message", "e-2", "2") + FakeServer.frame("message", "e-3", "3")
            + FakeServer.frame("caught_up", "e-3"))
      }
    }
    defer { server.close() }
    let run = CommandRun("tail abc --since 1000 --socket \(server.socketPath)")
    #expect(run.code == 0)
    #expect(run.output == "user: 1\nuser: 2\nuser: 3\n")
    #expect(run.remarks.count == 1, "\(run.remarks)")
    #expect(
      server.targets.first
        == "GET /api/v1/sessions/abc/stream?view=events&since_timestamp=1970-01-01T00%3A00%3A01.000Z")
    #expect(server.targets.dropFirst().allSatisfy { $0 == "GET /api/v1/sessions/abc/stream?view=events" })
    let resumed = server.requests.map { head in
      head.split(separator: "\r\n").first { $0.hasPrefix("Last-Event-ID: ") }.map { String($0.dropFirst(15)) }
    }
    #expect(resumed == [nil, "e-1", "e-1", "e-2"])
  }

  @Test("A reader that went away ends the command, a full disk fails it")
  func output() {
    let server = FakeServer { _, _ in FakeServer.stream(FakeServer.frame("message", "e-1", "1")) }
    defer { server.close() }
    let line = "tail abc -f --socket \(server.socketPath)"
    #expect(CommandRun(line, fault: FileFault(code: EPIPE)).code == 0)
    let run = CommandRun(line, fault: FileFault(code: ENOSPC))
    #expect(run.code == 1)
    #expect(run.remarks == ["cannot write the output: No space left on device"])
  }

  @Test("A tail whose server dies is finished by a server of its own, a followed one waits for its return")
  func serverDies() {
    for follows in [false, true] {
      let interruption = Interruption()
      let own = FakeServer { _, _ in
        if follows { interruption.interrupt() }
        return FakeServer.stream(
          FakeServer.frame("message", "e-2", "2") + FakeServer.frame("caught_up", "e-2"))
      }
      let state = TemporaryFolder.make()
      let dying = FakeServer { _, _ in
        TemporaryFolder.write(state + "/run.json", "{}")
        return FakeServer.stream(FakeServer.frame("message", "e-1", "1") + "event: bye\ndata: {}\n\n")
      }
      defer {
        own.close()
        dying.close()
      }
      dying.writeRunFile(to: state)
      let run = CommandRun(
        "tail abc" + (follows ? " -f" : ""), state: state, local: own, interruption: interruption,
        interruptsAtRemark: true)
      #expect(run.code == 0)
      #expect(run.opened == (follows ? 0 : 1))
      #expect(run.output == (follows ? "user: 1\n" : "user: 1\nuser: 2\n"))
      #expect(run.remarks.count == (follows ? 1 : 0))
    }
  }

  @Test("A server that never delivers is given up")
  func givesUp() {
    let server = FakeServer { _, _ in FakeServer.stream("") }
    defer { server.close() }
    let run = CommandRun("tail abc --json --socket \(server.socketPath)")
    #expect(run.code == 1)
    #expect(server.targets.count == 5)
  }

  @Test("The raw view prints records and nothing else")
  func raw() {
    let server = FakeServer { _, _ in
      FakeServer.stream(
        FakeServer.frame("hello", "e-0")
          + "id: e-1\ndata: {\"a\": 1}\n\nevent: damaged\nid: e-2\ndata: {\"length\":3}\n\n"
          + FakeServer.frame("caught_up", "e-2"))
    }
    defer { server.close() }
    let run = CommandRun("tail abc --view raw --socket \(server.socketPath)")
    #expect(run.output == "{\"a\": 1}\n")
    #expect(run.remarks == ["── 3 bytes are not a record"])
  }
}
