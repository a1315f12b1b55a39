import Testing

@testable import Tail

@Suite("Ids inside transcripts")
struct NativeIDTests {
  @Test(
    "The first session id of a head is found, whatever its spacing",
    arguments: [
      (#"{"sessionId":"abc-1","x":"y"}"#, "abc-1"),
      ("{\n  \"sessionId\" : \"abc-1\",\n", "abc-1"),
      (#"{"t":"\"sessionId\":\"no\"","sessionId":"yes"}"#, "yes"),
      (#"{"sessionId":"a","sessionId":"b"}"#, "a"),
      (#"{"sessionId":"a/b"}"#, "a-b"),
      (#"{"sessionId":""}"#, nil),
      (#"{"sessionId":null}"#, nil),
      (#"{"session":"a"}"#, nil),
      ("", nil),
    ])
  func heads(head: String, id: String?) {
    #expect(NativeID.find(in: Array(head.utf8)) == id)
  }

  @Test("A head cut before the end of the id has none; a cut id would be another session")
  func cuts() {
    let head = Array(#"{"k":1,"sessionId":"abcdef","m":[]}"#.utf8)
    let whole = head.count - #","m":[]}"#.utf8.count
    for end in 0...head.count {
      #expect(NativeID.find(in: Array(head[..<end])) == (end >= whole ? "abcdef" : nil), "cut at \(end)")
    }
  }
}
