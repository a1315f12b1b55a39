import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite("Forks and rewinds")
struct ForkTests {
  @Test("A fork is a session of its own that knows where it comes from")
  func fork() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started("\"title\":\"T\"")
    #expect(await fixture.ask(.post, "/sessions/\(id)/fork").code == "FORK_UNSUPPORTED")
    await fixture.sessions.put(entry(id, bytes: 10))
    let answer = await fixture.ask(.post, "/api/v1/sessions/\(id)/fork", body: "{\"title\":\"F\"}")
    #expect(answer.status == 201)
    let fork = try #require(answer.json["session_id"]?.string)
    #expect(answer.json.member("session", "parent_session_id")?.string == id)
    _ = try await until("it is idle") { await fixture.status(of: fork) == "idle" ? true : nil }
    #expect(
      try await fixture.terminal(of: fork).request.arguments.suffix(4) == ["--resume", id, "--fork", fork])
    #expect(fixture.published.values.contains { $0.type == "session.forked" && $0.sessionID == fork })
  }

  @Test("A fork or a rewind at a message begins with a copy of the conversation up to there")
  func atMessage() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started("\"title\":\"T\"")
    let path = fixture.directory + "/\(id).jsonl"
    let rows = [("u1", "null", "user"), ("a1", "\"u1\"", "assistant"), ("u2", "\"a1\"", "user")].map {
      "{\"type\":\"\($2)\",\"uuid\":\"\($0)\",\"parentUuid\":\($1),\"sessionId\":\"\(id)\"}\n"
    }
    Scratch.write(rows.joined(), to: path)
    var known = entry(id, bytes: 10)
    known.path = path
    await fixture.sessions.put(known)
    let answer = await fixture.ask(.post, "/api/v1/sessions/\(id)/fork", body: #"{"message_uuid":"u2"}"#)
    #expect(answer.status == 201)
    let fork = try #require(answer.json["session_id"]?.string)
    #expect(answer.json.member("session", "fork_point")?.string == "u2")
    _ = try await until("it is idle") { await fixture.status(of: fork) == "idle" ? true : nil }
    #expect(try await fixture.terminal(of: fork).request.arguments.suffix(2) == ["--resume", fork])
    let copy = Scratch.read(fixture.directory + "/\(fork).jsonl")
    #expect(copy == rows[..<2].joined().replacing(id, with: fork))

    let back = await fixture.ask(.post, "/api/v1/sessions/\(id)/rewind", body: #"{"message_uuid":"a1"}"#)
    #expect(back.status == 202 && back.json["files_restored"]?.bool == false)
    let bound = try #require(await fixture.sessions.bound.last)
    #expect(bound[0] == id && bound[2] == fixture.directory + "/\(bound[1]).jsonl")
    #expect(Scratch.read(bound[2]) == rows[..<2].joined().replacing(id, with: bound[1]))

    for (uuid, code) in [
      ("u1", "FORK_UNSUPPORTED"), ("none", "RECORD_NOT_FOUND"), ("abcd0001-5", "RECORD_NOT_FOUND"),
    ] {
      let body = "{\"checkpoint_id\":\"\(uuid)\"}"
      #expect(await fixture.ask(.post, "/sessions/\(id)/fork", body: body).code == code)
      #expect(await fixture.ask(.post, "/sessions/\(id)/rewind", body: body).code == code)
    }
    #expect(await fixture.ask(.post, "/sessions/\(id)/rewind", body: "{}").code == "VALIDATION_ERROR")
    await fixture.sessions.put(entry("found", cwd: "/", bytes: 10))
    await fixture.sessions.put(entry("other", agent: .codex, cwd: "/", bytes: 10))
    let one = #"{"message_uuid":"u"}"#
    #expect(await fixture.ask(.post, "/sessions/found/rewind", body: one).code == "SESSION_NOT_MANAGED")
    #expect(await fixture.ask(.post, "/sessions/other/fork", body: one).code == "FORK_UNSUPPORTED")
  }
}
