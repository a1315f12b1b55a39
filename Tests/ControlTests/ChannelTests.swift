import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct ChannelTests {
  private func publish(_ fixture: Fixture, _ name: String, _ payload: String) async -> Answer {
    await fixture.ask(.post, "/api/v1/channels/\(name)/publish", body: "{\"payload\":\(payload)}")
  }

  private func payloads(_ fixture: Fixture, _ query: String) async -> [Int64?] {
    let answer = await fixture.ask(.get, "/api/v1/channels/\(query)")
    return answer.json["messages"]?.elements.map { $0.member("payload", "n")?.int } ?? []
  }

  @Test("What is published is answered with its id, listed, and told on the topic of the channel")
  func published() async throws {
    let fixture = try await Fixture()
    let answer = await publish(fixture, "channel:app:build", #"{"ok":true}"#)
    #expect(answer.status == 200)
    #expect(answer.json["channel"]?.string == "channel:app:build")
    let id = try #require(answer.json["message_id"]?.string)
    let event = try #require(fixture.published.values.first { $0.type == "channel.message" })
    #expect(event.topic == "channel:channel:app:build")
    #expect(JSONSlice(event.payload)["message_id"]?.string == id)
    #expect(JSONSlice(event.payload).member("payload", "ok")?.bool == true)
    for path in ["/channels", "/api/channels"] {
      let channel = try #require(await fixture.ask(.get, path).json.elements.first)
      #expect(channel["project"]?.string == "app" && channel["topic"]?.string == "build")
      #expect(channel["length"]?.int == 1 && channel["last_message_id"]?.string == id)
    }
    _ = await publish(fixture, "plain", "{}")
    #expect(await fixture.ask(.get, "/channels?project=app").json.elements.count == 1)
    #expect(await fixture.ask(.get, "/channels?topic=none").json.elements.isEmpty)
    #expect(await fixture.ask(.get, "/api/v1/channels").json["channels"]?.elements.count == 2)
  }

  @Test("A channel keeps its newest messages, and a consumer goes on where it stopped")
  func positions() async throws {
    let fixture = try await Fixture { $0.channels.keep = 5 }
    var ids: [String] = []
    for number in 0..<8 {
      ids.append(await publish(fixture, "c", "{\"n\":\(number)}").json["message_id"]?.string ?? "")
    }
    _ = await publish(fixture, "other", #"{"n":99}"#)
    #expect(await payloads(fixture, "c/messages") == [3, 4, 5, 6, 7])
    #expect(await payloads(fixture, "c/messages?limit=2") == [3, 4])
    #expect(await payloads(fixture, "c/messages?after=\(ids[5])") == [6, 7])
    #expect(await payloads(fixture, "c/messages?consumer=me") == [3, 4, 5, 6, 7])
    func ack(_ id: String) async -> Answer {
      await fixture.ask(.post, "/channels/c/ack", body: "{\"consumer\":\"me\",\"message_id\":\"\(id)\"}")
    }
    #expect(await ack(ids[6]).status == 200)
    #expect(await payloads(fixture, "c/messages?consumer=me") == [7])
    // Neither back nor into the future.
    #expect(await ack(ids[2]).json["message_id"]?.string == ids[6])
    #expect(await payloads(fixture, "c/messages?consumer=me") == [7])
    _ = await ack("999999")
    _ = await publish(fixture, "c", #"{"n":8}"#)
    #expect(await payloads(fixture, "c/messages?consumer=me") == [8])
    let shown = await fixture.ask(.get, "/channels").json.elements.first?["consumers"]?.elements.first
    #expect(shown?["consumer"]?.string == "me")
  }

  @Test("Names, payloads and positions are checked, and there is an end to channels")
  func refused() async throws {
    let fixture = try await Fixture { $0.channels.max = 1 }
    #expect(await publish(fixture, "a%20b", "{}").status == 400)
    #expect(await publish(fixture, String(repeating: "x", count: 129), "{}").status == 400)
    #expect(await publish(fixture, "a", "5").status == 400)
    #expect(await fixture.ask(.post, "/channels/a/publish", body: "{}").status == 400)
    #expect(await publish(fixture, "a", "{}").status == 200)
    #expect(await publish(fixture, "a", "{}").status == 200)
    let full = await publish(fixture, "b", "{}")
    #expect(full.status == 409 && full.code == "LIMIT_REACHED")
    #expect(await fixture.ask(.get, "/channels/b/messages").code == "CHANNEL_NOT_FOUND")
    for id in ["-1", "x", "1.0", "99999999999999999999"] {
      let body = "{\"consumer\":\"me\",\"message_id\":\"\(id)\"}"
      #expect(await fixture.ask(.post, "/channels/a/ack", body: body).status == 400)
    }
    #expect(
      await fixture.ask(.post, "/channels/b/ack", body: #"{"consumer":"me","message_id":"1"}"#).status == 404)
  }
}
