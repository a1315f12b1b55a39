import Testing
import Wire

@testable import Control
@testable import StreamServer

extension Fixture {
  func status(of id: String) async -> String? {
    await ask(.get, "/api/v1/sessions/\(id)").json.member("session", "status")?.string
  }

  func statusReason(of id: String) async -> String? {
    await ask(.get, "/api/v1/sessions/\(id)").json.member("session", "status_reason")?.string
  }

  func terminal(of id: String) async throws -> TerminalModel.Terminal {
    try #require(await terminals.named("tc-" + id))
  }

  /// Starts a session and waits for its state.
  func started(_ more: String = "", state: String = "idle") async throws -> String {
    let answer = await ask(
      .post, "/api/v1/sessions", body: "{\"project_path\":\"/tmp\"\(more.isEmpty ? "" : ",")\(more)}")
    #expect(answer.status == 201, "\(answer.text)")
    let id = try #require(answer.json["session_id"]?.string)
    _ = try await until("\(id) is \(state)") { await status(of: id) == state ? true : nil }
    return id
  }

  /// Waits for the end of an operation.
  func end(of accepted: Answer) async throws -> JSONSlice {
    #expect(accepted.status == 202, "\(accepted.text)")
    let id = try #require(accepted.json["operation_id"]?.string)
    return try await until("\(id) has ended") {
      let work = await ask(.get, "/api/v1/operations/\(id)").json
      return work["state"]?.string == "running" ? nil : work
    }
  }
}
