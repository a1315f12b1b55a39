import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite struct HistoryRouteTests {
  private let lines: [[TranscriptEvent]] = (1...10).map {
    [said("line \($0)", $0 % 2 == 0 ? .assistant : .user)]
  }

  private func texts(_ answer: Answer) -> [String] {
    (answer.json["messages"]?.elements ?? []).map { message in
      message["text"]?.string ?? message["blocks"]?.elements.first?["text"]?.string ?? "?"
    }
  }

  @Test("Pages after a cursor are the whole transcript in order")
  func forward() async throws {
    let fixture = try await Fixture([entry("a")], history: HistoryModel(lines))
    var seen: [String] = []
    var after = "abcd0001-0"
    var more = true
    while more {
      let answer = await fixture.ask(.get, "/api/v1/sessions/a/messages?limit=3&after=\(after)")
      seen += texts(answer)
      after = answer.json["next_after"]?.string ?? ""
      more = answer.json["has_more_after"]?.bool ?? false
    }
    #expect(seen == (1...10).map { "line \($0)" })
  }

  @Test("Without a position the newest come, and pages before them lead to the start")
  func backward() async throws {
    let fixture = try await Fixture([entry("a")], history: HistoryModel(lines))
    var answer = await fixture.ask(.get, "/api/v1/sessions/a/messages?limit=4")
    var seen = texts(answer)
    #expect(seen == ["line 7", "line 8", "line 9", "line 10"])
    while answer.json["has_more_before"]?.bool == true {
      let first = try #require(answer.json["messages"]?.elements.first?["id"]?.string)
      answer = await fixture.ask(.get, "/api/v1/sessions/a/messages?limit=4&before=\(first)")
      seen = texts(answer) + seen
    }
    #expect(seen == (1...10).map { "line \($0)" })
  }

  @Test("The start that is asked for reaches the archive")
  func starts() async throws {
    let history = HistoryModel(lines)
    let fixture = try await Fixture([entry("a")], history: history)
    for query in ["", "since=2026-02-03T09:00:00Z", "after=abcd0001-20", "before=abcd0001-20&limit=7"] {
      _ = await fixture.ask(.get, "/sessions/a/messages?\(query)")
    }
    let cursor = Cursor(epoch: Epoch(0xabcd_0001), offset: 20)
    #expect(
      await history.asked == [
        .init(start: .tail(200), before: nil, limit: 200),
        .init(start: .since(milliseconds: 1_770_109_200_000, after: true), before: nil, limit: 200),
        .init(start: .cursor(cursor), before: nil, limit: 200),
        .init(start: .tail(7), before: cursor, limit: 7),
      ])
  }

  @Test("A cursor of other content is told as a reset")
  func reset() async throws {
    let fixture = try await Fixture([entry("a")], history: HistoryModel(lines))
    let answer = await fixture.ask(.get, "/api/v1/sessions/a/messages?after=00000001-10")
    #expect(answer.json.member("reset", "reason")?.string == "unknown_epoch")
    #expect(answer.json.member("reset", "requested")?.string == "00000001-10")
    #expect(texts(answer).first == "line 1")
  }

  @Test("Without a prefix messages are TeleClaude's rows; tools and reasoning are shown on request")
  func teleclaude() async throws {
    let message = Message(
      role: .assistant,
      blocks: [
        .thinking(JSONSlice(string: "hm")), .text(JSONSlice(string: "ok")),
        .toolUse(ToolUse(id: "t", name: "Bash", input: JSONSlice(Array("{\"a\":1}".utf8)))),
      ])
    let fixture = try await Fixture([entry("a")], history: HistoryModel([[.message(message)]]))
    let plain = await fixture.ask(.get, "/sessions/a/messages").json["messages"]?.elements ?? []
    #expect(plain.map { $0["type"]?.string } == ["text"])
    #expect(plain.first?["entry_index"]?.int == 10)
    #expect(plain.first?["file_index"]?.int == 0)
    let all = await fixture.ask(.get, "/sessions/a/messages?include_tools=1&include_thinking=true")
    #expect(all.json["messages"]?.elements.map { $0["type"]?.string } == ["thinking", "text", "tool_use"])
    let canonical = await fixture.ask(.get, "/api/v1/sessions/a/messages?include_tools=true").json
    #expect(
      canonical["messages"]?.elements.first?["blocks"]?.elements.map { $0["type"]?.string } == [
        "text", "tool_use",
      ])
  }

  @Test(
    "What the archive cannot do has its code",
    arguments: [
      (ArchiveFault.changed, "TRANSCRIPT_UNREADABLE"), (.noSuchRecord, "RECORD_NOT_FOUND"),
      (.tooLarge, "PAYLOAD_TOO_LARGE"), (.unreadable("no"), "TRANSCRIPT_UNREADABLE"),
    ])
  func faults(fault: ArchiveFault, code: String) async throws {
    let fixture = try await Fixture([entry("a")], history: HistoryModel(fault: fault))
    #expect(await fixture.ask(.get, "/sessions/a/messages").code == code)
  }

  @Test("A record is served as it stands, an image of it decoded, and nothing of it can run")
  func records() async throws {
    let image = """
      {"type":"user","uuid":"u","message":{"role":"user","content":[{"type":"text","text":"see"},\
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},\
      {"type":"image","source":{"type":"base64","media_type":"text/html","data":"PGI+"}}]}}
      """
    let raw: [UInt64: [UInt8]] = [10: Array(image.utf8), 20: Array("not json".utf8)]
    let fixture = try await Fixture([entry("a")], history: HistoryModel(raw: raw))
    let record = await fixture.ask(.get, "/api/v1/sessions/a/records/abcd0001-10.1")
    #expect(record.text == image)
    #expect(record.headers["content-type"] == "application/json; charset=utf-8")
    #expect(record.headers["content-security-policy"] == "default-src 'none'; sandbox")
    #expect(record.headers["x-content-type-options"] == "nosniff")
    let png = await fixture.ask(.get, "/api/v1/sessions/a/records/abcd0001-10?block=0")
    #expect(png.headers["content-type"] == "image/png")
    #expect(png.body == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let page = await fixture.ask(.get, "/api/v1/sessions/a/records/abcd0001-10?block=1")
    #expect(page.headers["content-type"] == "application/octet-stream")
    #expect(page.headers["content-disposition"] == "attachment")
    #expect(await fixture.ask(.get, "/sessions/a/records/abcd0001-10?block=2").code == "RECORD_NOT_FOUND")
    let damaged = await fixture.ask(.get, "/sessions/a/records/abcd0001-20")
    #expect(damaged.headers["content-type"] == "application/octet-stream")
    #expect(damaged.text == "not json")
    #expect(await fixture.ask(.get, "/sessions/a/records/00000001-10").code == "RECORD_NOT_FOUND")
  }

  @Test(
    "Base64 is decoded strictly",
    arguments: [
      ("", ""), ("Zg==", "f"), ("Zg", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar"),
      ("Zm9v\nYmFy", "foobar"), ("Z", nil), ("Zg=", nil), ("Zg===", nil), ("Z=g=", nil), ("Zm-_", nil),
      ("Zm9v=", nil),
    ] as [(String, String?)])
  func base64(text: String, expected: String?) {
    #expect(Base64.decode(text.utf8) == expected.map { Array($0.utf8) })
  }
}
