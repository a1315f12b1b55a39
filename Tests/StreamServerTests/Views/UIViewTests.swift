import StreamServer
import Tail
import Testing
import Wire

@Suite("The ui view")
struct UIViewTests {
  @Test("A model call is a step; its text, reasoning and calls are parts with an id at their end")
  func assistant() {
    let events = message(
      .assistant, [.thinking(string("hm")), .text(string("Hi")), call("c1")], step: "m1"
    ) { $0.usage = json(#"{"output_tokens":2}"#) }
    #expect(
      render(.ui, events, .turn(Turn(.ended, durationMS: 5))) == [
        #"- {"type":"start-step"}"#,
        #"- {"type":"reasoning-start","id":"u1:0"}"#,
        #"- {"type":"reasoning-delta","id":"u1:0","delta":"hm"}"#,
        #".1 {"type":"reasoning-end","id":"u1:0"}"#,
        #"- {"type":"text-start","id":"u1:1"}"#,
        #"- {"type":"text-delta","id":"u1:1","delta":"Hi"}"#,
        #".2 {"type":"text-end","id":"u1:1"}"#,
        #"- {"type":"tool-input-start","toolCallId":"c1","toolName":"Bash","dynamic":true}"#,
        #".3 {"type":"tool-input-available","toolCallId":"c1","toolName":"Bash","input":{"a":1},"dynamic":true}"#,
        #"- {"type":"message-metadata","messageMetadata":{"usage":{"output_tokens":2}}}"#,
        #"- {"type":"finish-step"}"#,
        #"record {"type":"data-turn","id":"9f3c21aa-18442","data":{"state":"ended","durationMs":5}}"#,
      ])
  }

  @Test("A user's message is a data part that closes the step, and never text of the model")
  func user() {
    let image = Block.media(Media(mediaType: "image/png", encodedBytes: 4, index: 0))
    let said = message(.user, [.text(string("a")), .text(string("b")), image], uuid: "u2")
    #expect(
      render(.ui, message(.assistant, [.text(string("Hi"))]), said).suffix(3) == [
        #"- {"type":"finish-step"}"#,
        #".2 {"type":"data-user-message","id":"u2","data":{"text":"a\nb","timestamp":"2026-02-03T09:00:00Z","#
          + #""cursor":"9f3c21aa-18442.2"}}"#,
        #"record {"type":"file","url":"/api/v1/sessions/s1/records/9f3c21aa-18442?block=0","#
          + #""mediaType":"image/png"}"#,
      ])
  }

  @Test("What the system or another agent says is a data part too")
  func others() {
    let system = message(.system, [.text(string("s"))])
    #expect(render(.ui, system)[0].hasPrefix(#"record {"type":"data-system-message","id":"u1""#))
    let agent = message(.assistant, [.text(string("s"))]) { $0.author = "planner" }
    let text = render(.ui, agent)
    #expect(
      text.count == 1 && text[0].contains(#"data-agent-message"#) && text[0].contains(#""author":"planner""#))
  }

  @Test("A result follows its call; a failed one is an error with text; images come as files")
  func results() {
    let image = ResultPart.media(Media(mediaType: "image/png", encodedBytes: 4, index: 0))
    let failed = result("c2", [.text(string("no")), .json(json("[1]"))], isError: true)
    let href = "/api/v1/sessions/s1/records/9f3c21aa-18442?block=0"
    #expect(
      render(
        .ui, message(.assistant, [call("c1"), call("c2")]),
        message(.user, [result("c1", [.text(string("ok")), image]), failed])
      ).suffix(3) == [
        #".3 {"type":"tool-output-available","toolCallId":"c1","output":[{"type":"text","text":"ok"},"#
          + #"{"type":"image","media_type":"image/png","bytes":4,"href":"\#(href)"}],"dynamic":true}"#,
        #".4 {"type":"file","url":"\#(href)","mediaType":"image/png"}"#,
        #"record {"type":"tool-output-error","toolCallId":"c2","errorText":"no\n[1]","dynamic":true}"#,
      ])
  }

  @Test("A result whose call is unknown or answered is headed by its call")
  func orphans() {
    let orphan = result("x")
    #expect(
      render(.ui, message(.user, [orphan])) == [
        #"- {"type":"tool-input-available","toolCallId":"x","toolName":"unknown","input":{},"dynamic":true}"#,
        #"record {"type":"tool-output-available","toolCallId":"x","output":"ok","dynamic":true}"#,
      ])
    let again = render(
      .ui, message(.assistant, [call("x")]), message(.user, [orphan]), message(.user, [orphan]))
    #expect(
      again.suffix(2).first
        == #"- {"type":"tool-input-available","toolCallId":"x","toolName":"Bash","input":{"a":1},"dynamic":true}"#
    )
  }

  @Test("A tool that the provider ran says so")
  func providerExecuted() {
    let use = ToolUse(id: "w", name: "search", input: json("{}"), providerExecuted: true)
    let answer = ToolResult(toolUseID: "w", content: [], providerExecuted: true)
    let frames = render(.ui, message(.assistant, [.toolUse(use), .toolResult(answer)]))
    #expect(frames.dropFirst().allSatisfy { $0.hasSuffix(#""dynamic":true,"providerExecuted":true}"#) })
  }

  @Test("Steps follow the model call's id, or without one the tools' answers")
  func steps() {
    func steps(_ keys: [String?], answered: Bool) -> Int {
      var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: "s1")
      var frames: [Frame] = []
      for (index, key) in keys.enumerated() {
        if index > 0, answered {
          frames += encoder.frames(at: line, record: nil, events: [message(.user, [result("c")])])
        }
        let event = message(.assistant, [.text(string("t"))], uuid: "u\(index)", step: key)
        frames += encoder.frames(at: line, record: nil, events: [event])
      }
      return frames.count { $0.text.contains("start-step") }
    }
    #expect(steps(["a", "a", "b"], answered: false) == 2)
    #expect(steps(["a", "a"], answered: true) == 1)
    #expect(steps([nil, nil], answered: false) == 1)
    #expect(steps([nil, nil], answered: true) == 2)
  }

  @Test("An update adds new blocks as parts and tells of changed ones")
  func updates() {
    var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: "s1")
    _ = encoder.frames(at: line, record: nil, events: [message(.assistant, [.text(string("a"))], uuid: "g")])
    let now = Message(role: .assistant, blocks: [.text(string("b")), .text(string("c"))], uuid: "g")
    let update = MessageUpdate(uuid: "g", message: now, changed: [0, 1])
    let frames = encoder.frames(at: line, record: nil, events: [.update(update)]).map(\.golden)
    #expect(
      frames == [
        #".1 {"type":"data-message-update","id":"g:0","data":{"uuid":"g","index":0,"type":"text","text":"b","#
          + #""cursor":"9f3c21aa-18442.1"}}"#,
        #"- {"type":"text-start","id":"g:1"}"#, #"- {"type":"text-delta","id":"g:1","delta":"c"}"#,
        #"record {"type":"text-end","id":"g:1"}"#,
      ])
  }

  @Test("All else is data; what only counts now is transient")
  func data() {
    let failed = message(.assistant, [.text(string("529"))]) { $0.isError = true }
    let frames = render(
      .ui, [.standard, .activity, .meta], failed, .compaction(Compaction(trigger: "auto", preTokens: 9)),
      .retract(Retract(turns: 1)), .branch(parent: "p"), .subagent(call: "c", sessionID: "k"),
      .activity(Activity(kind: "hook", text: string("x"))), .meta(key: "mode", value: string("plan")),
      .usage(CallUsage(json("{}"))), .unknown(type: "n"),
      .damaged(Damage(start: 0, length: 2, reason: .tooLarge, recovered: false)))
    #expect(
      frames.dropFirst(4) == [
        #".2 {"type":"data-error","id":"u1","data":{"text":"529"}}"#,
        #".3 {"type":"data-compaction","id":"9f3c21aa-18442.3","data":{"trigger":"auto","preTokens":9}}"#,
        #".4 {"type":"data-retract","id":"9f3c21aa-18442.4","data":{"from":null,"count":1}}"#,
        #".5 {"type":"data-branch","id":"9f3c21aa-18442.5","data":{"parent":"p"}}"#,
        #"- {"type":"data-subagent","id":"k","data":{"toolCallId":"c","sessionId":"k"}}"#,
        #"- {"type":"data-activity","data":{"kind":"hook","text":"x"},"transient":true}"#,
        #"- {"type":"data-meta","data":{"key":"mode","value":"plan"},"transient":true}"#,
        #"record {"type":"data-damaged","id":"9f3c21aa-18442","data":{"length":2,"reason":"too_large","#
          + #""recovered":false,"href":"/api/v1/sessions/s1/records/9f3c21aa-18442"}}"#,
      ])
  }

  @Test("A stream that begins inside a step is headed by the step and the calls that wait")
  func preamble() {
    var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: "s1")
    _ = encoder.frames(
      at: line, record: nil, events: [message(.assistant, [call("a"), call("b"), result("a")])])
    #expect(
      encoder.preamble(messageID: "msg-s1", at: line).map(\.golden) == [
        #"record {"type":"start","messageId":"msg-s1"}"#, #"- {"type":"start-step"}"#,
        #"- {"type":"tool-input-available","toolCallId":"b","toolName":"Bash","input":{"a":1},"dynamic":true}"#,
      ])
    #expect(
      ViewEncoder.farewell(.toolCalls, hasOpenStep: encoder.hasOpenStep).map(\.golden) == [
        #"- {"type":"finish-step"}"#, #"- {"type":"finish","finishReason":"tool-calls"}"#, "- [DONE]",
      ])
    #expect(ViewEncoder(view: .raw, include: [], sessionID: "s").preamble(messageID: "m", at: line) == [])
  }

  @Test("After a turn its calls no longer wait")
  func settled() {
    var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: "s1")
    let events = [message(.assistant, [call("a")]), .turn(Turn(.aborted))]
    _ = encoder.frames(at: line, record: nil, events: events)
    #expect(encoder.preamble(messageID: "m", at: line).count == 1)
  }

  @Test("Of many open calls the oldest are forgotten, and a long input is kept as a reference")
  func bounded() {
    let limits = ViewLimits(rememberedCalls: 2, rememberedInputBytes: 10)
    var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: "s1", limits: limits)
    let calls = [call("a"), call("b"), call("c", #"{"long":"input"}"#)]
    _ = encoder.frames(at: line, record: nil, events: [message(.assistant, calls)])
    let open = encoder.preamble(messageID: "m", at: line).dropFirst(2).map(\.golden)
    #expect(open.count == 2)
    #expect(open[0].contains(#""toolCallId":"b""#) && open[1].contains(#""truncated":true"#))
  }
}
