import Testing
import Wire

@testable import StreamServer

@Suite struct BodyTests {
  private func body(_ json: String) throws -> Body {
    Body(try #require(JSONSlice(validating: Array(json.utf8))))
  }

  @Test("A field is found by its name, its camelCase form and its aliases; null is nothing")
  func names() throws {
    let body = try body(#"{"sessionId":"a-1","prompt":"hi","title":null}"#)
    #expect(try body.id("session_id") == "a-1")
    #expect(try body.text("message", "prompt", maximum: 10) == "hi")
    #expect(try body.text("title", maximum: 10) == nil)
    #expect(try body.flag("absent") == nil)
  }

  @Test(
    "A field of another form is refused by its name",
    arguments: [
      #"{"n":1.5}"#, #"{"n":"1"}"#, #"{"n":11}"#, #"{"n":[]}"#, #"{"n":true}"#,
    ])
  func wrongNumber(_ json: String) throws {
    let problem = #expect(throws: Problem.self) { try body(json).number("n", in: 0...10) }
    #expect(problem?.code == .validationError)
    #expect(problem?.details?["field"]?.string == "n")
  }

  @Test("A text has a length, a required one says something, an inner one is named by its path")
  func texts() throws {
    let body = try body(#"{"t":"four","blank":" ","target":{"url":7},"list":["a",1]}"#)
    #expect(throws: Problem.self) { try body.text("t", maximum: 3) }
    #expect(throws: Problem.self) { try body.requiredText("blank", maximum: 3) }
    #expect(throws: Problem.self) { try body.requiredText("absent", maximum: 3) }
    #expect(throws: Problem.self) { try body.texts("list", most: 5, maximum: 5) }
    #expect(throws: Problem.self) { try body.texts("list", most: 1, maximum: 5) }
    let target = try #require(try body.object("target"))
    let problem = #expect(throws: Problem.self) { try target.text("url", maximum: 9) }
    #expect(problem?.details?["field"]?.string == "target.url")
  }
}
