import Wire

/// JSON Schemas of the bodies that routes answer and take, for the OpenAPI document. Objects may have more members:
/// the wire grows by addition.
enum Schemas {
  static let all =
    streaming + hooks + memory + settings + channels + access + inventory + entities + completion + files
    + lifecycle + sending + usage + mcp

  /// What the reading routes answer and take.
  private static let streaming: [(name: String, json: JSONSlice)] = [
    object("Alive", ["status": text, "service": text, "pid": whole, "version": text]),
    object(
      "Caller",
      [
        "identity": text, "address": text, "local": flag, "is_owner": flag,
        "web_user": "{\"type\":[\"object\",\"null\"]}",
      ]),
    object(
      "ChatRequest",
      [
        "session_id": text, "sessionId": text,
        "since_timestamp": "{\"type\":[\"string\",\"integer\",\"null\"]}",
        "after": maybeText, "messages": list("{\"type\":\"object\"}"),
      ], required: []),
    object(
      "Checkpoint", ["id": text, "message_uuid": maybeText, "created_at": maybeText, "title": text]),
    object(
      "Health",
      [
        "status": words("ok", "degraded", "unhealthy"), "version": text, "pid": whole, "started_at": time,
        "uptime_secs": whole, "backend": any, "database": any, "redis": any, "tail": any, "streams": any,
        "search": any,
      ]),
    object("Highlight", ["field": words("title", "message"), "text": text, "matches": list(list(whole))]),
    object("Message", ["id": text, "role": words("user", "assistant", "system"), "blocks": list(any)]),
    object(
      "TeleClaudeMessage",
      [
        "role": text, "type": text, "text": text, "timestamp": maybeText, "entry_index": whole,
        "file_index": whole,
      ]),
    object(
      "MessagePage",
      [
        "session_id": text, "agent": text, "messages": list(either("Message", "TeleClaudeMessage")),
        "events": list(reference("StreamEvent")), "next_after": maybeText, "next_before": maybeText,
        "has_more_before": flag, "has_more_after": flag,
      ],
      required: ["session_id", "agent", "next_after", "next_before", "has_more_before", "has_more_after"]),
    object("Metrics", ["metrics": list(any)]),
    object(
      "Problem",
      [
        "error":
          "{\"type\":\"object\",\"required\":[\"code\",\"kind\",\"message\",\"retryable\",\"request_id\"],\"properties\":"
          + "{\"code\":\(text),\"kind\":\(text),\"message\":\(text),\"details\":\(any),\"retryable\":\(flag),"
          + "\"request_id\":\(text)}}"
      ]),
    object("Readiness", ["status": words("ready", "starting", "draining"), "checks": any]),
    object(
      "SearchAnswer",
      [
        "results": list(
          "{\"type\":\"object\",\"required\":[\"type\",\"id\",\"url\",\"highlights\"],\"properties\":{\"type\":\(text),"
            + "\"id\":\(text),\"title\":\(maybeText),\"description\":\(maybeText),\"url\":\(text),"
            + "\"highlights\":\(list(reference("Highlight")))}}"),
        "total": whole,
      ]),
    object(
      "Session",
      [
        "id": text, "native_session_id": maybeText, "agent": text, "managed": flag, "title": maybeText,
        "status": text,
        "activity": maybeText, "project_path": maybeText, "computer": text, "model": maybeText,
        "parent_session_id": maybeText, "tags": list(text), "created_at": time, "updated_at": time,
        "last_message_at": maybeText, "last_message": maybeText, "transcript": any,
        "usage": reference("Usage"), "model_usage": modelUsage,
      ], optional: ["usage", "model_usage"]),
    object(
      "TeleClaudeSession",
      [
        "session_id": text, "title": maybeText, "project_path": maybeText, "active_agent": text,
        "status": text,
        "created_at": time, "last_activity": time, "computer": text, "closed_at": maybeText,
      ]),
    (
      "SessionAnswer",
      json("{\"anyOf\":[\(wrapped("session", reference("Session"))),\(reference("TeleClaudeSession"))]}")
    ),
    (
      "SessionPage",
      json(
        "{\"anyOf\":[{\"type\":\"object\",\"required\":[\"sessions\",\"total\",\"page\",\"page_size\"],\"properties\":{"
          + "\"sessions\":\(list(reference("Session"))),\"total\":\(whole),\"page\":\(whole),\"page_size\":\(whole)}},"
          + "\(list(reference("TeleClaudeSession")))]}")
    ),
    object("StreamEvent", ["event": text, "id": text, "data": any], required: ["event", "data"]),
    object("Stopping", ["status": text]),
    object("Ticket", ["ticket": text, "expires_in": whole]),
    object("Version", ["name": text, "version": text, "api": text, "computer": text]),
  ]
}
