import Testing
import Wire

@testable import Control
@testable import Tail

@Suite struct SessionRouteTests {
  private func ids(_ answer: Answer) -> [String] {
    let list = answer.json["sessions"] ?? answer.json
    return list.elements.map { ($0["id"] ?? $0["session_id"])?.string ?? "?" }
  }

  @Test("Pages hold every session once, newest first")
  func paging() async throws {
    let entries = (0..<125).map { entry("s\($0)", updatedMS: Int64($0 / 3) * 1000) }
    let fixture = try await Fixture(entries.shuffled())
    var seen: [String] = []
    for page in 1...4 {
      let answer = await fixture.ask(.get, "/api/v1/sessions?page=\(page)&page_size=40")
      #expect(answer.json["total"]?.int == 125)
      #expect(answer.json["page"]?.int == Int64(page))
      seen += ids(answer)
    }
    #expect(seen.count == 125 && Set(seen).count == 125)
    let times = seen.map { id in entries.first { $0.id == id }?.updatedMS ?? 0 }
    #expect(times == times.sorted(by: >))
    #expect(ids(await fixture.ask(.get, "/api/v1/sessions?page=1000000")).isEmpty)
    let ascending = ids(await fixture.ask(.get, "/api/v1/sessions?order=asc&page_size=100"))
    #expect(ascending == Array(seen.reversed().prefix(100)))
  }

  @Test(
    "Filters",
    arguments: [
      ("", "d,c,b,a"), ("all=true", "e,d,c,b,a"), ("closed=true", "e"), ("status=closed", "e"),
      ("status=active,closed", "e,b"), ("active=true", "b"), ("active=false", "d,c,a"),
      ("agent=codex,gemini", "c"),
      ("kind=subagent", "d"), ("kind=session", "c,b,a"), ("project=/work/x", "a"), ("project_id=/none", ""),
      ("computer=here", "d,c,b,a"), ("computer=there", ""), ("mode=plan", ""), ("tags=x", ""),
      ("sort=created_at&order=asc", "a,b,c,d"), ("unknown=1", "d,c,b,a"), ("page_size=2&page=2", "b,a"),
    ])
  func filters(query: String, expected: String) async throws {
    let fixture = try await Fixture([
      entry("a", updatedMS: 1, cwd: "/work/x"), entry("b", updatedMS: 2, status: .active),
      entry("c", agent: .codex, updatedMS: 3), entry("d", updatedMS: 4, parent: "a"),
      entry("e", updatedMS: 5, status: .closed),
    ])
    #expect(ids(await fixture.ask(.get, "/api/v1/sessions?\(query)")).joined(separator: ",") == expected)
    #expect(ids(await fixture.ask(.get, "/sessions?\(query)")).joined(separator: ",") == expected)
  }

  @Test("News move sessions in the list at once")
  func news() async throws {
    let fixture = try await Fixture([entry("a", updatedMS: 1), entry("b", updatedMS: 2)])
    let grown = entry("a", updatedMS: 3, bytes: 200)
    await fixture.sessions.put(grown)
    await fixture.plane.news(.appended(grown))
    let new = entry("c", updatedMS: 2)
    await fixture.sessions.put(new)
    await fixture.plane.news(.created(new))
    #expect(ids(await fixture.ask(.get, "/sessions")) == ["a", "c", "b"])
  }

  @Test("A list has a tag that changes with it")
  func tags() async throws {
    let fixture = try await Fixture([entry("a")])
    let tag = try #require(await fixture.ask(.get, "/api/sessions").headers["etag"])
    #expect(await fixture.ask(.get, "/api/sessions", headers: [("if-none-match", tag)]).status == 304)
    let changed = entry("a", title: "new")
    await fixture.sessions.put(changed)
    #expect(await fixture.ask(.get, "/api/sessions", headers: [("if-none-match", tag)]).status == 200)
  }

  @Test("The mounts differ in shape and in nothing else")
  func projections() async throws {
    let fixture = try await Fixture(
      [entry("a", updatedMS: 1_770_000_000_000, title: "Fix it", cwd: "/work", parent: "p")],
      history: HistoryModel([[said("hello", uuid: "u1")], [said("hi", .assistant)]]))
    let root = await fixture.ask(.get, "/sessions")
    #expect(root.json.kind == .array)
    let shown = try #require(root.json.elements.first)
    #expect(shown["session_id"]?.string == "a")
    #expect(shown["active_agent"]?.string == "claude")
    #expect(shown["initiator_session_id"]?.string == "p")
    #expect(shown["closed_at"]?.isNull == true)
    #expect(shown["last_activity"]?.string == "2026-02-02T02:40:00.000Z")
    var keys: [String] = []
    shown.forEachMember { key, _ in keys.append(key) }
    #expect(
      keys.joined(separator: " ")
        == "session_id last_input_origin title project_path subdir thinking_mode active_agent status created_at "
        + "last_activity last_input last_input_at last_output_summary last_output_summary_at last_output_digest "
        + "native_session_id tmux_session_name initiator_session_id computer human_email human_role closed_at "
        + "visibility session_metadata")

    let canonical = await fixture.ask(.get, "/api/v1/sessions/a").json
    #expect(canonical.member("session", "id")?.string == "a")
    #expect(canonical.member("session", "managed")?.bool == false)
    #expect(canonical.member("session", "title")?.string == "Fix it")
    #expect(canonical.member("session", "parent_session_id")?.string == "p")
    #expect(canonical.member("session", "transcript", "cursor")?.string == "abcd0001-100")
    #expect(canonical.member("session", "total_turns") == nil)
    #expect(canonical["messages"] == nil)

    let api = await fixture.ask(.get, "/api/sessions/a").json
    #expect(api.member("session", "id")?.string == "a")
    #expect(api["messages"]?.elements.count == 2)
    #expect(api["checkpoints"]?.elements.count == 1)
    #expect(api["checkpoints"]?.elements.first?["message_uuid"]?.string == "u1")
    let included = await fixture.ask(.get, "/api/v1/sessions/a?include=messages,usage").json
    #expect(included["messages"]?.elements.count == 2)
    #expect(included["checkpoints"] == nil)
    #expect(await fixture.ask(.get, "/sessions/a").json["session_id"]?.string == "a")
    #expect(await fixture.ask(.get, "/sessions/zzz").json["detail"]?.string != nil)
  }

  @Test("Ten thousand sessions are a page like any other")
  func many() async throws {
    let fixture = try await Fixture(
      (0..<10_000).map { entry("s\($0)", updatedMS: Int64($0 * 7919 % 10_000)) })
    let answer = await fixture.ask(.get, "/api/v1/sessions?page=200&page_size=50")
    #expect(answer.json["total"]?.int == 10_000)
    #expect(ids(answer).count == 50)
    #expect(ids(answer).last == "s0")
  }
}
