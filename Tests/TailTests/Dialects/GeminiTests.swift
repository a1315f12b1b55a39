import Testing
import Wire

@testable import Tail

@Suite("Gemini records")
struct GeminiTests {
  private let head = #"{"sessionId":"s","projectHash":"h","startTime":"T","lastUpdated":"T","kind":"main"}"#
  private func user(_ id: String, _ text: String) -> String {
    #"{"id":"\#(id)","timestamp":"T","type":"user","content":[{"text":"\#(text)"}]}"#
  }
  private func model(_ id: String, _ text: String, _ more: String = "") -> String {
    #"{"id":"\#(id)","timestamp":"T","type":"gemini","content":"\#(text)"\#(more),"model":"g"}"#
  }
  private func call(_ status: String, _ output: String = "") -> String {
    let result =
      output.isEmpty ? "" : #","result":[{"functionResponse":{"response":{"output":"\#(output)"}}}]"#
    return #","toolCalls":[{"id":"c1","name":"ls","args":{"p":1},"status":"\#(status)"\#(result)}]"#
  }

  @Test("A message that is written again tells only what changed")
  func upserts() {
    let tokens = #","tokens":{"total":5}"#
    #expect(
      conversation(
        .gemini, head, user("u", "hi"), model("m", "ok"), model("m", "ok"), model("m", "ok", tokens),
        model("m", "ok", tokens + call("awaiting_approval")),
        model("m", "ok", tokens + call("success", "out")),
        model("m", "ok!", tokens + call("success", "out")))
        == [
          #"user text "hi""#, "turn started", #"assistant text "ok""#, #"usage {"total":5}"#,
          #"update m [1] assistant text "ok" call c1 ls {"p":1}"#, #"activity c1 approval "ls""#,
          #"update m [2] assistant text "ok" call c1 ls {"p":1} result c1 "out""#,
          #"update m [0] assistant text "ok!" call c1 ls {"p":1} result c1 "out""#,
        ])
  }

  @Test("A thought that comes later changes nothing behind it")
  func laterThought() {
    let thought = #","thoughts":[{"subject":"Plan","description":"do it"}]"#
    #expect(
      conversation(.gemini, model("m", "ok"), model("m", "ok", thought)).last
        == #"update m [0] assistant thinking "Plan: do it" text "ok""#)
  }

  @Test("Failures and cancelled calls are failures", arguments: ["error", "cancelled"])
  func failures(status: String) {
    #expect(
      conversation(.gemini, model("m", "", call(status, "x"))) == [
        #"assistant call c1 ls {"p":1} failure c1 "x""#
      ])
  }

  @Test("A rewind takes back a message and all after it; what comes then is new")
  func rewind() {
    #expect(
      conversation(.gemini, head, user("u", "a"), model("m", "b"), #"{"$rewindTo":"m"}"#, model("m", "b"))
        .suffix(2)
        == ["retract m", #"assistant text "b""#])
    #expect(
      conversation(.gemini, head, user("u", "a"), model("m", "b"), #"{"$rewindTo":"never"}"#).last
        == "retract u")
  }

  @Test("A list for the whole is compared with what was shown")
  func replaced() {
    func list(_ messages: String...) -> String {
      #"{"$set":{"messages":[\#(messages.joined(separator: ","))]}}"#
    }
    let start = [head, user("u", "a"), model("m", "b"), user("v", "c")]
    func after(_ last: String) -> [String] {
      decode(.gemini, records(start + [last])).last?.map(\.text) ?? []
    }
    #expect(after(list(user("u", "a"), model("m", "b"), user("v", "c"))) == [])
    #expect(
      after(list(user("u", "a"), model("m", "B"), user("v", "c"))) == [#"update m [0] assistant text "B""#])
    #expect(after(list(user("u", "a"), model("m", "b"))) == ["retract v"])
    #expect(
      after(list(user("u", "a"), user("w", "d"))) == ["retract m", #"user text "d""#, "turn started"])
    #expect(after(list(user("z", "sum"))) == ["retract u", #"user text "sum""#, "turn started"])
    #expect(after(list()) == ["retract u"])
  }

  @Test("Notices and values")
  func notices() {
    #expect(
      read(
        .gemini, head, #"{"$set":{"summary":"Title","lastUpdated":"T"}}"#,
        #"{"id":"n","type":"error","content":"quota"}"#, #"{"id":"x","type":"odd"}"#)
        == [
          #"session = "s""#, #"kind = "main""#, #"title = "Title""#,
          #"notice = {"level":"error","text":"quota"}"#,
          "unknown odd",
        ])
  }

  @Test("Held messages are bounded; a repeat of a forgotten one is shown again")
  func bounded() {
    var decoder = TranscriptDecoder(agent: .gemini, limits: DecoderLimits(heldMessages: 4))
    for record in records((0..<6).map { user("u\($0)", "x") }) { _ = decoder.decode(record) }
    let again = decoder.decode(records([user("u0", "x")])[0])
    #expect(again.map(\.text) == [#"user text "x""#, "turn started"])
    let repeated = decoder.decode(records([user("u5", "x")])[0])
    #expect(repeated.isEmpty)
  }

  @Test("A document gives its messages ordinals and its changes by comparison")
  func document() throws {
    func document(_ messages: String...) throws -> GeminiDocument {
      let text = #"{ "sessionId": "s", "summary": "T", "messages": [\#(messages.joined(separator: ",\n"))] }"#
      let json = try #require(JSONSlice(validating: Array(text.utf8)))
      return try #require(GeminiDocument(document: json))
    }
    let first = try document(user("u", "a"), model("m", "b"))
    #expect(first.records.map(\.end) == [1, 2])
    #expect(first.id(at: 1) == "m")
    #expect(first.meta.map(\.text) == [#"session = "s""#, #"title = "T""#])
    #expect(first.changes(since: .empty).added == 0..<2)
    #expect(first.changes(since: first.digest).isEmpty)
    let grown = try document(user("u", "a"), model("m", "B"), user("v", "c")).changes(since: first.digest)
    #expect(grown == GeminiDocument.Changes(retracted: nil, changed: [1], added: 2..<3))
    let cut = try document(user("u", "a"), user("w", "c")).changes(since: first.digest)
    #expect(cut == GeminiDocument.Changes(retracted: "m", changed: [], added: 1..<2))
    #expect(
      decode(.gemini, first.records + [GeminiDocument.rewind(to: "m", at: 1)]).last?.map(\.text) == [
        "retract m"
      ])
    #expect(GeminiDocument(document: JSONSlice(Array("[]".utf8))) == nil)
  }
}
