import Testing
import Wire

@testable import Client

/// The search over all sessions.
extension TerminalModelTests {
  static let found =
    #"{"total":2,"results":[{"id":"b","title":"title b","agent":"codex","highlights":["#
    + #"{"field":"message","text":"Look: a needle\nand two needles","matches":[[8,14],[23,30]],"cursor":"0a1b2c3d-300"}]},"#
    + #"{"id":"a","title":"the needle","agent":"claude","highlights":[{"field":"title","text":"the needle","matches":[[4,10]]}]}]}"#

  @Test(
    "A search over all sessions shows what was said where, opens it there, and leads back",
    arguments: [small, large])
  func searchEverywhere(size: ScreenSize) {
    var model = model(size)
    _ = press(&model, .character("s"))
    type(&model, "needle")
    #expect(press(&model, .enter) == [.ask(.search("needle"))])
    #expect(screen(&model)[2].contains("searching…"))
    answer(&model, .search("other"), Self.found)
    #expect(screen(&model)[2].contains("searching…"), "an answer to another question is none")
    answer(&model, .search("needle"), Self.found)
    let rows = screen(&model)
    #expect(rows[0].contains("“needle”  2 sessions"))
    #expect(rows[1].contains("codex title b") && rows[3].contains("claude the needle"))
    #expect(rows[2].hasPrefix("▌") && rows[2].contains("Look: a needle and two needles"))
    let canvas = model.draw(now: Timestamp(milliseconds: 0))
    let marked = (0..<size.columns).filter { canvas[2, $0].style.role == .found }.map { canvas[2, $0].text }
    #expect(marked.joined() == "needleneedles")
    let opened = press(&model, .enter)
    #expect(opened == [.ask(.history("b", .end)), .ask(.session("b"))])
    #expect(model.open?.destination == .record(Events.place(30), text: "needle"))
    #expect(press(&model, .escape).isEmpty && model.pane == .sessions && model.found != nil)
    _ = press(&model, .end)
    #expect(press(&model, .enter).contains(.ask(.history("a", .end))) && model.open?.destination == nil)
    _ = press(&model, .escape, .escape)
    #expect(model.found == nil && screen(&model)[0].contains("3 sessions"))
  }

  @Test("What was found nowhere, and what could not be searched, is said")
  func searchInVain() {
    var model = model()
    _ = press(&model, .character("s"), .paste("nothing"), .enter)
    answer(&model, .search("nothing"), #"{"total":0,"results":[]}"#)
    #expect(screen(&model)[2].contains("no session has these words"))
    #expect(press(&model, .enter, .down, .pageDown, .end, .click(row: 4, column: 3)).isEmpty)
    _ = press(&model, .character("s"), .character("!"), .enter)
    answer(&model, .search("nothing!"), #"{"error":{"code":"X","message":"no index"}}"#, status: 400)
    #expect(model.found == nil && screen(&model)[23].contains("no index"))
    #expect(press(&model, .character("s"), .character(" "), .enter).isEmpty, "blanks are no words")
  }

  @Test("A long line is shown around what was found in it")
  func excerpt() {
    let text = String(repeating: "word ", count: 40) + "needle" + String(repeating: " tail", count: 40)
    let line = SearchResults.Line(session: "s", text: text, matched: ["needle"])
    for room in 12...120 {
      let shown = line.excerpt(room)
      #expect(shown.contains("needle") && GridText.width(shown) <= room, "\(room): \(shown)")
    }
  }
}
