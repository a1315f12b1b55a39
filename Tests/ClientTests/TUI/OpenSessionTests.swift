import TestSupport
import Testing
import Wire

@testable import Client

/// A server that holds one transcript, as `OpenSession` sees it: pages on request, events live.
private struct PaperServer {
  var events: [TranscriptEvent] = []
  /// Position up to which the stream was sent; nil while nobody listens.
  var sent: Int?

  mutating func write(_ count: Int) {
    for _ in 0..<count { events.append(Events.text(events.count + 1)) }
  }

  private func index(behind cursor: String) -> Int {
    events.firstIndex { $0.id == cursor }.map { $0 + 1 } ?? 0
  }

  func page(_ stretch: Question.Stretch) -> HistoryPage {
    let range: Range<Int>
    switch stretch {
    case .end: range = max(0, events.count - 30)..<events.count
    case .before(let cursor):
      let end = max(0, index(behind: cursor) - 1)
      range = max(0, end - 50)..<end
    case .after(let cursor):
      let start = index(behind: cursor)
      range = start..<min(events.count, start + 50)
    case .later(let moment):
      // The record of number n is of second n.
      let start = min(events.count, Int((Timestamp(moment)?.milliseconds ?? 0) / 1000))
      range = start..<min(events.count, start + 50)
    }
    let list = events[range].map { #"{"event":"message","id":"\#($0.id ?? "")","data":\#($0.data)}"# }
    let next = range.upperBound > 0 ? "\"\(Events.cursor(range.upperBound))\"" : "null"
    let json =
      #"{"events":[\#(list.joined(separator: ","))],"next_after":\#(next),"next_before":null,"has_more_before":\#(range.lowerBound > 0),"has_more_after":\#(range.upperBound < events.count)}"#
    guard let page = HistoryPage(Array(json.utf8)) else { fatalError("no page: \(json)") }
    return page
  }

  /// A session that shows the end of this transcript.
  func opened() -> OpenSession {
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 5))
    _ = session.open()
    _ = session.take(page(.end), of: .end)
    return session
  }

  mutating func listen(after cursor: String?) { sent = cursor.map { index(behind: $0) } ?? 0 }

  /// Some of what was not sent yet.
  mutating func deliver(_ count: Int) -> [StreamEvent] {
    guard let from = sent, from < events.count else { return [] }
    let upTo = min(events.count, from + count)
    sent = upTo
    return events[from..<upTo].map(Events.live)
  }
}

@Suite("An open session")
struct OpenSessionTests {
  @Test(
    "Whatever is read, written, scrolled, broken and resumed, what is held is one stretch without gap or repeat"
  )
  func anything() {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<40 {
      var server = PaperServer()
      server.write(Int.random(in: 0...400, using: &random))
      var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
      var asked: [Question.Stretch] = []
      func perform(_ actions: [TerminalAction]) {
        for action in actions {
          switch action {
          case .ask(.history(_, let stretch)): asked.append(stretch)
          case .listen(_, let after): server.listen(after: after)
          case .wake(.listen, _): perform(session.listen())
          case .hangUp: server.sent = nil
          default: break
          }
        }
      }
      perform(session.open())
      for _ in 0..<150 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: server.write(Int.random(in: 1...60, using: &random))
        case 1...2:
          for event in server.deliver(Int.random(in: 1...80, using: &random)) { perform(session.take(event)) }
        case 3...5:
          if !asked.isEmpty {
            let stretch = asked.removeFirst()
            perform(session.take(server.page(stretch), of: stretch))
          }
        case 6:
          if server.sent != nil {
            server.sent = nil
            perform(session.ended("it broke"))
          }
        case 7: session.view.scroll(by: Int.random(in: -60...60, using: &random))
        case 8:
          let place = Int.random(in: 1...(server.events.count + 1), using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: perform(session.toEnd())
          case 1: perform(session.toStart())
          case 2: perform(session.go(to: .time(Timestamp(milliseconds: Int64(place) * 1000))))
          default: perform(session.go(to: .record(Events.place(place), text: nil)))
          }
        default: perform(session.find(.text("line 7"), forward: Bool.random(using: &random)))
        }
        session.settle()
        perform(session.more())
        let held = session.view.transcript.texts.compactMap { Int($0.dropFirst(5)) }
        let tear = zip(held, held.dropFirst()).first { $0 + 1 != $1 }
        #expect(tear == nil)
        if tear != nil { return }
      }
      // Left alone it comes to the end, and shows it.
      perform(session.toEnd())
      for _ in 0..<200 {
        if !asked.isEmpty {
          let stretch = asked.removeFirst()
          perform(session.take(server.page(stretch), of: stretch))
        }
        for event in server.deliver(100) { perform(session.take(event)) }
        session.settle()
        perform(session.more())
      }
      #expect(
        session.view.transcript.texts.last == (server.events.isEmpty ? nil : "line \(server.events.count)"))
      #expect(session.view.isFollowing)
    }
  }

  /// Does what a session wants until it wants nothing more.
  private func settle(_ session: inout OpenSession, _ server: PaperServer, _ actions: [TerminalAction]) {
    var actions = actions
    while !actions.isEmpty {
      if case .ask(.history(_, let stretch)) = actions.removeFirst() {
        actions += session.take(server.page(stretch), of: stretch)
      }
    }
    session.settle()
  }

  /// A session that is shown from its end, and who serves it.
  private func opened(_ lines: Int) -> (PaperServer, OpenSession) {
    var server = PaperServer()
    server.write(lines)
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
    settle(&session, server, session.open())
    return (server, session)
  }

  @Test(
    "A record is gone to wherever it stands, held or not, and the text in it",
    arguments: [1, 2, 60, 299, 300])
  func record(number: Int) {
    var server = PaperServer()
    server.write(300)
    server.events[number - 1] = Events.text(number, "one\n\ntwo needles\n\nthree")
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
    settle(&session, server, session.open(at: .record(Events.place(number), text: "needle")))
    #expect(session.view.transcript[session.view.cursor.item].id == Events.cursor(number))
    holds(session.view.isOn(.text("needle")) && !session.view.isFollowing)
    #expect(session.searched == "needle" && session.destination == nil)
    // From there it goes on to both ends.
    settle(&session, server, session.toStart())
    #expect(session.view.transcript.texts.first == (number == 1 ? "one\n\ntwo needles\n\nthree" : "line 1"))
    settle(&session, server, session.go(to: .record(Events.place(number), text: nil)))
    #expect(session.view.transcript[session.view.cursor.item].id == Events.cursor(number))
    settle(&session, server, session.toEnd())
    #expect(session.view.isFollowing)
  }

  @Test("A server that is not there yet does not make a record forgotten")
  func recordLater() {
    var server = PaperServer()
    server.write(300)
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
    _ = session.open(at: .record(Events.place(20), text: nil))
    same(session.failed(.end, "nobody answers", isFinal: false), [.wake(.history, milliseconds: 1000)])
    settle(&session, server, session.retry())
    #expect(session.view.transcript[session.view.cursor.item].id == Events.cursor(20))
  }

  @Test("A record that shows nothing by itself is where its call is")
  func answerOfACall() {
    var server = PaperServer()
    server.write(100)
    server.events[29] = Events.message(30, Events.call("t"))
    server.events[30] = Events.message(31, role: "user", Events.result("t", "a needle"))
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
    settle(&session, server, session.open(at: .record(Events.place(31), text: "needle")))
    #expect(session.view.transcript[session.view.cursor.item].id == Events.cursor(30))
    holds(session.view.isOn(.text("needle")), "it was unfolded")
  }

  @Test("A time leads to the first record from then on; behind the last one to the end")
  func time() {
    let (server, shown) = opened(300)
    var session = shown
    settle(&session, server, session.go(to: .time(Timestamp(milliseconds: 120_000))))
    #expect(session.view.transcript[session.view.cursor.item].id == Events.cursor(120))
    holds(!session.view.isFollowing && session.takeRemark() == nil)
    settle(&session, server, session.go(to: .time(Timestamp(milliseconds: 999_000))))
    same(session.takeRemark(), .bad("nothing was written then or later; this is the end"))
    #expect(session.view.isFollowing && session.view.transcript.texts.last == "line 300")
  }

  @Test("Who goes to the end while a time is looked for stays there")
  func timeTakenBack() {
    let (server, shown) = opened(300)
    var session = shown
    let asked = session.go(to: .time(Timestamp(milliseconds: 120_000)))
    settle(&session, server, session.toEnd() + asked)
    #expect(session.view.isFollowing && session.view.transcript.texts.last == "line 300")
  }

  @Test("Coming back says how much was missed, and asks from the last id")
  func resuming() {
    var server = PaperServer()
    server.write(5)
    var session = OpenSession(id: "s", size: ScreenSize(columns: 40, rows: 10))
    _ = session.open()
    same(session.take(server.page(.end), of: .end), [.listen(.transcript("s"), after: Events.cursor(5))])
    let caughtUp = StreamEvent(name: "caught_up", id: Events.cursor(5), data: Array("{}".utf8))
    _ = session.take(caughtUp)
    holds(session.takeRemark() == nil && session.stream.phase == .live)
    _ = session.ended("it broke")
    #expect(session.stream.phase == .connecting, "a stream that is rotated is not offline")
    _ = session.ended("nobody answers")
    #expect(session.stream.phase == .offline("nobody answers"))
    #expect(session.listen() == [.listen(.transcript("s"), after: Events.cursor(5))])
    for number in 6...8 { _ = session.take(Events.live(Events.text(number))) }
    #expect(session.stream.phase == .replaying)
    _ = session.take(StreamEvent(name: "caught_up", id: Events.cursor(8), data: Array("{}".utf8)))
    same(session.takeRemark(), .good("caught up 3"))
    #expect(session.view.transcript.texts.last == "line 8")
  }

  @Test("What comes while nobody follows is counted")
  func unread() {
    var server = PaperServer()
    server.write(30)
    var session = server.opened()
    session.view.move(by: -10)
    for number in 31...33 { _ = session.take(Events.live(Events.text(number))) }
    session.settle()
    #expect(session.unread == 3)
    _ = session.toEnd()
    session.settle()
    #expect(session.unread == 0)
  }

  @Test("A transcript that was rewritten is read anew, and says so")
  func reset() {
    var server = PaperServer()
    server.write(3)
    var session = server.opened()
    let actions = session.take(
      StreamEvent(name: "reset", id: "ffffffff-0", data: Array(#"{"reason":"truncated"}"#.utf8)))
    #expect(actions == [.hangUp(.transcript("s")), .ask(.history("s", .end))])
    same(session.takeRemark(), .bad("the transcript was rewritten (truncated); this is its end"))
  }

  @Test("At the end the next error is the last one there is; there are no more behind it")
  func errors() {
    var server = PaperServer()
    server.write(10)
    server.events[4] = Events.message(5, Events.call("t"))
    server.events[5] = Events.message(6, role: "user", Events.result("t", "no", isError: true))
    var session = server.opened()
    _ = session.find(.error, forward: true)
    holds(session.view.isOn(.error) && session.takeRemark() == nil)
    _ = session.find(.error, forward: true)
    same(session.takeRemark(), .bad("no later error"))
    _ = session.find(.question, forward: true)
    same(session.takeRemark(), .bad("no earlier question"))
  }
}
