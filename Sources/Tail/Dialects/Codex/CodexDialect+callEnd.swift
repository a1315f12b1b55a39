import Wire

extension CodexDialect {
  /// The end of a call: its result with more to it than the model was told.
  ///
  /// It changes a call that was shown; one that only this event knows is shown by it.
  mutating func readCallEnd(_ line: CodexLine, into events: inout [TranscriptEvent]) {
    let event = line.payload
    guard let id = event["call_id"]?.string else { return }
    let isSearch = line.kind == "web_search_end"
    var reader = ContentReader(callPrefix: id)
    var result = ToolResult(toolUseID: id, content: [], providerExecuted: isSearch)
    switch line.kind {
    case "mcp_tool_call_end": readServerAnswer(event["result"], &reader, &result)
    case "web_search_end": result.content = reader.resultParts(of: event["results"])
    default: readProcessEnd(event, &reader, &result)
    }
    if !calls.insert(fingerprint(id)) {
      let message = callMessage(id, [.toolResult(result)], line)
      events.append(.update(MessageUpdate(uuid: id, message: message, changed: [0])))
      return
    }
    let call = ToolUse(id: id, name: name(line), input: input(event), providerExecuted: isSearch)
    events.append(.message(callMessage(id, [.toolUse(call), .toolResult(result)], line)))
  }

  /// A Rust `Result`: `{"Ok":{"content":[…],"isError"?}}` or `{"Err":"…"}`.
  private func readServerAnswer(
    _ answer: JSONSlice?, _ reader: inout ContentReader, _ result: inout ToolResult
  ) {
    if let failure = answer?["Err"] {
      result.isError = true
      result.content = reader.resultParts(of: failure)
    } else if let success = answer?["Ok"] {
      result.isError = (success["isError"] ?? success["is_error"])?.bool ?? false
      result.content = reader.resultParts(of: success["content"])
    }
  }

  /// A command or a patch.
  private func readProcessEnd(_ event: JSONSlice, _ reader: inout ContentReader, _ result: inout ToolResult) {
    result.isError = event["success"]?.bool == false || (event["exit_code"]?.int ?? 0) != 0
    let outputs = [event["aggregated_output"], event["formatted_output"], event["stdout"], event["stderr"]]
    let output = outputs.lazy.compactMap { $0 }.first { $0.kind == .string && !$0.isBlankString }
    result.content = reader.resultParts(of: output)
  }

  private func name(_ line: CodexLine) -> String {
    switch line.kind {
    case "mcp_tool_call_end":
      let invocation = line.payload["invocation"]
      let names = [invocation?["server"]?.string, invocation?["tool"]?.string].compactMap { $0 }
      return (["mcp"] + names).joined(separator: "__")
    case "web_search_end": return "web_search"
    case "patch_apply_end": return "apply_patch"
    default: return "exec_command"
    }
  }

  private func input(_ event: JSONSlice) -> JSONSlice {
    if let arguments = event["invocation"]?["arguments"] ?? event["action"] ?? event["changes"] {
      return arguments
    }
    var writer = JSONWriter()
    writer.object {
      $0.fieldIfPresent("command", event["command"])
      $0.fieldIfPresent("query", event["query"])
    }
    return JSONSlice(writer.take())
  }
}
