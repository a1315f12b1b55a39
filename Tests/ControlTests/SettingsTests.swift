import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct SettingsTests {
  private func patch(
    _ fixture: Fixture, _ body: String, ifMatch: String? = nil, path: String = "/api/v1/settings"
  ) async -> Answer {
    await fixture.ask(.patch, path, headers: ifMatch.map { [("if-match", $0)] } ?? [], body: body)
  }

  @Test("Settings begin with their defaults and are TeleClaude's object at every mount")
  func defaults() async throws {
    let fixture = try await Fixture()
    for path in ["/settings", "/config", "/api/settings", "/api/v1/config"] {
      let answer = await fixture.ask(.get, path)
      #expect(answer.text == #"{"pane_theming_mode":"full","tts":{"enabled":false}}"#)
      #expect(answer.headers["etag"] == "\"0\"")
    }
  }

  @Test("A change is answered with what is stored, counts the version and is told once")
  func change() async throws {
    let fixture = try await Fixture()
    let changed = await patch(fixture, #"{"tts":{"enabled":true}}"#)
    #expect(changed.status == 200 && changed.headers["etag"] == "\"1\"")
    #expect(changed.json.member("tts", "enabled")?.bool == true)
    #expect(try await fixture.store.settings().values == ["tts.enabled": "true"])
    // The same again is no change.
    #expect(await patch(fixture, #"{"tts.enabled":true}"#, path: "/config").headers["etag"] == "\"1\"")
    #expect(await patch(fixture, "{}").headers["etag"] == "\"1\"")
    let both = await patch(fixture, #"{"tts":null,"pane_theming_mode":"off"}"#)
    #expect(both.text == #"{"pane_theming_mode":"off","tts":{"enabled":false}}"#)
    #expect(both.headers["etag"] == "\"2\"")
    let events = fixture.published.values.filter { $0.topic == "settings" }
    #expect(events.map(\.type) == ["settings.updated", "settings.updated"])
    #expect(
      JSONSlice(events[1].payload)["changed"]?.elements.map(\.string) == ["pane_theming_mode", "tts.enabled"])
  }

  @Test(
    "One wrong key and nothing is applied; the key and the nearest known one are named",
    arguments: [
      (#"{"pane_theming_mode":"off","tts":{"enabld":true}}"#, "tts.enabld", "tts.enabled"),
      (#"{"pane_theming_mode":"off","pane_theme_mode":"off"}"#, "pane_theme_mode", "pane_theming_mode"),
      (#"{"pane_theming_mode":"off","unheard_of":1}"#, "unheard_of", nil),
      (#"{"pane_theming_mode":"off","tts":{"enabled":"yes"}}"#, "tts.enabled", nil),
      (#"{"pane_theming_mode":"off","tts":true}"#, "tts", nil),
      (#"{"pane_theming_mode":5,"tts":{"enabled":true}}"#, "pane_theming_mode", nil),
      ("[]", "body", nil), ("", "body", nil),
    ])
  func wrong(body: String, field: String, nearest: String?) async throws {
    let fixture = try await Fixture()
    let answer = await patch(fixture, body)
    #expect(answer.status == 400)
    #expect(answer.json.member("error", "details", "field")?.string == field)
    let named = answer.json.member("error", "details", "unknown")?.elements.first?["nearest"]?.string
    #expect(named == nearest)
    if let nearest { #expect(answer.json.member("error", "message")?.string?.contains(nearest) == true) }
    #expect(try await fixture.store.settings().version == 0)
    #expect(fixture.published.values.filter { $0.topic == "settings" }.isEmpty)
  }

  @Test("If-Match of another version is a 412 with what holds now")
  func versions() async throws {
    let fixture = try await Fixture()
    #expect(await patch(fixture, #"{"tts":{"enabled":true}}"#, ifMatch: "\"0\"").status == 200)
    let late = await patch(fixture, #"{"tts":{"enabled":false}}"#, ifMatch: "\"0\"")
    #expect(late.status == 412 && late.code == "VERSION_MISMATCH" && late.headers["etag"] == "\"1\"")
    #expect(late.json.member("error", "details", "current", "tts", "enabled")?.bool == true)
    for right in ["\"1\"", "1", "*", "\"7\", \"1\""] {
      #expect(await patch(fixture, "{}", ifMatch: right).status == 200, "\(right)")
    }
    #expect(await fixture.ask(.get, "/settings", headers: [("if-none-match", "\"1\"")]).status == 304)
  }

  @Test("Of two changes made for one version one is stored and one refused")
  func race() async throws {
    let fixture = try await Fixture()
    async let first = patch(fixture, #"{"pane_theming_mode":"off"}"#, ifMatch: "\"0\"")
    async let second = patch(fixture, #"{"pane_theming_mode":"agent"}"#, ifMatch: "\"0\"")
    let statuses = await [first.status, second.status].sorted()
    #expect(statuses == [200, 412])
  }

  @Test("A value that another version of the program has stored does no harm")
  func foreign() async throws {
    let fixture = try await Fixture()
    _ = try await fixture.store.saveSettings(["of.the.future": "1"])
    #expect(
      await fixture.ask(.get, "/settings").text == #"{"pane_theming_mode":"full","tts":{"enabled":false}}"#)
  }
}
