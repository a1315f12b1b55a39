import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct EntityTests {
  @Test("Things of every kind are made, shown, changed and deleted", arguments: EntityKind.all.map(\.path))
  func life(kind: String) async throws {
    let fixture = try await Fixture()
    let made = await fixture.ask(.post, "/\(kind)", body: #"{"name":"one","description":"d","unknown":1}"#)
    #expect(made.status == 201)
    let id = try #require(made.json["id"]?.string)
    #expect(made.json["unknown"] == nil)
    #expect(await fixture.ask(.get, "/api/v1/\(kind)/\(id)").text == made.text)
    #expect(await fixture.ask(.get, "/\(kind)").json.elements.count == 1)
    #expect(await fixture.ask(.get, "/api/\(kind)").json["items"]?.elements.count == 1)
    let taken = await fixture.ask(.post, "/\(kind)", body: #"{"name":"one"}"#)
    #expect(taken.status == 409 && taken.code == "NAME_TAKEN")
    #expect(taken.json.member("error", "details", "id")?.string == id)
    let changed = await fixture.ask(.patch, "/\(kind)/\(id)", body: #"{"name":"two","description":null}"#)
    #expect(changed.json["name"]?.string == "two" && changed.json["description"]?.isNull == true)
    #expect(await fixture.ask(.patch, "/\(kind)/\(id)", body: "{}").json["name"]?.string == "two")
    for wrong in ["{}", #"{"name":" "}"#, #"{"name":5}"#, #"{"name":"x","description":[]}"#, "[]"] {
      #expect(await fixture.ask(.post, "/\(kind)", body: wrong).status == 400, "\(wrong)")
    }
    #expect(await fixture.ask(.delete, "/\(kind)/\(id)").status == 204)
    for method in [Wire.Method.get, .delete] {
      #expect(await fixture.ask(method, "/\(kind)/\(id)").code == "ENTITY_NOT_FOUND")
    }
    let types = fixture.published.values.filter { $0.topic == "entities" }.map(\.type)
    #expect(types == ["entity.created", "entity.updated", "entity.updated", "entity.deleted"])
  }

  @Test("One kind's thing is not found under another kind")
  func apart() async throws {
    let fixture = try await Fixture()
    let id = await fixture.ask(.post, "/skills", body: #"{"name":"one"}"#).json["id"]?.string ?? ""
    #expect(await fixture.ask(.get, "/tool-presets/\(id)").status == 404)
    #expect(await fixture.ask(.delete, "/tool-presets/\(id)").status == 404)
    #expect(await fixture.ask(.post, "/tool-presets", body: #"{"name":"one"}"#).status == 201)
  }

  @Test("Secrets are never shown, and sent back masked they stay as they are")
  func secrets() async throws {
    let fixture = try await Fixture()
    let made = await fixture.ask(
      .post, "/mcp-servers",
      body:
        #"{"name":"m","command":"run","args":["-x"],"env":{"TOKEN":"hush","HOST":"h"},"headers":{"A":"hush"}}"#
    )
    #expect(!made.text.contains("hush"))
    #expect(made.json.member("env", "TOKEN")?.string == EntityKind.mask)
    let id = try #require(made.json["id"]?.string)
    let changed = await fixture.ask(
      .patch, "/mcp-servers/\(id)", body: "{\"env\":{\"TOKEN\":\"\(EntityKind.mask)\",\"NEW\":\"n\"}}")
    #expect(!changed.text.contains("hush"))
    let stored = try await fixture.store.read { (reader) throws(StoreError) in
      try reader.query("SELECT body FROM entities") { $0.text(0) }
    }
    let env = try #require(JSONSlice(validating: Array(stored[0].utf8)))["env"]
    #expect(env?["TOKEN"]?.string == "hush" && env?["NEW"]?.string == "n" && env?["HOST"] == nil)
    for wrong in [#"{"env":{"A":1}}"#, #"{"env":[]}"#, #"{"enabled":"yes"}"#, #"{"args":"x"}"#] {
      #expect(await fixture.ask(.patch, "/mcp-servers/\(id)", body: wrong).status == 400, "\(wrong)")
    }
  }

  @Test("What is shared is opened by its token alone, for a while, and until it is deleted")
  func share() async throws {
    let fixture = try await Fixture()
    let id =
      await fixture.ask(.post, "/skills", body: #"{"name":"one","content":"text"}"#).json["id"]?.string ?? ""
    let share = await fixture.ask(.post, "/skills/\(id)/share", body: #"{"ttl_seconds":60}"#)
    #expect(share.status == 201)
    let token = try #require(share.json["token"]?.string)
    let url = try #require(share.json["url"]?.string)
    let stranger = Peer.tcp(address: "10.0.0.9", isLoopback: false)
    let seen = await fixture.ask(.get, url, peer: stranger)
    #expect(seen.status == 200 && seen.json.member("item", "content")?.string == "text")
    #expect(seen.json["kind"]?.string == "skills")
    #expect(await fixture.ask(.get, "/skills/\(id)", peer: stranger).status == 401)
    #expect(await fixture.ask(.get, "/shared/nonsense", peer: stranger).code == "SHARE_NOT_FOUND")
    let stored = try await fixture.store.read { (reader) throws(StoreError) in
      try reader.query("SELECT hex(hash) FROM shares") { $0.text(0) }
    }
    #expect(!stored[0].lowercased().contains(token))
    fixture.clock.nowMS.store(Fixture.nowMS + 60_000, ordering: .relaxed)
    #expect(await fixture.ask(.get, url).code == "SHARE_NOT_FOUND")
    let day = await fixture.ask(.post, "/skills/\(id)/share")
    #expect(day.json["expires_at"]?.string == "2026-02-03T02:41:00.000Z")
    _ = await fixture.ask(.delete, "/skills/\(id)")
    #expect(await fixture.ask(.get, day.json["url"]?.string ?? "/").code == "SHARE_NOT_FOUND")
    #expect(await fixture.ask(.post, "/skills/\(id)/share").code == "ENTITY_NOT_FOUND")
  }

  @Test("Tools are those that presets and agents name")
  func tools() async throws {
    let fixture = try await Fixture()
    #expect(await fixture.ask(.get, "/tools").text == "[]")
    _ = await fixture.ask(.post, "/tool-presets", body: #"{"name":"p","allowed_tools":["Read","Bash"]}"#)
    _ = await fixture.ask(.post, "/agents", body: #"{"name":"a","tools":["Read"]}"#)
    let tools = await fixture.ask(.get, "/tools").json.elements
    #expect(tools.map { $0["name"]?.string } == ["Bash", "Read"])
    #expect(tools[1]["named_by"]?.elements.count == 2)
  }
}
