import TestSupport
import Testing
import Wire

@testable import Tail

@Suite("Media by reference")
struct MediaTests {
  @Test(
    "The index of a shown medium finds its bytes again",
    arguments: [
      (
        AgentKind.claude,
        #"{"type":"user","uuid":"u","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUFB"}}]},{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"QkJC"}}]}}"#,
        ["QUFB", "QkJC"]
      ),
      (
        .codex,
        #"{"type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"data:image/png;base64,QUFB"},{"type":"input_image","image_url":"data:image/webp;base64,QkJC"}]}}"#,
        ["QUFB", "QkJC"]
      ),
      (
        .codex,
        #"{"type":"event_msg","payload":{"type":"user_message","message":"x","images":["data:image/png;base64,QUFB"]}}"#,
        ["QUFB"]
      ),
      (
        .gemini,
        #"{"$set":{"messages":[{"id":"a","type":"user","content":[{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"QUFB"}}]},{"id":"b","type":"user","content":[{"inlineData":{"mimeType":"application/pdf","data":"QkJC"}}]}]}}"#,
        ["QUFB", "QkJC"]
      ),
      (
        .jsonl,
        #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image\/png;base64,QUFB"}}]}"#,
        ["QUFB"]
      ),
    ])
  func index(agent: AgentKind, line: String, expected: [String]) throws {
    let record = records([line])[0]
    let shown = decode(agent, [record])[0].flatMap(\.media)
    #expect(shown.map(\.index) == Array(expected.indices))
    for (media, base64) in zip(shown, expected) {
      let found = try #require(decodeMedia(agent: agent, record: record.json, index: media.index))
      #expect(found.base64.string == base64)
      #expect(found.mediaType == media.mediaType)
      #expect(media.encodedBytes == base64.utf8.count)
    }
    #expect(decodeMedia(agent: agent, record: record.json, index: expected.count) == nil)
    #expect(decodeMedia(agent: agent, record: record.json, index: -1) == nil)
  }

  @Test("An image by address is its address")
  func address() {
    #expect(
      conversation(
        .claude,
        #"{"type":"user","message":{"content":[{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]}}"#
      )
        == [#"user text "https://x/y.png""#, "turn started"])
  }

  @Test("Every medium of a session with history is found without history", arguments: ["claude", "codex"])
  func generated(format: String) throws {
    guard
      let bytes = Samples.generate(
        "gen --format \(format) --seed 5 --lines 300 --image-rate 0.3 --max-line 20000")
    else { return }
    let agent = try #require(AgentKind(rawValue: format))
    let all = records(of: bytes)
    var count = 0
    for (record, events) in zip(all, decode(agent, all)) {
      for media in events.flatMap(\.media) {
        let found = decodeMedia(agent: agent, record: record.json, index: media.index)
        #expect(found?.base64.string?.utf8.count == media.encodedBytes)
        count += 1
      }
    }
    #expect(count > 5)
  }
}
