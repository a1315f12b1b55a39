import Testing

@testable import Control
@testable import StreamServer

extension Fixture {
  /// Saves a memory of these members of its JSON.
  func saveMemory(_ members: String) async -> Answer {
    await ask(.post, "/api/v1/memory/save", body: "{\(members)}")
  }

  /// Saves a memory that is new, and gives its id.
  @discardableResult
  func remember(_ text: String, _ more: String = "") async throws -> Int64 {
    let answer = await saveMemory("\"text\":\"\(text)\"\(more.isEmpty ? "" : ",")\(more)")
    #expect(answer.status == 201)
    return try #require(answer.json["id"]?.int)
  }
}

/// The texts of the memories of an answer.
func memoryTexts(_ answer: Answer) -> [String] {
  (answer.json["memories"] ?? answer.json).elements.compactMap { $0["text"]?.string }
}
