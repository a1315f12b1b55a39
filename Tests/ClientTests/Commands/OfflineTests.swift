import Glibc
import Testing

@testable import Client

@Suite("Commands without a server")
struct OfflineTests {
  static let sessions = #"{"sessions":[{"id":"local-1","title":"a\u001b[2J"}],"total":1}"#

  @Test("ls, search and tail read through a server of their own, which ends with them")
  func local() {
    let server = FakeServer { head, _ in
      if head.hasPrefix("GET /health") { return FakeServer.json(#"{"search":{"status":"idle"}}"#) }
      if head.hasPrefix("GET /api/v1/sessions?") { return FakeServer.json(Self.sessions) }
      if head.hasPrefix("GET /api/v1/search?q=two%20words&") {
        return FakeServer.json(#"{"results":[{"id":"local-1","title":"t","highlights":["two words!"]}]}"#)
      }
      if head.hasPrefix("GET /api/v1/sessions/local-1/stream?") {
        return FakeServer.stream(
          FakeServer.frame("message", "e-1", "hi") + FakeServer.frame("caught_up", "e-1"))
      }
      return FakeServer.json(#"{"error":{"code":"SESSION_NOT_FOUND","message":"no"}}"#, status: 404)
    }
    defer { server.close() }
    let expected = [
      ("ls", 0, "a␛[2J"), ("search two words", 0, "local-1  t\n  two words!\n"),
      ("tail local-1", 0, "user: hi\n"), ("tail nobody", 4, ""),
    ]
    for (line, code, output) in expected {
      let run = CommandRun(line, local: server)
      #expect(run.code == code, "\(line): \(run.remarks)")
      #expect(output.isEmpty ? run.output.isEmpty : run.output.contains(output), "\(line)")
      #expect(run.opened == 1 && run.closed == 1, "\(line)")
    }
  }

  @Test("A server that cannot be opened is a failure that says why")
  func cannotOpen() {
    let run = CommandRun("ls")
    #expect(run.code == 1)
    #expect(run.remarks == ["no␛ server here"])
  }

  @Test("A search waits until a server of its own has indexed what is new")
  func indexing() {
    let server = FakeServer { head, index in
      if head.hasPrefix("GET /health") {
        return FakeServer.json(
          #"{"search":{"status":"\#(index < 4 ? "indexing" : "idle")","files":3,"files_done":1}}"#)
      }
      return FakeServer.json(
        index == 0 ? #"{"results":[]}"# : #"{"results":[{"id":"local-1","title":"t","highlights":[]}]}"#)
    }
    defer { server.close() }
    let run = CommandRun("search x", local: server)
    #expect(run.output == "local-1  t\n")
    #expect(run.remarks == ["indexing 2 transcripts first"])
    #expect(run.code == 0)
  }

  @Test("An interrupted command ends its server and says nothing")
  func interrupted() {
    for (line, code) in [("search x", 130), ("tail local-1", 130), ("tail local-1 -f", 0)]
      as [(String, Int32)]
    {
      let interruption = Interruption()
      let server = FakeServer { head, index in
        if index > 0 { interruption.interrupt() }
        return head.contains("/stream?")
          ? FakeServer.stream("") : FakeServer.json(#"{"search":{"status":"indexing"}}"#)
      }
      defer { server.close() }
      let run = CommandRun(line, local: server, interruption: interruption)
      #expect(run.code == code, "\(line)")
      #expect(run.output.isEmpty, "\(line)")
      #expect(run.opened == 1 && run.closed == 1, "\(line)")
    }
  }

  @Test("Commands that need a server say that none runs", arguments: ["status", "stop", "openapi"])
  func notRunning(command: String) {
    let run = CommandRun(command)
    #expect(run.code == 3)
    #expect(run.remarks.first?.contains("no server runs") == true)
  }

  @Test("A server that was named and does not answer is not replaced by another")
  func explicit() {
    let server = FakeServer { _, _ in FakeServer.json(Self.sessions) }
    defer { server.close() }
    for line in [
      "ls --socket /nonexistent/s", "tail local-1 --socket /nonexistent/s",
      "search x --url http://127.0.0.1:1",
    ] {
      let run = CommandRun(line, local: server)
      #expect(run.code == 3, "\(line)")
      #expect(run.opened == 0, "\(line)")
    }
  }

  @Test("A run file of a process that is gone, or of another one, is no server")
  func staleRunFile() {
    let server = FakeServer { _, _ in FakeServer.json(Self.sessions) }
    defer { server.close() }
    let folder = TemporaryFolder.make()
    TemporaryFolder.write(folder + "/run.json", "{\"pid\":\(Int32.max),\"socket\":\"/nonexistent/s\"}")
    #expect(CommandRun("status", state: folder).code == 3)
    TemporaryFolder.write(folder + "/run.json", "{\"pid\":\(getpid()),\"socket\":\"/nonexistent/s\"}")
    #expect(CommandRun("ls", state: folder, local: server).output.contains("local-1"))
    #expect(CommandRun("status", state: folder).code == 3)
    TemporaryFolder.write(folder + "/run.json", "{\"pid\":")
    #expect(CommandRun("status", state: folder).code == 3)
  }

  @Test("serve gets the configuration, a wrong one never reaches it")
  func serve() {
    #expect(CommandRun("serve --port 7").code == 0)
    #expect(CommandRun("serve --port 8").code == 9)
    #expect(CommandRun("serve --port 70000").code == 2)
    #expect(CommandRun("serve --host 0.0.0.0 --auth none").remarks.first?.contains("loopback") == true)
  }

  @Test("The TUI says where it cannot run")
  func terminal() {
    #expect(CommandRun("tui").remarks.first?.contains("needs a terminal") == true)
    #expect(CommandRun("tui --json").code == 2)
    #expect(CommandRun("tui a b").code == 2)
  }

  @Test("The version is one line")
  func version() {
    #expect(CommandRun("version").output == "tailcast 1.2.3\n")
  }
}
