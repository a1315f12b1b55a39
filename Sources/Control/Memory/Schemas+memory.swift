import Wire

extension Schemas {
  /// What the routes of the memory take and answer.
  static let memory: [(name: String, json: JSONSlice)] = [
    object(
      "Memory",
      [
        "id": whole, "project": text, "type": memoryType, "title": text, "text": text, "narrative": text,
        "concepts": list(text), "facts": list(text), "tags": list(text), "identity_key": maybeText,
        "session_id": maybeText, "record": maybeText, "created_at": time,
      ]),
    object(
      "MemoryDraft",
      [
        "text": filled(MemoryDraft.textLimit), "title": maybeText(MemoryDraft.titleLimit),
        "project": maybeText(4096), "type": maybe(memoryType), "concepts": maybeTexts(64, 200),
        "facts": maybeTexts(128, 4000), "tags": maybeTexts(32, 64), "identity_key": maybeText(256),
        "session_id": maybe(id), "record": maybeText(256),
      ], required: ["text"]),
    object("MemorySaved", ["id": whole, "title": text, "project": text]),
    object("MemoryList", ["memories": list(reference("Memory"))]),
    ("MemoryArray", json(list(reference("Memory")))),
    object(
      "MemoryBatch",
      ["ids": "{\"type\":\"array\",\"maxItems\":200,\"items\":\(int64)}", "project": maybeText(4096)],
      required: ["ids"]),
    object("MemoryDeleted", ["deleted": whole]),
    object(
      "MemoryStatistics",
      [
        "total": whole, "by_type": any,
        "by_project": list(
          "{\"type\":\"object\",\"required\":[\"project\",\"count\"],\"properties\":{\"project\":\(text),"
            + "\"count\":\(whole)}}"),
        "oldest_at": maybeText, "newest_at": maybeText,
      ]),
    ("Text", json(text)),
  ]

  private static let memoryType =
    "{\"type\":\"string\",\"enum\":[" + Memory.types.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
}
