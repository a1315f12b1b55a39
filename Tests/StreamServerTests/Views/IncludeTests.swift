import StreamServer
import Tail
import Testing
import Wire

@Suite("What include chooses")
struct IncludeTests {
  @Test("Names are parsed, an unknown one is refused, hidden alone adds to the standard")
  func parameter() {
    #expect(Include(parameter: "text,tools") == [.text, .tools])
    #expect(Include(parameter: "text,thinking,tools,activity,meta,hidden")?.rawValue == 63)
    #expect(Include(parameter: "hidden") == [.text, .thinking, .tools, .hidden])
    #expect(Include(parameter: "") == [])
    #expect(Include(parameter: "text,Text") == nil)
    #expect(Include(parameter: "text, tools") == nil)
  }

  @Test("Raw has one variant, whatever is asked for")
  func rawVariant() {
    let one = Variant(view: .raw, include: .meta, transport: .webSocket)
    #expect(one == Variant(view: .raw, transport: .webSocket))
  }

  @Test("Blocks that are not wanted are left out, and a message without blocks is not sent")
  func filtered() {
    let event = message(.assistant, [.text(string("t")), .thinking(string("h")), call("c")])
    #expect(render(.events, .text, event)[0].contains("thinking") == false)
    #expect(render(.events, .thinking, event)[0].contains(#""blocks":[{"type":"thinking","text":"h"}]"#))
    #expect(render(.events, .meta, event) == [])
    #expect(render(.ui, .tools, event).count == 3)
  }

  @Test("Injected text is shown only on request")
  func hidden() {
    let event = message(.user, [.text(string("<system-reminder>"))]) { $0.hidden = true }
    for view in [ViewKind.events, .ui] {
      #expect(render(view, event) == [])
      #expect(render(view, [.standard, .hidden], event).count == 1)
    }
    #expect(render(.events, [.text, .hidden], event)[0].contains(#""hidden":true"#))
  }

  @Test("Ids are the same for every choice", arguments: [ViewKind.events, .ui, .agent])
  func sameIDs(view: ViewKind) {
    let events: [TranscriptEvent] = [
      message(.user, [.text(string("q"))]),
      message(.user, [.text(string("i"))], uuid: "u2") { $0.hidden = true },
      message(.assistant, [.thinking(string("h")), .text(string("t")), call("c1")], uuid: "u3"),
      .activity(Activity(kind: "bash", text: string("x"))), .turn(Turn(.ended)),
      message(
        .user, [result("c1", [.media(Media(mediaType: "image/png", encodedBytes: 4, index: 0))])], uuid: "u4"),
    ]
    var all = ViewEncoder(view: view, include: Include(rawValue: 63), sessionID: "s1")
    let known = all.frames(at: line, record: nil, events: events).filter { $0.id != nil }
    for bits in UInt8(0)..<64 {
      var encoder = ViewEncoder(view: view, include: Include(rawValue: bits), sessionID: "s1")
      let frames = encoder.frames(at: line, record: nil, events: events).filter { $0.id != nil }
      var rest = known[...]
      for frame in frames {
        rest = rest.drop { $0.id != frame.id }
        #expect(rest.isEmpty == false, "include \(bits) has an id \(frame.golden) that is out of order")
      }
    }
  }
}
