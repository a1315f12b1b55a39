import Glibc
import Testing
import Wire

@testable import Client

/// A server of a command's own: a fake one that knows how often it was opened and when it is closed.
final class FakePrivateServer: LocalTranscripts {
  let socket: String
  private let closed: () -> Void

  init(socket: String, closed: @escaping () -> Void) {
    self.socket = socket
    self.closed = closed
  }

  deinit { closed() }
}

/// One run of a command.
struct CommandRun {
  var code: Int32
  var output: String
  var remarks: [String]
  /// How often a server of the command's own was opened, and closed.
  var opened = 0
  var closed = 0

  /// - Parameters:
  ///   - local: what answers on the socket of the command's own server; nil where none can be opened.
  ///   - fault: what happens to what is written.
  ///   - home: the user's home directory.
  ///   - given: what stands on standard input.
  init(
    _ line: String, given: String = "", home: String = "/nonexistent", state: String = "/nonexistent/state",
    local: FakeServer? = nil,
    isTerminal: Bool = false, interruption: Interruption = Interruption(),
    interruptsAtRemark: Bool = false, fault: FileFault? = nil
  ) {
    final class Recorder {
      var output: [UInt8] = []
      var remarks: [String] = []
      var opened = 0
      var closed = 0
    }
    let recorder = Recorder()
    let command = TailcastCommand(
      version: "1.2.3", input: Input(isTerminal: false) { _, _ in .success(Array(given.utf8)) },
      output: Output(
        isTerminal: isTerminal,
        write: {
          recorder.output += $0
          return fault
        },
        remark: {
          recorder.remarks.append($0)
          if interruptsAtRemark { interruption.interrupt() }
        }),
      interruption: interruption, serve: { $0.listen.port == 7 ? 0 : 9 },
      local: { _, _ throws(LocalFault) in
        guard let local else { throw .failed("no\u{1b} server here") }
        recorder.opened += 1
        return FakePrivateServer(socket: local.socketPath) { recorder.closed += 1 }
      })
    let surroundings = Surroundings(environment: [:], home: home)
    code = command.run(
      arguments: line.split(separator: " ").map(String.init) + ["--state", state], surroundings: surroundings)
    output = String(decoding: recorder.output, as: UTF8.self)
    remarks = recorder.remarks
    opened = recorder.opened
    closed = recorder.closed
  }
}

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
          OnlineTests.frame("message", "e-1", "hi") + OnlineTests.frame("caught_up", "e-1"))
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

@Suite("Commands against a server")
struct OnlineTests {
  static let message = #"{"role":"user","blocks":[{"type":"text","text":"NUMBER"}]}"#

  static func frame(_ name: String, _ id: String, _ text: String = "") -> String {
    let data = message.split(separator: "NUMBER", omittingEmptySubsequences: false).joined(separator: text)
    return "event: \(name)\nid: \(id)\ndata: \(data)\n\n"
  }

  @Test("ls asks for as many pages as it takes")
  func pages() {
    let server = FakeServer { head, _ in
      let count = head.contains("page=1&") ? 100 : 50
      let session = #"{"id":"s","title":"t"}"#
      return FakeServer.json(
        "{\"sessions\":[\(Array(repeating: session, count: count).joined(separator: ","))],\"total\":150}")
    }
    defer { server.close() }
    let run = CommandRun("ls -n 1000 --all --json --socket \(server.socketPath)")
    #expect(JSONSlice(validating: Array(run.output.utf8.dropLast()))?["sessions"]?.elements.count == 150)
    #expect(
      server.targets
        == (1...2).map {
          "GET /api/v1/sessions?page=\($0)&page_size=100&sort=last_message_at&order=desc&all=true"
        })
  }

  @Test("search sends the words encoded and says what the index does not know yet")
  func search() {
    let server = FakeServer { head, _ in
      FakeServer.json(
        head.hasPrefix("GET /health")
          ? #"{"search":{"status":"indexing","files":3,"files_done":1}}"# : #"{"results":[],"total":0}"#)
    }
    defer { server.close() }
    let run = CommandRun("search a&b=č --socket \(server.socketPath)")
    #expect(run.remarks == ["1 of 3 transcripts are indexed so far", "nothing found"])
    #expect(server.targets == ["GET /api/v1/search?q=a%26b%3D%C4%8D&limit=20", "GET /health"])
  }

  @Test("A tail that is cut off goes on after its last id and shows nothing twice")
  func reconnects() {
    let server = FakeServer { head, index in
      switch index {
      case 0:
        FakeServer.stream(
          Self.frame("hello", "e-0") + Self.frame("message", "e-1", "1") + "event: message\nid: e-2\ndata: {")
      case 1: FakeServer.json("{}", status: 503)
      case 2:
        FakeServer.stream(
          Self.frame("hello", "e-1") + Self.frame("message", "e-2", "2") + "event: bye\ndata: {}\n\n")
      default:
        FakeServer.stream(
          Self.frame("message", "e-2", "2") + Self.frame("message", "e-3", "3")
            + Self.frame("caught_up", "e-3"))
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
    let server = FakeServer { _, _ in FakeServer.stream(Self.frame("message", "e-1", "1")) }
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
        return FakeServer.stream(Self.frame("message", "e-2", "2") + Self.frame("caught_up", "e-2"))
      }
      let state = TemporaryFolder.make()
      let dying = FakeServer { _, _ in
        TemporaryFolder.write(state + "/run.json", "{}")
        return FakeServer.stream(Self.frame("message", "e-1", "1") + "event: bye\ndata: {}\n\n")
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
        Self.frame("hello", "e-0")
          + "id: e-1\ndata: {\"a\": 1}\n\nevent: damaged\nid: e-2\ndata: {\"length\":3}\n\n"
          + Self.frame("caught_up", "e-2"))
    }
    defer { server.close() }
    let run = CommandRun("tail abc --view raw --socket \(server.socketPath)")
    #expect(run.output == "{\"a\": 1}\n")
    #expect(run.remarks == ["── 3 bytes are not a record"])
  }

  @Test(
    "The server's refusals are exit codes",
    arguments: [(400, 2), (401, 5), (403, 5), (404, 4), (421, 5), (429, 5), (500, 1), (501, 1)])
  func refusals(status: Int, code: Int32) {
    let server = FakeServer { _, _ in
      FakeServer.json(#"{"error":{"code":"NO","message":"not\u001b that way"}}"#, status: status)
    }
    defer { server.close() }
    for command in ["tail abc", "ls", "openapi"] {
      let run = CommandRun("\(command) --socket \(server.socketPath)")
      #expect(run.code == code, "\(command)")
      #expect(run.remarks == ["not␛ that way (NO)"], "\(command)")
    }
  }

  @Test("The run file leads to the server; status shows what /health says")
  func status() {
    let health =
      #"{"status":"degraded","version":"0.1","pid":PID,"uptime_secs":7300,"database":{"status":"degraded","reason":"disk full"},"tail":{"mode":"inotify","watches":3,"watch_limit":9,"files":2,"lag_bytes":0,"overflows":0},"streams":{"sse":1,"ws":2}}"#
    let server = FakeServer { _, _ in
      FakeServer.json(health.split(separator: "PID").joined(separator: "\(getpid())"))
    }
    defer { server.close() }
    server.writeRunFile()
    let run = CommandRun("status", state: server.directory)
    #expect(run.code == 0)
    #expect(
      run.output == """
        status     degraded
        process    \(getpid()), version 0.1
        up         2h
        url        http://u
        socket     \(server.socketPath)
        tail       inotify, 2 files, 3 of 9 watches, 0 bytes behind
        streams    1 SSE, 2 WebSocket
        database   degraded: disk full

        """)
    #expect(CommandRun("status --json", state: server.directory).output.hasPrefix("{\"status\":\"degraded\""))
  }

  @Test("An unhealthy server is a failure that is shown")
  func unhealthy() {
    let server = FakeServer { _, _ in FakeServer.json(#"{"status":"unhealthy"}"#, status: 503) }
    defer { server.close() }
    let run = CommandRun("status --socket \(server.socketPath)")
    #expect(run.code == 1)
    #expect(run.output == "status     unhealthy\n")
  }

  @Test("stop asks and waits until the process is gone")
  func stop() throws {
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
    defer { arguments.forEach { free($0) } }
    try #require(posix_spawnp(&pid, "sleep", nil, nil, &arguments, environ) == 0)
    let child = pid
    let server = FakeServer { _, _ in
      kill(child, SIGKILL)
      return FakeServer.json("{}", status: 202)
    }
    defer {
      server.close()
      waitpid(child, nil, 0)
    }
    server.writeRunFile(pid: child)
    let run = CommandRun("stop", state: server.directory)
    #expect(run.code == 0)
    #expect(run.output == "stopped\n")
    #expect(server.targets == ["POST /shutdown"])
  }
}
