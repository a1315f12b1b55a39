import StreamServer
import Wire

extension RouteTable {
  /// What is remembered (API section 4).
  static let memory: [Route<ControlPlane>] = [
    Route(
      .post, "memory/save", aliases: ["memories"],
      "Remember something. The same content in a project is remembered once.",
      body: .json(schema: "MemoryDraft", required: true),
      answers: [
        .init(200, "It was known already.", schema: "MemorySaved"),
        .init(201, "It is remembered.", schema: "MemorySaved"),
      ], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.saveMemory(call) },
    Route(
      .get, "memory/search", aliases: ["memories/search"],
      "Memories in which every word occurs or begins a word, best and newest first; without a word the newest.",
      parameters: [
        Parameter("query", .text(maximum: 1024), "The words."),
        Parameter("q", .text(maximum: 1024), "As query."),
      ] + filters, answers: list("The memories."), errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.searchMemory(call) },
    Route(
      .get, "memory/timeline", "What was remembered before and after a memory, oldest first.",
      parameters: [
        Parameter("anchor", memoryNumber, required: true, "The memory in the middle."),
        Parameter("depth_before", .number(0...20), default: "3", "Memories before it."),
        Parameter("depth_after", .number(0...20), default: "3", "Memories after it."),
        Parameter("project", .text(maximum: 4096), "Only neighbours of this project."),
      ], answers: list("The memories."), errors: [.memoryNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.memoryTimeline(call) },
    Route(
      .post, "memory/batch", "Memories by their ids, in the order of the ids; unknown ones are skipped.",
      body: .json(schema: "MemoryBatch", required: true), answers: list("The memories."),
      errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.memoryBatch(call) },
    Route(
      .delete, "memory/{id}", "Forget a memory.",
      parameters: [Parameter("id", memoryNumber, in: .path, "The memory's id.")],
      answers: [.init(200, "It is forgotten.", schema: "MemoryDeleted")],
      errors: [.memoryNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.deleteMemory(call) },
    Route(
      .get, "memory/inject", "The memory as markdown to put before an agent, newest first.",
      parameters: [
        Parameter(
          "projects", .text(maximum: 4096),
          "Memories of these projects, joined by commas; without it of all."),
        Parameter("identity_key", .text(maximum: 256), "Also memories of this identity."),
        Parameter("budget", .number(200...1_000_000), default: "8000", "Most characters of the text."),
      ],
      answers: [
        .init(200, "The text; empty when nothing is remembered.", "text/markdown", at: [.api, .v1]),
        .init(200, "The text as a JSON string.", schema: "Text", at: [.root]),
      ], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.injectMemory(call) },
    Route(
      .get, "memory", tier: .supporting, "Memories, newest first.", parameters: filters,
      answers: list("The memories."), errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listMemory(call) },
    Route(
      .get, "memory/stats", tier: .supporting, "How much is remembered.",
      answers: [.init(200, "The counts.", schema: "MemoryStatistics")], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.memoryStatistics(call) },
    Route(
      .get, "memory/export", tier: .supporting,
      "Every memory, those of all identities included, in the order of ids; page by page.",
      parameters: [
        Parameter("after", .number(0...Int.max), default: "0", "Memories after this id."),
        Parameter("limit", .number(1...10_000), default: "1000", "Most memories of the page."),
      ], answers: list("The page."), errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.exportMemory(call) },
  ]

  private static let memoryNumber = Parameter.Form.number(1...Int.max)

  private static func list(_ meaning: String) -> [Operation.Answer] {
    Operation.Answer.list("Memory", bareAt: ControlPlane.bareMemory, meaning)
  }

  private static let filters: [Parameter] = [
    Parameter("project", .text(maximum: 4096), "Memories of this project."),
    Parameter("type", .choices(Memory.types), "Memories of these types."),
    Parameter(
      "identity_key", .text(maximum: 256),
      "Also memories of this identity; without it only those of nobody in particular."),
    Parameter("session_id", .id, "Memories that were made in this session."),
    Parameter("tag", .text(maximum: 64), "Memories with this tag."),
    Parameter("from", .time, "Memories made at this time or later."),
    Parameter("to", .time, "Memories made at this time or earlier."),
    Parameter("limit", .number(1...100), default: "20", "Most memories that are shown."),
    Parameter("offset", .number(0...1_000_000), default: "0", "Memories to skip."),
  ]
}
