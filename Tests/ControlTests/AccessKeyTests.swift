import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct AccessKeyTests {
  private static let tcp = Peer.tcp(address: "10.0.0.9", isLoopback: false)

  private func status(_ fixture: Fixture, key: String) async -> Int {
    await fixture.ask(.get, "/auth/whoami", headers: [("x-api-key", key)], peer: Self.tcp).status
  }

  @Test("A key opens at once, is shown once and stored as a hash, and opens nothing once it is revoked")
  func life() async throws {
    let fixture = try await Fixture()
    let made = await fixture.ask(.post, "/api/v1/auth/keys", body: #"{"name":"laptop"}"#)
    #expect(made.status == 201 && made.headers["cache-control"] == "no-store")
    let key = try #require(made.json["key"]?.string)
    let id = try #require(made.json["id"]?.string)
    #expect(await status(fixture, key: key) == 200)
    let listed = await fixture.ask(.get, "/api/v1/auth/keys")
    #expect(listed.json["keys"]?.elements.first?["id"]?.string == id)
    #expect(!listed.text.contains(key))
    #expect(try await fixture.store.accessKeys().first?.hash == Digest.sha256(Array(key.utf8)))
    #expect(await fixture.ask(.get, "/auth/keys").json.elements.count == 1)

    #expect(await fixture.ask(.delete, "/auth/keys/\(id)").status == 204)
    #expect(await status(fixture, key: key) == 401)
    #expect(await fixture.ask(.delete, "/auth/keys/\(id)").code == "KEY_NOT_FOUND")
    #expect(await fixture.ask(.delete, "/auth/keys/file").code == "KEY_IS_FILE")
    #expect(fixture.revoked.values == [.key(id: id)])
    let types = fixture.published.values.map(\.type).filter { $0.hasPrefix("key.") }
    #expect(types == ["key.created", "key.revoked"])
    #expect(!fixture.published.values.contains { String(decoding: $0.payload, as: UTF8.self).contains(key) })
  }

  @Test("Cookies of browsers are revoked together, and stay revoked after a restart")
  func browsers() async throws {
    let fixture = try await Fixture()
    let ticket = await fixture.ask(.post, "/api/v1/auth/ticket").json["ticket"]?.string ?? ""
    let entered = await fixture.ask(.get, "/?ticket=\(ticket)", peer: Self.tcp)
    let cookie = entered.headers["set-cookie"].map { String($0.prefix { $0 != ";" }) } ?? ""
    func status(_ fixture: Fixture) async -> Int {
      await fixture.ask(.get, "/auth/whoami", headers: [("cookie", cookie)], peer: Self.tcp).status
    }
    #expect(await status(fixture) == 200)
    #expect(await fixture.ask(.delete, "/auth/keys/browsers").status == 204)
    #expect(await status(fixture) == 401)
    #expect(fixture.revoked.values == [.cookies(generation: 0)])
    let signer = await AccessKeyFile.cookies(key: Fixture.key, store: fixture.store)
    #expect(signer.generation == 1)
  }

  @Test("A database that is made anew has no part in the cookies before it; the same one keeps them")
  func databases() async throws {
    let (first, second) = (try await Fixture(), try await Fixture())
    let signer = await AccessKeyFile.cookies(key: Fixture.key, store: first.store)
    #expect(await AccessKeyFile.cookies(key: Fixture.key, store: first.store).generation == signer.generation)
    #expect(
      await AccessKeyFile.cookies(key: Fixture.key, store: second.store).generation != signer.generation)
  }

  @Test("When a key was used is remembered")
  func used() async throws {
    let fixture = try await Fixture()
    let made = await fixture.ask(.post, "/auth/keys", body: #"{"name":"n"}"#)
    _ = await status(fixture, key: made.json["key"]?.string ?? "")
    // The write has no answer: later ones on the same thread come after it.
    var used: Int64?
    for _ in 0..<1000 where used == nil { used = try await fixture.store.accessKeys().first?.lastUsedMS }
    #expect(used == Fixture.nowMS)
  }

  @Test(
    "People of a proxy manage keys only if they are owners",
    arguments: [("owner", 200), ("ADMIN", 200), ("member", 403), ("", 403)])
  func people(role: String, status: Int) async throws {
    let fixture = try await Fixture()
    let headers = [("x-web-user-email", "ann@example.org"), ("x-web-user-role", role)]
      .filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }
    #expect(await fixture.ask(.get, "/auth/keys", headers: headers).status == status)
    let who = await fixture.ask(.get, "/auth/whoami", headers: headers).json
    #expect(who["is_owner"]?.bool == (status == 200))
    #expect(who.member("web_user", "email")?.string == "ann@example.org")
  }

  @Test("Members see what is theirs and what is shared, and change what is theirs")
  func visibility() {
    func caller(_ email: String?, _ role: String? = nil) -> Caller {
      Caller(
        identity: .unix(uid: 1), peer: .unix(uid: 1), address: "",
        webUser: email.map { Caller.WebUser(email: $0, name: nil, role: role) })
    }
    let rows: [(Caller, String?, String, Bool, Bool)] = [
      (caller(nil), nil, "private", true, true), (caller(nil), "ann@x", "private", true, true),
      (caller("boss@x", "owner"), "ann@x", "private", true, true),
      (caller("ANN@x"), "ann@X", "private", true, true), (caller("bob@x"), "ann@x", "private", false, false),
      (caller("bob@x", "member"), "ann@x", "shared", true, false),
      (caller("bob@x"), nil, "private", false, false), (caller("bob@x"), nil, "shared", true, false),
    ]
    for (caller, email, word, sees, changes) in rows {
      let thing = Visibility.Ownership(email: email, visibility: word)
      #expect(Visibility.allows(caller, thing) == sees)
      #expect(Visibility.mayChange(caller, thing) == changes)
    }
  }
}
