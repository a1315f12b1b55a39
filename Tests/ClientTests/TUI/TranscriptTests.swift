import TestSupport
import Testing
import Wire

@testable import Client

@Suite("The transcript that is held")
struct TranscriptTests {
  @Test("An answer stands with its call, whichever of them comes first")
  func answers() {
    let call = Events.message(1, Events.call("t1"))
    let answer = Events.message(2, role: "user", Events.result("t1", "done", isError: true))
    var forward = Transcript()
    forward.append([call, answer])
    #expect(forward.numbers.count == 1)
    #expect(forward[forward.first].blocks[0].answer?.text == "done")

    var backward = Transcript()
    backward.append([answer])
    #expect(backward[backward.first].blocks[0].kind == .result)
    let number = backward.first
    backward.prepend([Events.text(0), call])
    #expect(backward[number - 1].blocks[0].answer?.isError == true)
    #expect(backward[number].blocks.isEmpty, "its own place stays, with nothing in it")
    #expect(backward.numbers == (number - 2)..<(number + 1), "what is held keeps its number")
  }

  @Test("A message that changed is changed in its place")
  func updates() {
    var transcript = Transcript()
    transcript.append([Events.text(1), Events.text(2)])
    let version = transcript[0].version
    transcript.append([
      Events.event(
        "update", Events.cursor(3),
        #"{"id":"\#(Events.cursor(1))","blocks":[{"index":0,"type":"text","text":"new"},{"index":1,"type":"text","text":"more"}]}"#
      )
    ])
    #expect(transcript.texts == ["new", "more", "line 2"])
    #expect(transcript[0].version > version)
    #expect(transcript.last == Events.cursor(3))
  }

  @Test("Marks, damage and resets have lines of their own; the beginning of a turn has none")
  func marks() {
    var transcript = Transcript()
    transcript.append([
      Events.event("turn", "a", #"{"state":"started"}"#),
      Events.event("turn", "b", #"{"state":"ended","duration_ms":61000}"#),
      Events.event("turn", "c", #"{"state":"aborted","reason":"user"}"#),
      Events.event("damaged", "d", #"{"length":7,"reason":"invalid"}"#),
      Events.event("compaction", "e", #"{"trigger":"auto","pre_tokens":9,"summary":"what was"}"#),
      Events.event("meta", nil, #"{"key":"title","value":"x"}"#), Events.event("new kind", "f", "{}"),
    ])
    #expect(transcript.numbers.count == 4)
    #expect(transcript[3].blocks.first?.text == "what was")
    #expect(Aim.error.matches(transcript[1]) && Aim.error.matches(transcript[2]))
    #expect(!Aim.error.matches(transcript[0]))
  }

  @Test("What is held is bounded; what is looked at stays")
  func bounds() {
    var transcript = Transcript()
    transcript.append((0..<5000).map { Events.text($0) })
    same(transcript.bound(fromEnd: false, keeping: 4999), 1000)
    #expect(transcript.numbers == 1000..<5000)
    transcript.append([Events.message(5000, Events.result("t", String(repeating: "x", count: 49 << 20)))])
    same(transcript.bound(fromEnd: false, keeping: 4990), 3990, "by bytes as well")
    transcript.append((5001..<10_000).map { Events.text($0) })
    let last = transcript.last
    holds(transcript.bound(fromEnd: true, keeping: 4990) > 0)
    #expect(transcript.last != last && transcript.last == transcript[transcript.numbers.upperBound - 1].id)
  }

  @Test("A question, an error, what the user said: each is found where it is")
  func aims() {
    var transcript = Transcript()
    transcript.append([
      Events.text(1, "please", role: "user"),
      Events.message(
        2, Events.call("q", "AskUserQuestion", input: #"{"questions":[{"question":"Which?"}]}"#)),
      Events.message(3, Events.call("t")),
      Events.message(4, role: "user", Events.result("t", "no", isError: true)),
    ])
    let found = { (aim: Aim) in transcript.numbers.filter { aim.matches(transcript[$0]) } }
    #expect(found(.prompt) == [0])
    #expect(found(.question) == [1])
    #expect(found(.error) == [2])
    #expect(found(.text("WHICH?")) == [1])
    #expect(found(.text("")).isEmpty)
  }

  @Test("A text's places in a line are counted in columns")
  func columns() {
    #expect(Aim.columns(of: "b", in: "aBcb") == [1..<2, 3..<4])
    #expect(Aim.columns(of: "本c", in: "日本C本c") == [2..<5, 5..<8])
    #expect(Aim.columns(of: "long", in: "lon").isEmpty)
  }
}

@Suite("A window on a transcript")
struct TranscriptViewTests {
  func view(_ events: [TranscriptEvent], columns: Int = 40, rows: Int = 8) -> TranscriptView {
    var view = TranscriptView()
    view.resize(ScreenSize(columns: columns, rows: rows))
    view.transcript.append(events)
    view.follow()
    return view
  }

  @Test("Following shows the end, whatever comes; moving up stays where it is")
  func following() {
    var view = view((0..<30).map { Events.text($0) })
    same(view.rows.last, "line 29")
    view.transcript.append([Events.text(30)])
    view.settle()
    holds(view.rows.last == "line 30" && view.isFollowing)
    view.move(by: -3)
    #expect(!view.isFollowing)
    let rows = view.rows
    view.transcript.append([Events.text(31)])
    view.settle()
    same(view.rows, rows)
    view.move(by: 10)
    holds(view.rows.last == "line 31" && view.isFollowing, "at the end it follows again")
  }

  @Test("What is read before the window does not move it")
  func prepending() {
    var view = view((50..<80).map { Events.text($0) })
    view.move(by: -12)
    let (rows, cursor) = (view.rows, view.cursor)
    view.transcript.prepend((0..<50).map { Events.text($0) })
    view.settle()
    holds(view.rows == rows && view.cursor == cursor)
    view.toStart()
    holds(view.rows.contains("line 0"))
  }

  @Test("What is pressed while nothing is read yet changes nothing")
  func empty() {
    var view = view([])
    view.pause()
    view.message(by: 1)
    view.move(by: 1)
    view.scroll(by: -1)
    view.toggle()
    view.toggleAll()
    #expect(!view.isFollowing && view.cursor == TranscriptView.Place(item: 0, line: 0))
  }

  @Test("A call is one line until it is unfolded, its answer with it")
  func folding() {
    var view = view([
      Events.message(1, Events.call("t", input: #"{"command":"make all"}"#)),
      Events.message(2, role: "user", Events.result("t", "one\ntwo\n")),
    ])
    same(view.rows.last, "▸ Bash make all ✓ 2 lines")
    view.toggle()
    same(
      view.rows.suffix(5),
      [
        "▾ Bash make all ✓ 2 lines", "  command: make all", "  └ answer", "    one", "    two",
      ])
    view.toggle()
    same(view.rows.last, "▸ Bash make all ✓ 2 lines")
    view.toggleAll()
    holds(view.rows.contains("    two"))
    view.toggle()
    holds(!view.rows.contains("    two"), "one is folded among all that are open")
  }

  @Test("What a file loses and gains is shown as a difference")
  func edits() {
    let input = #"{"file_path":"/a.swift","old_string":"one\ntwo","new_string":"one\n2"}"#
    var view = view([Events.message(1, Events.call("t", "Edit", input: input))])
    same(view.rows.last, "▸ Edit /a.swift ·")
    view.toggle()
    same(view.rows.suffix(3), ["   one", "  -two", "  +2"])
  }

  @Test("Nothing of a hostile record leaves its line or is obeyed")
  func hostile() {
    let escape = #"\u001b[2J\u001b]0;x\u0007\u202e\u009b31m\r\n"#
    let events = [
      Events.event(
        "message", "a",
        #"{"role":"\#(escape)","author":"\#(escape)","timestamp":"\#(escape)","blocks":[{"type":"text","text":"\#(escape)"},{"type":"thinking","text":"x\#(escape)"},{"type":"tool_use","id":"1","name":"\#(escape)","input":{"\#(escape)":"\#(escape)","old_string":"\#(escape)","new_string":"1"}},{"type":"tool_result","tool_use_id":"1","content":"\#(escape)"},{"type":"tool_result","tool_use_id":"2","content":[{"type":"\#(escape)"}]},{"type":"image","media_type":"\#(escape)"},{"type":"\#(escape)"}]}"#
      ),
      Events.event("turn", "b", #"{"state":"aborted","reason":"\#(escape)"}"#),
      Events.event("reset", "c", #"{"reason":"\#(escape)"}"#),
      Events.event("subagent", nil, #"{"session_id":"\#(escape)"}"#),
      Events.event("subagent", nil, #"{"call":"1","session_id":"\#(escape)"}"#),
    ]
    var view = view(events, columns: 30, rows: 200)
    for _ in 0..<2 {
      for row in view.rows {
        #expect(
          row.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0.value != 0x202e
          })
        #expect(GridText.width(row) <= 62, "\(row)")
      }
      view.toggleAll()
    }
    view.toggleAll()
    holds(view.rows.count > 20)
  }

  @Test("A search unfolds what it finds, goes on and comes back")
  func searching() {
    var view = view(
      (0..<20).map { Events.text($0) } + [
        Events.message(20, Events.call("t")),
        Events.message(21, role: "user", Events.result("t", "a needle\nb\nneedle")),
      ] + (22..<40).map { Events.text($0, $0 == 30 ? "the Needle here" : nil) }, rows: 12)
    view.toStart()
    var found: [String] = []
    for _ in 0..<3 {
      holds(view.find(.text("needle"), forward: true))
      found.append(view.rows[view.window().firstIndex { $0.place == view.cursor } ?? 0])
    }
    #expect(found == ["    a needle", "    needle", "the Needle here"])
    holds(!view.find(.text("needle"), forward: true))
    holds(view.isOn(.text("needle")))
    holds(view.find(.text("needle"), forward: false))
    #expect(view.cursor.item == 20)
  }

  @Test("At any size, with anything moved, the cursor is in the window and the window is full")
  func anything() {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<60 {
      var view = TranscriptView()
      var (low, high) = (1000, 1000)
      for _ in 0..<60 {
        switch Int.random(in: 0..<9, using: &random) {
        case 0:
          let size = ScreenSize(
            columns: Int.random(in: 5...90, using: &random), rows: Int.random(in: 1...30, using: &random))
          view.resize(size)
        case 1, 2:
          let count = Int.random(in: 1...20, using: &random)
          view.transcript.append(
            (high..<(high + count)).map { Events.text($0, String(repeating: "word ", count: $0 % 30)) })
          high += count
        case 3:
          let count = Int.random(in: 1...20, using: &random)
          view.transcript.prepend(((low - count)..<low).map { Events.text($0) })
          low -= count
        case 4: view.move(by: Int.random(in: -40...40, using: &random))
        case 5: view.scroll(by: Int.random(in: -40...40, using: &random))
        case 6: view.follow()
        case 7: view.message(by: Bool.random(using: &random) ? 1 : -1)
        default: view.toggleAll()
        }
        view.settle()
        if view.transcript.isEmpty { continue }
        let places = view.window().map(\.place)
        #expect(places.contains(view.cursor))
        let all = view.transcript.numbers.reduce(0) { $0 + view.lines(of: $1).count }
        same(places.count, min(all, view.size.rows))
      }
    }
  }
}
