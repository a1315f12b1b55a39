import Wire

extension Schemas {
  /// What tokens are answered as.
  static let usage: [(name: String, json: JSONSlice)] = [
    object(
      "Usage",
      [
        "calls": whole, "input_tokens": whole, "output_tokens": whole, "cache_read_input_tokens": whole,
        "cache_creation_input_tokens": whole, "reasoning_output_tokens": whole, "total_tokens": whole,
      ]),
    object(
      "SessionUsage",
      [
        "session_id": text, "agent": text, "title": maybeText, "project_path": maybeText, "updated_at": time,
        "complete": flag, "usage": reference("Usage"), "model_usage": modelUsage,
      ], optional: ["usage", "model_usage"]),
    object(
      "UsagePage",
      [
        "sessions": list(reference("SessionUsage")), "complete": flag, "usage": reference("Usage"),
        "model_usage": modelUsage, "total": whole, "page": whole, "page_size": whole,
      ], optional: ["usage", "model_usage"]),
  ]

  /// Tokens by the names of models.
  static let modelUsage =
    "{\"type\":\"object\",\"additionalProperties\":\(reference("Usage"))}"
}
