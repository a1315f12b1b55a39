import TestSupport
import Testing
import Wire

@testable import Client

@Suite("The TUI as a value")
struct TerminalModelTests {
  static let small = ScreenSize(columns: 80, rows: 24)
  static let large = ScreenSize(columns: 200, rows: 60)

  /// A model with three sessions, one of them open if it is named.
  func model(_ size: ScreenSize = small, open: String? = nil) -> TerminalModel {
    var model = TerminalModel(size: size)
    _ = model.begin(session: nil)
    _ = model.take(.event(.feed, StreamEvent(name: "hello", id: "e-1", data: Array("{}".utf8))))
    answer(&model, .sessions(page: 1, closedToo: false), sessions)
    if let open { show(&model, open) }
    return model
  }

  let sessions =
    #"{"total":3,"sessions":["#
    + [("a", "claude", "idle", 1), ("b", "codex", "active", 2), ("c", "claude", "waiting_input", 0)]
    .map {
      #"{"id":"\#($0.0)","agent":"\#($0.1)","status":"\#($0.2)","title":"title \#($0.0)","project_path":"/srv/\#($0.0)","updated_at":"2026-01-01T00:0\#($0.3):00Z"}"#
    }.joined(separator: ",") + "]}"

  func answer(_ model: inout TerminalModel, _ question: Question, _ body: String, status: Int = 200) {
    _ = model.take(.answered(question, .success(Reply(status: status, body: Array(body.utf8)))))
  }

  func show(_ model: inout TerminalModel, _ id: String) {
    _ = model.show(id)
    let events = (1...40).map {
      #"{"event":"message","id":"\#(Events.cursor($0))","data":\#(Events.text($0).data)}"#
    }
    answer(
      &model, .history(id, .end),
      #"{"events":[\#(events.joined(separator: ","))],"next_after":"\#(Events.cursor(40))","has_more_before":false,"has_more_after":false}"#
    )
    live(&model, id, StreamEvent(name: "caught_up", id: Events.cursor(40), data: Array("{}".utf8)))
  }

  func live(_ model: inout TerminalModel, _ id: String, _ event: StreamEvent) {
    _ = model.take(.event(.transcript(id), event))
    _ = model.settle()
  }

  func screen(_ model: inout TerminalModel) -> [String] {
    let canvas = model.draw(now: Timestamp(milliseconds: 1_767_225_840_000))
    return (0..<canvas.size.rows).map { canvas.text(row: $0) }
  }

  func press(_ model: inout TerminalModel, _ keys: Key...) -> [TerminalAction] {
    let actions = keys.flatMap { model.take($0) }
    _ = model.settle()
    return actions
  }

  func type(_ model: inout TerminalModel, _ text: String) {
    for character in text { _ = model.take(.character(character)) }
  }

  @Test("Who waits for somebody stands on top, then the newest", arguments: [small, large])
  func order(size: ScreenSize) {
    var model = model(size)
    let rows = screen(&model)
    let titles = rows.compactMap { row in ["title a", "title b", "title c"].first { row.contains($0) } }
    #expect(titles == ["title c", "title b", "title a"])
    #expect(rows[0].contains("3 sessions, 1 waiting") && rows[0].contains("LIVE"))
    #expect(rows.allSatisfy { GridText.width($0) == size.columns })
  }

  @Test("The filter takes words of everything that is shown, while they are typed")
  func filter() {
    var model = model()
    _ = press(&model, .character("/"))
    type(&model, "CLAUDE waiting")
    #expect(model.list.shown.map(\.id) == ["c"])
    _ = press(&model, .escape)
    #expect(model.list.shown.count == 3)
  }

  @Test("A time is asked for and gone to")
  func time() {
    var model = model(open: "a")
    _ = press(&model, .character("t"))
    #expect(screen(&model)[23].contains("go to (14:30"))
    type(&model, "2026-01-01T00:00:05Z")
    #expect(press(&model, .enter) == [.ask(.history("a", .later(than: "2026-01-01T00:00:04.999Z")))])
    _ = press(&model, .character("t"), .paste("soon"), .enter)
    #expect(screen(&model)[23].contains("“soon” is no time"))
    #expect(press(&model, .character("t"), .enter).isEmpty)
  }

  @Test("Enter opens, from its end; Escape leads back; another session takes its place")
  func opening() {
    var model = model()
    let actions = press(&model, .down, .enter)
    #expect(actions == [.ask(.history("b", .end)), .ask(.session("b"))])
    _ = press(&model, .escape)
    #expect(model.pane == .sessions)
    #expect(press(&model, .up, .enter).first == .hangUp(.transcript("b")))
  }

  @Test("The feed changes the list, and a list that is read anew is complete")
  func feed() {
    var model = model()
    let change = #"{"session_id":"a","payload":{"status":"waiting_input","activity":"waiting"}}"#
    _ = model.take(.event(.feed, StreamEvent(name: "session.status", id: "e-2", data: Array(change.utf8))))
    #expect(model.list.waiting == 2)
    #expect(model.take(.ended(.feed, "it broke")) == [.wake(.listen(.feed), milliseconds: 0)])
    #expect(model.take(.alarm(.listen(.feed))) == [.listen(.feed, after: "e-2")])
    let again = model.take(.event(.feed, StreamEvent(name: "hello", id: "e-2", data: Array("{}".utf8))))
    #expect(again == [.ask(.sessions(page: 1, closedToo: false))])
    answer(&model, .sessions(page: 1, closedToo: false), #"{"total":0,"sessions":[]}"#)
    #expect(model.list.shown.isEmpty)
    #expect(screen(&model)[2].contains("no sessions"))
  }

  @Test("A message is sent once, shown on its way, and sent again with its id when nobody answered")
  func sending() throws {
    var model = model(open: "a")
    _ = press(&model, .character("i"))
    type(&model, "go on")
    #expect(screen(&model)[22].contains("> go on"))
    let sent = press(&model, .altEnter, .character("!"), .enter)
    guard case .ask(.send(let text)) = sent.first else { throw CommandFailure(.failed, "nothing was sent") }
    #expect(text.text == "go on\n!" && text.session == "a")
    #expect(
      Question.send(text).call.bodyBytes.map { String(decoding: $0, as: UTF8.self) }?.contains(text.id)
        == true)
    #expect(screen(&model)[22].contains("sending: go on"))
    _ = model.take(.answered(.send(text), .failure(.broken("it broke"))))
    let hello = StreamEvent(name: "hello", id: "e-3", data: Array("{}".utf8))
    _ = model.take(.ended(.feed, "it broke"))
    #expect(model.take(.event(.feed, hello)).contains(.ask(.send(text))))
    answer(&model, .send(text), #"{"message_id":"m1","state":"queued"}"#, status: 202)
    #expect(screen(&model)[22].contains("queued: go on"))
    for (state, isShown) in [("delivered", true), ("seen", false)] {
      let change = #"{"session_id":"a","payload":{"message_id":"m1"}}"#
      _ = model.take(.event(.feed, StreamEvent(name: "message.\(state)", id: nil, data: Array(change.utf8))))
      #expect(screen(&model)[22].contains("\(state): go on") == isShown)
    }
  }

  @Test("What is refused is a draft again")
  func refused() throws {
    var model = model(open: "a")
    _ = press(&model, .character("i"), .paste("lost?"))
    guard case .ask(.send(let text)) = press(&model, .enter).first else {
      throw CommandFailure(.failed, "nothing")
    }
    answer(&model, .send(text), #"{"error":{"code":"SESSION_CLOSED","message":"it is closed"}}"#, status: 409)
    #expect(screen(&model)[23].contains("it is closed (SESSION_CLOSED)"))
    _ = press(&model, .character("i"))
    #expect(model.prompt?.field.text == "lost?")
    _ = press(&model, .escape)
    #expect(model.drafts["a"] == "lost?")
  }

  @Test("Interrupting asks first; an answer is a number or words")
  func steering() {
    var model = model(open: "a")
    #expect(press(&model, .character("x"), .character("n")).isEmpty)
    #expect(press(&model, .character("x"), .character("y")) == [.ask(.interrupt("a"))])
    #expect(press(&model, .character("a")) == [.ask(.pending("a"))])
    answer(
      &model, .pending("a"),
      #"{"pending":{"question":"May I?","options":[{"number":1,"label":"Yes"},{"number":2,"label":"No"}]}}"#)
    #expect(screen(&model)[20...22].map { $0.prefix(8) } == ["May I?  ", "  1  Yes", "  2  No "])
    type(&model, "2")
    #expect(press(&model, .enter) == [.ask(.answer("a", text: "2"))])
    #expect(Question.answer("a", text: "2").call.bodyBytes == Array(#"{"option":2}"#.utf8))
    #expect(Question.answer("a", text: "allow").call.bodyBytes == Array(#"{"answer":"allow"}"#.utf8))
  }

  @Test("The state is visible: live, paused with what is new, replaying, behind, offline")
  func states() {
    var model = model(open: "a")
    #expect(model.transcriptState.text == "LIVE")
    _ = press(&model, .up)
    #expect(model.transcriptState.text == "PAUSED")
    live(&model, "a", Events.live(Events.text(41)))
    #expect(model.transcriptState.text == "PAUSED, 1 NEW")
    _ = press(&model, .end)
    #expect(model.transcriptState.text == "LIVE")
    _ = model.take(.ended(.transcript("a"), "it broke"))
    _ = model.take(.ended(.transcript("a"), "nobody answers"))
    #expect(model.transcriptState.text == "OFFLINE")
    live(&model, "a", Events.live(Events.text(42)))
    #expect(model.transcriptState.text == "REPLAYING")
    live(&model, "a", StreamEvent(name: "lagged", id: nil, data: Array("{}".utf8)))
    #expect(model.transcriptState.text == "BEHIND")
    live(&model, "a", StreamEvent(name: "caught_up", id: Events.cursor(42), data: Array("{}".utf8)))
    #expect(model.transcriptState.text == "LIVE")
    #expect(screen(&model)[23].contains("caught up 1"))
  }

  @Test("The sub-agent that a call has started is opened from there")
  func subagent() {
    var model = model(open: "a")
    #expect(press(&model, .character("o")).first != .hangUp(.transcript("a")))
    live(&model, "a", Events.live(Events.message(41, Events.call("t", "Task"))))
    let found = #"{"call":"t","session_id":"child-1"}"#
    live(&model, "a", StreamEvent(name: "subagent", id: nil, data: Array(found.utf8)))
    _ = press(&model, .end)
    #expect(screen(&model).contains { $0.contains("→ sub-agent child-1") })
    let actions = press(&model, .character("o"))
    #expect(actions.first == .hangUp(.transcript("a")) && model.open?.id == "child-1")
  }

  @Test("Clicks open and fold, the wheel scrolls what is under it")
  func mouse() {
    var model = model(Self.large)
    _ = press(&model, .click(row: 2, column: 4))
    #expect(model.open?.id == "b")
    show(&model, "c")
    _ = press(&model, .wheel(row: 5, column: 100, by: -1))
    #expect(model.open?.view.isFollowing == false)
    #expect(press(&model, .click(row: 59, column: 3)).isEmpty, "below the list there is nothing")
  }

  @Test("Whatever is pressed at whatever size, a screen of that size is drawn")
  func anything() {
    var random = SeededGenerator(seed: testSeed())
    let keys: [Key] =
      "abcdefghijklmnopuvwxzADEGMNUWZ[]/? 1é日".map(Key.character) + [
        .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .altEnter, .escape, .tab,
        .backspace,
        .delete, .paste("one\ntwo\u{1b}[2J"), .click(row: 3, column: 10), .click(row: 12, column: 70),
        .wheel(row: 3, column: 3, by: 1), .wheel(row: 3, column: 70, by: -1), .control("u"), .control("d"),
      ]
    for _ in 0..<30 {
      var model = model(open: "a")
      for step in 0..<60 {
        if Int.random(in: 0..<8, using: &random) == 0 {
          let size = ScreenSize(
            columns: Int.random(in: 1...150, using: &random), rows: Int.random(in: 1...40, using: &random))
          _ = model.take(.resized(size))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
          live(&model, "a", Events.live(Events.text(100 + step)))
        }
        if let key = keys.randomElement(using: &random) { _ = press(&model, key) }
        let canvas = model.draw(now: Timestamp(milliseconds: 0))
        #expect(canvas.size == model.size)
        if let cursor = canvas.cursor {
          #expect((0..<canvas.size.rows).contains(cursor.row))
          #expect((0..<canvas.size.columns).contains(cursor.column))
        }
      }
    }
  }
}
