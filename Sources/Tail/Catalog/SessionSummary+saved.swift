import Store
import Wire

extension SessionSummary {
  /// The summary as JSON, for the store, with the tokens that were counted.
  func saved(with usage: [ModelUsage]? = nil) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.fieldIfPresent("title", title)
      json.fieldIfPresent("first_prompt", firstPrompt)
      json.fieldIfPresent("session", sessionID)
      json.fieldIfPresent("cwd", cwd)
      json.fieldIfPresent("model", model)
      json.fieldIfPresent("version", version)
      json.fieldIfPresent("git_branch", gitBranch)
      json.fieldIfPresent("first_timestamp", firstTimestamp)
      json.fieldIfPresent("last_timestamp", lastTimestamp)
      json.fieldIfPresent("last_message", lastMessage)
      json.fieldIfPresent("last_role", lastRole?.rawValue)
      json.fieldIfPresent("turn_open", turnOpen)
      json.fieldIfPresent("parent", parentSessionID)
      json.field("sidechain", isSidechain)
      json.fieldIfPresent("continued_in", continuedIn)
      guard let usage else { return }
      json.key("usage")
      json.array { json in for model in usage { model.save(into: &json) } }
    }
    return writer.take()
  }

  /// A summary from the store.
  init?(saved: [UInt8]) {
    guard let json = JSONSlice(validating: saved) else { return nil }
    self.init()
    title = json["title"]?.string
    firstPrompt = json["first_prompt"]?.string
    sessionID = json["session"]?.string
    cwd = json["cwd"]?.string
    model = json["model"]?.string
    version = json["version"]?.string
    gitBranch = json["git_branch"]?.string
    firstTimestamp = json["first_timestamp"]?.string
    lastTimestamp = json["last_timestamp"]?.string
    lastMessage = json["last_message"]?.string
    lastRole = json["last_role"]?.string.flatMap(Role.init)
    turnOpen = json["turn_open"]?.bool
    parentSessionID = json["parent"]?.string
    isSidechain = json["sidechain"]?.bool ?? false
    continuedIn = json["continued_in"]?.string
  }
}

extension SessionEntry {
  /// A session as an earlier run left it; nil for a row that does not make sense.
  init?(_ row: SessionRow) {
    guard let agent = AgentKind(rawValue: row.agent), let status = SessionStatus(rawValue: row.status),
      let summary = SessionSummary(saved: row.summary)
    else { return nil }
    let facts = FileFacts(device: row.device, inode: row.inode, size: row.bytes, modifiedNS: row.mtimeNS)
    self.init(
      id: row.id, agent: agent, path: row.path, isDocument: agent == .gemini && row.path.hasSuffix(".json"),
      parent: row.parent, facts: facts, statusSinceMS: row.updatedMS ?? 0, firstSeenMS: row.createdMS ?? 0)
    self.summary = summary
    self.status = status
    reason = row.reason
    summarised = facts
    // What was counted before tokens were is counted again.
    if let messages = row.messages, let turns = row.turns,
      let usage = JSONSlice(validating: row.summary)?["usage"]
    {
      counts = SessionCounts(
        messages: messages, turns: turns, usage: usage.elements.compactMap(ModelUsage.init(saved:)))
    }
  }
}

extension ModelUsage {
  fileprivate func save(into json: inout JSONWriter) {
    json.array { json in
      json.value(model)
      json.value(calls)
      for count in [
        tokens.input, tokens.output, tokens.cacheRead, tokens.cacheCreation, tokens.reasoning,
      ] { json.value(count) }
    }
  }

  fileprivate init?(saved json: JSONSlice) {
    let (name, counts) = (json.elements.first?.string, json.elements.dropFirst().compactMap(\.int))
    guard let name, counts.count == 6 else { return nil }
    self.init(
      model: name, calls: Int(counts[0]),
      tokens: TokenUsage(
        input: counts[1], output: counts[2], cacheRead: counts[3], cacheCreation: counts[4],
        reasoning: counts[5]))
  }
}
