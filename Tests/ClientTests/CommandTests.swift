import Glibc
import Testing
import Wire

@testable import Client

/// Files that answer with what they were given.
struct FakeTranscripts: LocalTranscripts {
  var events: [StreamEvent] = []

  func list(_ query: SessionQuery) throws(LocalFault) -> [UInt8] {
    Array("{\"sessions\":[{\"id\":\"local-1\",\"title\":\"a\\u001b[2J\"}],\"total\":1}".utf8)
  }
  func search(_ query: SearchQuery) throws(LocalFault) -> [UInt8] {
    Array(
      "{\"results\":[{\"type\":\"session\",\"id\":\"local-1\",\"title\":\"t\",\"highlights\":[\"\(query.words)!\"]}],\"total\":1}"
        .utf8)
  }
  func read(_ request: TailRequest, deliver: (StreamEvent) -> Bool) throws(LocalFault) {
    if request.session != "local-1" { throw .unknownSession(request.session) }
    for event in events where !deliver(event) { return }
  }
}

/// One run of a command against a fake server, or none.
struct CommandRun {
  var code: Int32
  var output: String
  var remarks: [String]

  init(
    _ line: String, state: String = "/nonexistent/state", local: FakeTranscripts = FakeTranscripts(),
    isTerminal: Bool = false
  ) {
    final class Recorder {
      var output: [UInt8] = []
      var remarks: [String] = []
    }
    let recorder = Recorder()
    let command = TailcastCommand(
      version: "1.2.3",
      output: Output(
        isTerminal: isTerminal, write: { recorder.output += $0 }, remark: { recorder.remarks.append($0) }),
      serve: { $0.listen.port == 7 ? 0 : 9 }, local: { _ in local })
    let surroundings = Surroundings(environment: [:], home: "/nonexistent")
    code = command.run(
      arguments: line.split(separator: " ").map(String.init) + ["--state", state], surroundings: surroundings)
    output = String(decoding: recorder.output, as: UTF8.self)
    remarks = recorder.remarks
  }
}

@Suite("Commands without a server")
struct OfflineTests {
  @Test("ls, search and tail read the files")
  func local() {
    let list = CommandRun("ls")
    #expect(list.code == 0)
    #expect(list.output.contains("local-1") && list.output.contains("a␛[2J"))
    #expect(CommandRun("search two words").output.contains("  two words!"))
    let event = StreamEvent(
      name: "message", id: "e-1", data: Array(#"{"role":"user","blocks":[{"type":"text","text":"hi"}]}"#.utf8)
    )
    let local = FakeTranscripts(events: [
      event, StreamEvent(name: "caught_up", id: "e-1", data: Array("{}".utf8)), event,
    ])
    #expect(CommandRun("tail local-1", local: local).output == "user: hi\n")
    #expect(
      CommandRun("tail local-1 --json", local: local).output
        == #"{"event":"message","id":"e-1","data":{"role":"user","blocks":[{"type":"text","text":"hi"}]}}"#
        + "\n"
        + #"{"event":"caught_up","id":"e-1","data":{}}"# + "\n")
    #expect(CommandRun("tail nobody").code == 4)
  }

  @Test("Commands that need a server say that none runs", arguments: ["status", "stop", "openapi"])
  func notRunning(command: String) {
    let run = CommandRun(command)
    #expect(run.code == 3)
    #expect(run.remarks.first?.contains("no server runs") == true)
  }

  @Test("A server that was named and does not answer is not replaced by files")
  func explicit() {
    for line in [
      "ls --socket /nonexistent/s", "tail local-1 --socket /nonexistent/s",
      "search x --url http://127.0.0.1:1",
    ] {
      #expect(CommandRun(line).code == 3, "\(line)")
    }
  }

  @Test("A run file of a process that is gone, or of another one, is no server")
  func staleRunFile() {
    let folder = TemporaryFolder.make()
    TemporaryFolder.write(folder + "/run.json", "{\"pid\":\(Int32.max),\"socket\":\"/nonexistent/s\"}")
    #expect(CommandRun("status", state: folder).code == 3)
    TemporaryFolder.write(folder + "/run.json", "{\"pid\":\(getpid()),\"socket\":\"/nonexistent/s\"}")
    #expect(CommandRun("ls", state: folder).output.contains("local-1"))
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

  @Test("What is not built says so")
  func unbuilt() {
    #expect(CommandRun("version").output == "tailcast 1.2.3\n")
    let run = CommandRun("mcp")
    #expect(run.code == 1)
    #expect(run.remarks.first?.contains("not built yet") == true)
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

  @Test("search sends the words encoded and shows highlights")
  func search() {
    let server = FakeServer { _, _ in FakeServer.json(#"{"results":[],"total":0}"#) }
    defer { server.close() }
    #expect(CommandRun("search a&b=č --socket \(server.socketPath)").remarks == ["nothing found"])
    #expect(server.targets == ["GET /api/v1/search?q=a%26b%3D%C4%8D&limit=20"])
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
