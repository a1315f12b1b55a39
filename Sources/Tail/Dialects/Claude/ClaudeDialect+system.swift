import Wire

extension ClaudeDialect {
  /// A `system` row: ends of turns, compactions, retries; the rest is told as a session value.
  mutating func readSystem(_ row: ClaudeRow, into events: inout [TranscriptEvent]) {
    switch row.subtype {
    case "turn_duration":
      guard !row.isSidechain else { return }
      turn.end(reason: nil, durationMS: milliseconds(row.json["durationMs"]), into: &events)
    case "stop_hook_summary":
      guard !row.isSidechain else { return }
      turn.end(reason: nonBlank(row.json["stopReason"])?.string, durationMS: nil, into: &events)
    case "compact_boundary":
      events.append(.compaction(compaction(row.json["compactMetadata"], otherwise: nil)))
    case "microcompact_boundary":
      let data = row.json["microcompactMetadata"] ?? row.json["compactMetadata"]
      events.append(.compaction(compaction(data, otherwise: "micro")))
    case "api_error":
      events.append(.activity(Activity(kind: "retry", text: JSONSlice(string: retryText(row.json)))))
    case let subtype:
      let value = nonBlank(row.json["content"]) ?? row.json["error"]
      values.set(snakeCase(subtype ?? "system"), value, into: &events)
    }
  }

  private func compaction(_ data: JSONSlice?, otherwise trigger: String?) -> Compaction {
    Compaction(
      trigger: data?["trigger"]?.string ?? trigger, preTokens: milliseconds(data?["preTokens"]))
  }

  private func milliseconds(_ number: JSONSlice?) -> Int? {
    (number?.int).flatMap { Int(exactly: $0) }
  }

  private func nonBlank(_ text: JSONSlice?) -> JSONSlice? {
    text.flatMap { $0.isBlankString || $0.isNull ? nil : $0 }
  }

  private func retryText(_ row: JSONSlice) -> String {
    var text = "retry"
    if let attempt = row["retryAttempt"]?.int {
      text += " \(attempt)"
      if let most = row["maxRetries"]?.int { text += " of \(most)" }
    }
    let error = row["error"]
    let reasons: [JSONSlice?] = [
      error?["formatted"], error?["message"], error?.member("error", "message"), error,
    ]
    if let reason = reasons.lazy.compactMap({ nonBlank($0)?.string }).first { text += ": \(reason)" }
    return text
  }
}

/// An agent's word as a key: `worktree-state` becomes `worktree_state`.
func snakeCase(_ word: String) -> String {
  String(word.map { $0 == "-" || $0 == "." ? "_" : $0 })
}
