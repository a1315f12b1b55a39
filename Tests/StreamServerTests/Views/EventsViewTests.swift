import StreamServer
import Tail
import Testing
import Wire

@Suite("The events view")
struct EventsViewTests {
  @Test("A message has the fields of STREAMS section 7, and those without a value are left out")
  func messageShape() {
    let full = message(
      .assistant, [.text(string("Hi \"there\"\n")), .thinking(string("hm")), call("c1")], step: "m1"
    ) {
      $0.model = "opus"
      $0.usage = json(#"{"input_tokens":3}"#)
      $0.parent = "u0"
      $0.sidechain = true
      $0.isError = true
    }
    #expect(
      render(.events, full) == [
        #"record message {"id":"9f3c21aa-18442","uuid":"u1","role":"assistant","blocks":["#
          + #"{"type":"text","text":"Hi \"there\"\n"},{"type":"thinking","text":"hm"},"#
          + #"{"type":"tool_use","id":"c1","name":"Bash","input":{"a":1}}],"#
          + #""timestamp":"2026-02-03T09:00:00Z","model":"opus","usage":{"input_tokens":3},"parent":"u0","#
          + #""sidechain":true,"is_error":true}"#
      ])
    let bare = TranscriptEvent.message(Message(role: .user, blocks: [.text(string("x"))]))
    #expect(
      render(.events, bare) == [
        #"record message {"id":"9f3c21aa-18442","role":"user","blocks":[{"type":"text","text":"x"}]}"#
      ])
  }

  @Test("A result is a string for one text and an array for anything else; images are references")
  func toolResults() {
    let media = Media(mediaType: "image/png", encodedBytes: 88, index: 2)
    let event = message(
      .user,
      [
        result("a"),
        result("b", [.text(string("x")), .media(media), .json(json(#"{"k":[1]}"#))], isError: true),
        result("c", []),
        .media(Media(kind: "document", mediaType: "application/pdf", encodedBytes: 9, index: 3)),
      ]
    ) { $0.timestamp = nil }
    let href = "/api/v1/sessions/s1/records/9f3c21aa-18442?block="
    #expect(
      render(.events, event) == [
        #"record message {"id":"9f3c21aa-18442","uuid":"u1","role":"user","blocks":["#
          + #"{"type":"tool_result","tool_use_id":"a","content":"ok","is_error":false},"#
          + #"{"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"x"},"#
          + #"{"type":"image","media_type":"image/png","bytes":88,"href":"\#(href)2"},{"k":[1]}],"is_error":true},"#
          + #"{"type":"tool_result","tool_use_id":"c","content":"","is_error":false},"#
          + #"{"type":"document","media_type":"application/pdf","bytes":9,"href":"\#(href)3"}]}"#
      ])
  }

  @Test("Every other event has the data of STREAMS section 4, and ids but where only the latest value counts")
  func otherEvents() {
    let everything: Include = [.standard, .activity, .meta]
    let changed = Message(role: .assistant, blocks: [.text(string("a")), .text(string("b"))])
    let damage = Damage(start: 5, length: 7, reason: .nulRun, recovered: true)
    let frames = render(
      .events, everything,
      .update(MessageUpdate(uuid: "g1", message: changed, changed: [1, 9])),
      .turn(Turn(.ended, reason: "done", durationMS: 12, usage: json(#"{"input_tokens":3}"#))),
      .compaction(Compaction(trigger: "auto", preTokens: 9, summary: string("sum"))),
      .compaction(Compaction()),
      .retract(Retract(from: "u7")), .retract(Retract(turns: 2)), .branch(parent: "u3"),
      .subagent(call: "c9", sessionID: "child"),
      .activity(Activity(call: "c1", kind: "bash", text: string("50 %"))),
      .meta(key: "title", value: string("T")), .usage(CallUsage(json(#"{"total":4}"#))),
      .unknown(type: "novel"),
      .damaged(damage))
    #expect(
      frames == [
        #".1 update {"id":"9f3c21aa-18442.1","uuid":"g1","blocks":[{"index":1,"type":"text","text":"b"}]}"#,
        #".2 turn {"state":"ended","reason":"done","duration_ms":12,"usage":{"input_tokens":3}}"#,
        #".3 compaction {"trigger":"auto","pre_tokens":9,"summary":"sum"}"#,
        #".4 compaction {"trigger":null}"#,
        #".5 retract {"from":"u7"}"#,
        #".6 retract {"from":null,"count":2}"#,
        #".7 branch {"parent":"u3"}"#,
        #"- subagent {"call":"c9","session_id":"child"}"#,
        #"- activity {"call":"c1","kind":"bash","text":"50 %"}"#,
        #"- meta {"key":"title","value":"T"}"#,
        #"- meta {"key":"usage","value":{"total":4}}"#,
        #"record damaged {"length":7,"reason":"nul_run","recovered":true,"#
          + #""href":"/api/v1/sessions/s1/records/9f3c21aa-18442"}"#,
      ])
  }

  @Test("A session's id is escaped in an address")
  func escapedAddress() {
    var encoder = ViewEncoder(view: .events, include: .standard, sessionID: "a/../b?c")
    let damage = TranscriptEvent.damaged(Damage(start: 0, length: 1, reason: .malformed, recovered: false))
    let frame = encoder.frames(at: line, record: nil, events: [damage])[0]
    #expect(frame.text.contains("/sessions/a%2F..%2Fb%3Fc/records/"))
  }

  @Test("A message holds no line break, however the record was laid out")
  func oneLine() {
    let event = message(.assistant, [call("c", "{\r\n\"a\" :\n1}")])
    #expect(render(.events, event).allSatisfy { !$0.contains { $0.isNewline } })
  }
}
