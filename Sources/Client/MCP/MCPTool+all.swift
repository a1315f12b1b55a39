extension MCPTool {
  /// Every tool, in the order of `tools/list`.
  static let all: [MCPTool] = sessions + memories

  private static let session = Parameter(
    "session_id", .text, required: true, "The session's id, from list_sessions.")

  private static let sessions: [MCPTool] = [
    MCPTool(
      name: "list_sessions",
      meaning:
        "List sessions of coding agents on this machine, those that changed last first: who runs, in which "
        + "project, with which title and status.",
      method: "GET", path: "sessions",
      parameters: [
        Parameter("search", .text, "Only sessions with these words in title or messages."),
        Parameter("agent", .text, "Only sessions of this agent: claude, codex, gemini."),
        Parameter("project", .text, "Only sessions of this directory."),
        Parameter("active", .flag, "Only sessions whose agent is, or is not, at work."),
        Parameter("all", .flag, "Closed sessions too."),
        Parameter("page", .number(1...1_000_000), "Which page. Default 1."),
        Parameter("page_size", .number(1...100), "Sessions of a page. Default 50."),
      ]),
    MCPTool(
      name: "get_session", meaning: "Everything known of one session, its tokens by model included.",
      method: "GET",
      path: "sessions/{session_id}", parameters: [session]),
    MCPTool(
      name: "read_messages",
      meaning:
        "Read messages of a session, by default the newest. For older ones pass the answer's next_before as "
        + "before.",
      method: "GET", path: "sessions/{session_id}/messages",
      parameters: [
        session, Parameter("limit", .number(1...500), "Most messages. Default 200."),
        Parameter("before", .text, "Messages before the one with this id."),
        Parameter("after", .text, "Messages after the one with this id, oldest first."),
        Parameter("include_tools", .flag, "Calls of tools and their results too."),
        Parameter("include_thinking", .flag, "The agent's reasoning too."),
      ]),
    MCPTool(
      name: "search",
      meaning: "Find sessions by words in their titles and messages, best first, with excerpts.",
      method: "GET", path: "search",
      parameters: [
        Parameter("q", .text, required: true, "The words, all of which must stand there."),
        Parameter("limit", .number(1...100), "Most results. Default 50."),
      ]),
    MCPTool(
      name: "send_message",
      meaning:
        "Send text to a session's agent, as if its user had typed it; an agent that does not run is started "
        + "where it stood. The answer does not wait for the agent.",
      method: "POST", path: "sessions/{session_id}/messages",
      parameters: [
        session, Parameter("text", .text, required: true, "What to say."),
        Parameter("client_message_id", .text, "A name for the message: sent again, it is not typed again."),
      ]),
    MCPTool(
      name: "start_session",
      meaning: "Start a coding agent in a directory, with a first message if one is given.",
      method: "POST", path: "sessions",
      parameters: [
        Parameter("project_path", .text, required: true, "The directory, absolute."),
        Parameter("agent", .text, "The agent. Default claude."),
        Parameter("message", .text, "What to say to it first."),
        Parameter("title", .text, "What to call the session."),
        Parameter("model", .text, "The agent's model."),
        Parameter("permission_mode", .text, "The agent's permission mode: default, plan, acceptEdits."),
      ]),
    MCPTool(
      name: "interrupt_session",
      meaning: "Stop what a session's agent is doing; it then waits for a message.",
      method: "POST", path: "sessions/{session_id}/interrupt", parameters: [session]),
  ]

  private static let project = Parameter("project", .text, "Only of this project.")
  private static let kinds = [
    "preference", "decision", "discovery", "gotcha", "pattern", "friction", "context",
  ]

  private static let memories: [MCPTool] = [
    MCPTool(
      name: "search_memory", meaning: "Search what agents and people have asked to remember.", method: "GET",
      path: "memory/search",
      parameters: [
        Parameter("query", .text, required: true, "The words."), project,
        Parameter("type", .choice(kinds), "Only of this type."),
        Parameter("limit", .number(1...100), "Most memories. Default 20."),
      ]),
    MCPTool(
      name: "save_memory",
      meaning: "Remember something for later sessions. The same text in the same project is kept once.",
      method: "POST", path: "memory/save",
      parameters: [
        Parameter("text", .text, required: true, "What to remember."),
        Parameter("title", .text, "Its title. Default: the first sentence."),
        Parameter("type", .choice(kinds), "What it is. Default discovery."),
        Parameter("project", .text, "The project that it belongs to."), Parameter("tags", .texts, "Tags."),
      ]),
  ]
}
