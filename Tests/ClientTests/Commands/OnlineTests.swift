import Glibc
import Testing
import Wire

@testable import Client

@Suite("Commands against a server")
struct OnlineTests {
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
