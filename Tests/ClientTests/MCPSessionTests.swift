import Testing
import Wire

@testable import Client

@Suite("tailcast mcp")
struct MCPSessionTests {
  /// What was asked of the server, as `METHOD path?query body`.
  private final class Calls {
    var made: [String] = []
  }

  private let calls = Calls()

  private func session(_ failure: CommandFailure? = nil) -> MCPSession {
    MCPSession(version: "1.2.3") { [calls] call throws(CommandFailure) in
      let query = call.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
      let body = call.bodyBytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
      calls.made.append("\(call.method) \(call.path)?\(query) \(body)")
      if let failure { throw failure }
      return Array("{\"ok\":true}".utf8)
    }
  }

  private func answer(_ session: MCPSession, _ line: String) -> JSONSlice? {
    session.answer(Array(line.utf8)).flatMap { JSONSlice(validating: $0) }
  }

  private func call(_ session: MCPSession, _ tool: String, _ arguments: String) -> JSONSlice? {
    answer(
      session,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
    )
  }

  @Test(
    "A revision that is spoken is taken, for any other the newest is offered",
    arguments: [("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25")])
  func negotiation(_ asked: String, _ spoken: String) {
    let reply = answer(
      session(),
      #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\#(asked)"}}"#)
    #expect(reply?["id"]?.string == "a")
    #expect(reply?.member("result", "protocolVersion")?.string == spoken)
    #expect(reply?.member("result", "serverInfo", "version")?.string == "1.2.3")
    #expect(reply?.member("result", "capabilities", "tools")?.kind == .object)
  }

  @Test("Notifications and answers are not answered")
  func silent() {
    for line in [
      #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
      #"[{"jsonrpc":"2.0","method":"notifications/cancelled"}]"#,
    ] { #expect(session().answer(Array(line.utf8)) == nil, "\(line)") }
  }

  @Test(
    "What is no request is answered with JSON-RPC's code for it",
    arguments: [
      ("{", -32700), ("7", -32600), ("{}", -32600), (#"{"jsonrpc":"2.0","id":[],"method":"ping"}"#, -32600),
      (#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#, -32601),
      (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}"#, -32602),
    ])
  func refused(_ line: String, _ code: Int64) {
    #expect(answer(session(), line)?.member("error", "code")?.int == code)
    #expect(calls.made.isEmpty)
  }

  @Test("Several messages at once are answered together")
  func batch() {
    let reply = answer(
      session(), #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"nope"}]"#)
    #expect(reply?.elements.map { $0["id"]?.int } == [1, 2])
  }

  @Test("Every tool has a schema in which its arguments are, and a path that they fill")
  func tools() {
    let listed = answer(session(), #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)?.member(
      "result", "tools")
    #expect(listed?.elements.map { $0["name"]?.string } == MCPTool.all.map(\.name))
    for tool in MCPTool.all {
      let names = Set(tool.parameters.map(\.name))
      #expect(names.count == tool.parameters.count, "\(tool.name)")
      for part in tool.path.split(separator: "/") where part.hasPrefix("{") {
        #expect(tool.parameters.contains { "{\($0.name)}" == part && $0.isRequired }, "\(tool.name)")
      }
    }
    #expect(
      listed?.elements.first?.member("inputSchema", "properties", "active", "type")?.string == "boolean")
  }

  @Test("Arguments go where the route takes them, and the answer comes back as text")
  func calling() {
    let session = session()
    let reply = call(session, "read_messages", #"{"session_id":"s-1","limit":5,"include_tools":true}"#)
    #expect(reply?.member("result", "content")?.elements.first?["text"]?.string == "{\"ok\":true}")
    #expect(reply?.member("result", "isError")?.bool == false)
    _ = call(session, "send_message", #"{"session_id":"s","text":"a \"b\"\n"}"#)
    _ = call(session, "save_memory", #"{"text":"t","tags":["x","y"]}"#)
    _ = call(session, "list_sessions", "{}")
    #expect(
      calls.made == [
        "GET sessions/s-1/messages?limit=5&include_tools=true ",
        #"POST sessions/s/messages? {"text":"a \"b\"\n"}"#,
        #"POST memory/save? {"text":"t","tags":["x","y"]}"#,
        "GET sessions? ",
      ])
  }

  @Test(
    "Wrong arguments are told to the model and go nowhere",
    arguments: [
      ("get_session", "{}", "session_id is missing"),
      ("get_session", #"{"session_id":"../x"}"#, "session_id is no id"),
      ("search", #"{"query":"x"}"#, "there is no argument query"),
      ("search", #"{"q":"x","limit":101}"#, "limit must be a whole number from 1 to 100"),
      ("search_memory", #"{"query":"x","type":"poem"}"#, "type must be one of"),
      ("save_memory", #"{"text":"x","tags":[1]}"#, "tags must be a list of texts"),
      ("search", "[]", "an object"),
    ])
  func wrong(_ tool: String, _ arguments: String, _ reason: String) {
    let result = call(session(), tool, arguments)?["result"]
    #expect(result?["isError"]?.bool == true)
    #expect(result?["content"]?.elements.first?["text"]?.string?.contains(reason) == true)
    #expect(calls.made.isEmpty)
  }

  @Test("What the server refuses is told to the model")
  func failing() {
    let failing = session(CommandFailure(.notFound, "there is no session \"x\" (SESSION_NOT_FOUND)"))
    let result = call(failing, "get_session", #"{"session_id":"x"}"#)?["result"]
    #expect(result?["isError"]?.bool == true)
    #expect(result?["content"]?.elements.first?["text"]?.string?.contains("SESSION_NOT_FOUND") == true)
  }
}
