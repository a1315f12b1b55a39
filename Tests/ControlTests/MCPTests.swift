import Glibc
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite("MCP servers")
struct MCPTests {
  /// A program that ends without reading is no reason to end, as in main.
  init() { signal(SIGPIPE, SIG_IGN) }

  /// A server as a list of results, by method and in order; notes what it is told.
  private actor Script: MCPChannel {
    private var results: [String: [String]]
    private(set) var told: [String] = []
    private(set) var revision: String?

    init(_ results: [String: [String]]) { self.results = results }

    func exchange(_ message: [UInt8], id: Int?) throws(MCPFault) -> JSONSlice? {
      let json = JSONSlice(validating: message) ?? .null
      let method = json["method"]?.string ?? ""
      told.append(method)
      guard let id else { return nil }
      guard json["id"]?.int == Int64(id), results[method]?.isEmpty == false,
        let next = results[method]?.removeFirst()
      else { throw .tookTooLong }
      return JSONSlice(validating: Array(#"{"jsonrpc":"2.0","id":\#(id),\#(next)}"#.utf8))
    }

    func agreed(on revision: String) { self.revision = revision }
    func close() {}
  }

  private static let hello =
    #""result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"n","version":"1"}}"#

  @Test("A conversation begins with the handshake and reads a list to its last page")
  func lists() async throws {
    let script = Script([
      "initialize": [Self.hello],
      "tools/list": [
        #""result":{"tools":[{"name":"a"}],"nextCursor":"2"}"#, #""result":{"tools":[{"name":"b"},7]}"#,
      ],
    ])
    var conversation = MCPConversation(script, version: "1")
    let server = try await conversation.begin()
    #expect(server.name == "n" && server.revision == "2025-06-18")
    #expect(await script.revision == "2025-06-18")
    let tools = try await conversation.list("tools").map { $0["name"]?.string }
    #expect(tools == ["a", "b"])
    #expect(await script.told == ["initialize", "notifications/initialized", "tools/list", "tools/list"])
  }

  @Test(
    "What a server must not answer is a failure that says what it was",
    arguments: [
      (#""error":{"code":-32602,"message":"no"}"#, "the error -32602: no"), (#""result":7"#, "no result"),
      (#""result":{}"#, "no protocolVersion"), (#""result":{"protocolVersion":"1999-01-01"}"#, "1999-01-01"),
    ])
  func broken(_ answer: String, _ words: String) async throws {
    var conversation = MCPConversation(Script(["initialize": [answer]]), version: "1")
    var fault: MCPFault?
    do throws(MCPFault) { _ = try await conversation.begin() } catch { fault = error }
    let reason = if case .failed(let reason) = fault { reason } else { "" }
    #expect(reason.contains(words), "\(reason)")
  }

  @Test("A list that never ends is not read for ever")
  func endless() async throws {
    let page = #""result":{"tools":[],"nextCursor":"more"}"#
    let script = Script(["tools/list": Array(repeating: page, count: 1000)])
    var conversation = MCPConversation(script, version: "1")
    do throws(MCPFault) {
      _ = try await conversation.list("tools")
      Issue.record("it ended")
    } catch {
      #expect(error == .failed("tools/list: the list does not end"))
    }
  }

  @Test(
    "The answer of an HTTP server is found in JSON and in a stream of events",
    arguments: [
      #"{"id":7,"result":{}}"#, #"[{"id":6,"result":{}},{"id":7,"result":{}}]"#,
      "event: message\r\ndata: {\"id\":7,\"result\":{}}\r\n\r\n",
      ": hello\n\ndata: {\"method\":\"x\",\"id\":7}\n\nid: 1\ndata: {\"id\":7,\ndata: \"result\":{}}\n\n",
    ])
  func replies(_ body: String) {
    #expect(MCPReply.find(7, in: Array(body.utf8))?["result"] != nil)
    #expect(MCPReply.find(8, in: Array(body.utf8)) == nil)
  }

  @Test("An event is whole at its blank line only")
  func whole() {
    #expect(MCPReply.isWhole(Array("data: 1\n\n".utf8)) && MCPReply.isWhole(Array("data: 1\r\n\r\n".utf8)))
    #expect(!MCPReply.isWhole(Array("data: 1\n".utf8)) && !MCPReply.isWhole([]))
  }

  @Test("A server is a program or an address, not both and not neither")
  func target() async throws {
    let fixture = try await Fixture()
    for (body, status) in [
      ("{}", 400), (#"{"command":"cat","url":"http://example.org"}"#, 400), (#"{"id":"none"}"#, 404),
      (#"{"command":"no-such-program"}"#, 502), (#"{"command":"false"}"#, 502), (#"{"url":"ftp://a"}"#, 422),
      (#"{"url":"http://127.0.0.1:9/"}"#, 422), (#"{"url":"http://a.example","headers":{"A B":"c"}}"#, 400),
      (#"{"url":"http://a.example","headers":{"A":"b\nc"}}"#, 400),
    ] {
      let answer = await fixture.ask(.post, "/api/v1/mcp-servers/connect", body: body)
      #expect(answer.status == status, "\(body) \(answer.text)")
    }
  }

  @Test("A program that says nothing is given up after its time")
  func silent() async throws {
    let fixture = try await Fixture { $0.mcp.timeout = .milliseconds(50) }
    let answer = await fixture.ask(
      .post, "/api/v1/mcp-servers/connect", body: #"{"command":"sleep","args":["1000"]}"#)
    #expect(answer.status == 504 && answer.text.contains("mcp.timeout"))
  }

  @Test("A recording's path stands where it is asked for, or last")
  func voiceArguments() {
    var rules = VoiceRules()
    rules.command = ["hear", "--fast"]
    #expect(rules.arguments("/a b") == ["--fast", "/a b"])
    rules.command = ["hear", "--in={file}", "-"]
    #expect(rules.arguments("/a b") == ["--in=/a b", "-"])
  }
}
