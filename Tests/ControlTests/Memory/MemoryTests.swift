import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite("Memories")
struct MemoryTests {
  @Test("The same content is remembered once in a project, and again in another or for somebody else")
  func once() async throws {
    let fixture = try await Fixture()
    let first = await fixture.saveMemory(#""text":"Tabs, not spaces.","project":"p""#)
    #expect(first.status == 201)
    #expect(first.json["title"]?.string == "Tabs, not spaces.")
    let second = await fixture.saveMemory(#""content":"Tabs, not spaces.","project":"p","type":"decision""#)
    #expect(second.status == 200)
    #expect(second.json["id"]?.int == first.json["id"]?.int)
    #expect(await fixture.saveMemory(#""text":"Tabs, not spaces.","project":"q""#).status == 201)
    #expect(
      await fixture.saveMemory(#""text":"Tabs, not spaces.","project":"p","identityKey":"ann""#).status == 201
    )
  }

  @Test("A session's directory is the project of what it learned; without both it is the default one")
  func project() async throws {
    let fixture = try await Fixture([entry("s1", cwd: "/srv/app")])
    let ofSession = await fixture.saveMemory(#""text":"a","session_id":"s1","record":"abcd0001-10""#)
    #expect(ofSession.json["project"]?.string == "/srv/app")
    #expect(await fixture.saveMemory(#""text":"b""#).json["project"]?.string == "default")
    let shown = await fixture.ask(.get, "/api/v1/memory?session_id=s1").json["memories"]?.elements.first
    #expect(shown?["record"]?.string == "abcd0001-10")
    #expect(shown?["type"]?.string == "discovery")
  }

  @Test(
    "A title is the first sentence in one line",
    arguments: [
      ("One. Two.", "One."), ("## Heading\nmore", "Heading"), ("  v1.2 is out! Hurra", "v1.2 is out!"),
      ("a\tb  c", "a b c"), (String(repeating: "é", count: 200), String(repeating: "é", count: 79) + "…"),
      ("x\u{0}y", "xy"),
    ])
  func titles(text: String, title: String) {
    #expect(MemoryDraft.title(of: text) == title)
  }

  @Test("A batch keeps the order that was asked for and skips what is unknown")
  func batch() async throws {
    let fixture = try await Fixture()
    let one = try await fixture.remember("one", #""project":"p""#)
    let two = try await fixture.remember("two")
    let answer = await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":[\(two),77,\(one)]}")
    #expect(memoryTexts(answer) == ["two", "one"])
    let ofProject = await fixture.ask(
      .post, "/api/v1/memory/batch", body: "{\"ids\":[\(two),\(one)],\"project\":\"p\"}")
    #expect(memoryTexts(ofProject) == ["one"])
    let many = "[" + (0..<201).map { "\($0)" }.joined(separator: ",") + "]"
    #expect(await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":\(many)}").status == 400)
    #expect(await fixture.ask(.post, "/api/v1/memory/batch", body: #"{"ids":["1"]}"#).status == 400)
  }

  @Test("What is deleted is not found any more, and deleting it again is a 404")
  func delete() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.remember("ephemeral")
    let gone = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    #expect(gone.status == 200 && gone.json["deleted"]?.int == id)
    #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=ephemeral")).isEmpty)
    #expect(await fixture.ask(.delete, "/api/v1/memory/\(id)").code == "MEMORY_NOT_FOUND")
    #expect(await fixture.ask(.delete, "/api/v1/memory/nonsense").status == 400)
    #expect(try await fixture.remember("ephemeral") > id)
  }

  @Test("Every change of the memory is a row of the feed, and what changes nothing is none")
  func feed() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.remember("seen", #""project":"p","session_id":"s""#)
    #expect(await fixture.saveMemory(#""text":"seen","project":"p""#).status == 200)
    _ = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    _ = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    let events = fixture.published.values.filter { $0.topic == "memory" }
    #expect(events.map(\.type) == ["memory.saved", "memory.deleted"])
    #expect(events[0].sessionID == "s")
    #expect(JSONSlice(events[0].payload)["project"]?.string == "p")
  }

  @Test("Lists are bare arrays at the mounts that expect them, and tagged")
  func mounts() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.remember("word")
    for mount in ["", "/api"] {
      for route in ["memory", "memory/search?q=word", "memory/timeline?anchor=\(id)", "memory/export"] {
        #expect(await fixture.ask(.get, "\(mount)/\(route)").json.elements.count == 1, "\(mount)/\(route)")
      }
      #expect(
        await fixture.ask(.post, "\(mount)/memory/batch", body: "{\"ids\":[\(id)]}").json.elements.count == 1)
      #expect(await fixture.ask(.post, "\(mount)/memories", body: #"{"text":"word"}"#).status == 200)
    }
    let first = await fixture.ask(.get, "/memory")
    let tag = try #require(first.headers["etag"])
    #expect(await fixture.ask(.get, "/memory", headers: [("if-none-match", tag)]).status == 304)
  }

  @Test(
    "A wrong draft is refused and its field named",
    arguments: [
      ("{}", "text"), (#"{"text":""}"#, "text"), (#"{"text":" \n"}"#, "text"), (#"{"text":5}"#, "text"),
      (#"{"text":"a","type":"rumour"}"#, "type"), (#"{"text":"a","concepts":"x"}"#, "concepts"),
      (#"{"text":"a","facts":[1]}"#, "facts"), (#"{"text":"a","session_id":"../x"}"#, "session_id"),
      (#"{"text":"a","title":[]}"#, "title"), ("[]", "body"), ("{", "body"), ("", "body"),
      (String(repeating: "[", count: 100_000), "body"),
    ])
  func wrong(body: String, field: String) async throws {
    let fixture = try await Fixture()
    let answer = await fixture.ask(.post, "/memory/save", body: body)
    #expect(answer.status == 400)
    #expect(answer.json.member("error", "details", "field")?.string == field)
    #expect(answer.json["detail"]?.string?.isEmpty == false)
  }

  @Test("A NUL, a lone surrogate and an emoji come back as they were understood")
  func oddText() async throws {
    let fixture = try await Fixture()
    let answer = await fixture.saveMemory(#""text":"a\u0000b \ud83d\ude00 \ud800"#)
    #expect(answer.status == 400)
    let id = try await fixture.remember(#"a\u0000b \ud83d\ude00 \ud800"#)
    let shown = await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":[\(id)]}")
    #expect(memoryTexts(shown) == ["a\u{0}b 😀 \u{FFFD}"])
  }
}
