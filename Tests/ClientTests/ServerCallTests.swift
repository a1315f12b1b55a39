import Testing
import Wire

@testable import Client

@Suite("Commands that ask the server")
struct ServerCallTests {
  /// A server that says of each request what it answers, by its first line.
  static func server(_ answers: [String: String]) -> FakeServer {
    FakeServer { head, index in
      let line = head.split(separator: "\r\n")[0].split(separator: " ").dropLast().joined(separator: " ")
      guard let answer = answers["\(line) #\(index)"] ?? answers[line] else {
        return FakeServer.json(#"{"error":{"code":"NOTHING","message":"nothing at \#(line)"}}"#, status: 404)
      }
      let status = Int(answer.prefix(3)) ?? 200
      return FakeServer.json(String(answer.dropFirst(4)), status: status)
    }
  }

  func run(
    _ line: String, _ answers: [String: String], given: String = ""
  ) -> (CommandRun, [String], [String]) {
    let server = Self.server(answers)
    defer { server.close() }
    server.writeRunFile()
    let run = CommandRun(line, given: given, state: server.directory)
    return (run, server.targets, server.bodies)
  }

  @Test(
    "A command is one request, and its answer one line",
    arguments: [
      (
        "send s1 go on --id k", "POST /api/v1/sessions/s1/messages",
        #"{"message":"go on","client_message_id":"k"}"#, #"202 {"message_id":"m1"}"#, "m1\n"
      ),
      (
        "new /w --agent codex -m hi --tag a --tag b", "POST /api/v1/sessions",
        #"{"project_path":"/w","agent":"codex","tags":["a","b"],"message":"hi"}"#,
        #"201 {"session_id":"s9"}"#,
        "s9\n"
      ),
      (
        "keys s1 ctrl-c -n 2", "POST /api/v1/sessions/s1/keys", #"{"key":"ctrl","letter":"c","count":2}"#,
        #"200 {"key":"ctrl"}"#, "ctrl was pressed\n"
      ),
      ("kill s1", "DELETE /api/v1/sessions/s1", "", "204 ", "s1 has ended\n"),
      ("kill s1 --purge", "DELETE /api/v1/sessions/s1?purge=true", "", "204 ", "s1 has ended\n"),
      (
        "fork s1 --title t", "POST /api/v1/sessions/s1/fork", #"{"title":"t"}"#, #"201 {"session_id":"f"}"#,
        "f\n"
      ),
      ("answer s1 2", "POST /api/v1/sessions/s1/answer", #"{"option":2}"#, #"200 {"status":"ok"}"#, "ok\n"),
      (
        "memory save --type gotcha x y", "POST /api/v1/memory/save", #"{"text":"x y","type":"gotcha"}"#,
        #"201 {"id":3,"title":"x"}"#, "3  x\n"
      ),
      (
        "settings set tts.enabled=true a=b", "PATCH /api/v1/settings", #"{"tts.enabled":true,"a":"b"}"#,
        #"200 {"tts":{"enabled":true},"a":"b"}"#, "tts.enabled  true\na            b\n"
      ),
      ("settings get tts.enabled", "GET /api/v1/settings", "", #"200 {"tts":{"enabled":true}}"#, "true\n"),
      (
        "access new laptop", "POST /api/v1/auth/keys", #"{"name":"laptop"}"#, #"201 {"key":"tc_1"}"#, "tc_1\n"
      ),
      (
        "hooks add http://e/x --id a --type session.* --property a=b --ttl 2h --replace",
        "POST /api/v1/hooks/contracts?replace=true",
        #"{"id":"a","target":{"url":"http://e/x"},"type_criterion":{"pattern":"session.*"},"#
          + #""properties":{"a":{"pattern":"b"}},"ttl_seconds":7200}"#, #"201 {"id":"a"}"#, "a\n"
      ),
    ])
  func one(line: String, target: String, body: String, answer: String, output: String) {
    let (run, targets, bodies) = run(line, [target: answer])
    #expect(run.code == 0, "\(run.remarks)")
    #expect(targets == [target])
    #expect(bodies == [body])
    #expect(run.output == output)
  }

  @Test("Text comes from standard input where none is given", arguments: ["send s1", "send s1 -"])
  func input(line: String) {
    let (run, _, bodies) = run(
      line, ["POST /api/v1/sessions/s1/messages": #"202 {"message_id":"m"}"#], given: "a \"b\"\nc\n")
    #expect(run.code == 0)
    #expect(bodies == [#"{"message":"a \"b\"\nc"}"#])
  }

  @Test("With --json the answer is shown as it came, and nothing beside it")
  func json() {
    let (run, _, _) = run("send s1 hi --json", ["POST /api/v1/sessions/s1/messages": #"202 {"x":[1, 2]}"#])
    #expect(run.output == "{\"x\":[1, 2]}\n")
    let (killed, _, _) = self.run("kill s1 --json", ["DELETE /api/v1/sessions/s1": "204 "])
    #expect(killed.output == "{}\n")
  }

  @Test("A list is a table, and an empty one is told beside the output")
  func table() {
    let path = "GET /api/v1/hooks/deliveries?state=failed"
    let row =
      #"{"id":"e-d1","contract_id":"c","type":"a.b","state":"failed","attempts":2,"status":500,"reason":"x\u001b"}"#
    let (run, _, _) = run("hooks deliveries --status failed", [path: #"200 {"deliveries":[\#(row)]}"#])
    #expect(run.output.contains("e-d1  c         a.b    failed  2           500     x␛\n"), "\(run.output)")
    let (empty, _, _) = self.run("hooks deliveries --status failed", [path: #"200 {"deliveries":[]}"#])
    #expect(empty.output.isEmpty && empty.remarks == ["nothing found"] && empty.code == 0)
  }

  @Test("What was asked for is waited for, and its failure is the command's")
  func waits() {
    let answers = [
      "POST /api/v1/sessions/s1/revive": #"202 {"operation_id":"o/1","state":"running"}"#,
      "GET /api/v1/operations/o%2F1 #1": #"200 {"state":"running"}"#,
      "GET /api/v1/operations/o%2F1 #2": #"200 {"state":"failed","error":{"message":"no \u001bagent"}}"#,
    ]
    let (failed, targets, _) = run("revive s1", answers)
    #expect(failed.code == 1)
    #expect(failed.remarks == ["no ␛agent"])
    #expect(targets.count == 3)
    let (done, _, _) = run(
      "send s1 hi --wait --json",
      [
        "POST /api/v1/sessions/s1/messages": #"202 {"session_id":"s1","message_id":"m","state":"queued"}"#,
        "GET /api/v1/sessions/s1/messages/m #1": #"200 {"state":"delivered"}"#,
        "GET /api/v1/sessions/s1/messages/m #2": #"200 {"state":"seen"}"#,
      ])
    #expect(done.code == 0 && done.output == "{\"state\":\"seen\"}\n")
  }

  @Test("Several things end with the first that fails, and say what was done")
  func several() {
    let (run, targets, _) = run("kill a b c", ["DELETE /api/v1/sessions/a": "204 "])
    #expect(run.code == 4)
    #expect(run.output == "a has ended\n")
    #expect(targets.count == 2)
  }

  @Test("A setting that is not there is not found")
  func absent() {
    let (run, _, _) = run("settings get a.b", ["GET /api/v1/settings": #"200 {"a":1}"#])
    #expect(run.code == 4)
    #expect(run.remarks == ["there is no a.b"])
  }

  @Test(
    "Without a server they say that none runs",
    arguments: ["send a b", "new", "kill a", "hooks contracts", "settings ls", "access ls", "memory save x"])
  func notRunning(line: String) {
    #expect(CommandRun(line).code == 3)
  }
}
