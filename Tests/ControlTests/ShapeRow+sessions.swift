extension ShapeRow {
  /// The whole life of a session that was started here.
  static let steered: [ShapeRow] = [
    .init(.post, "/sessions", #"{"project_path":"{root}/app","agent":"claude","title":"T"}"#, 201, started),
    .init(.post, "/sessions", "{}", 400, invalid),
    .init(.post, "/sessions", #"{"project_path":"{root}/none"}"#, 400, invalid),
    .init(.post, "/sessions", #"{"project_path":"{root}/app","agent":"nobody"}"#, 400, invalid),
    .init(.post, "/sessions", #"{"project_id":"none"}"#, 404, refused("project_id:s")),
    .init(.get, "/sessions/{session_id}", "", 200, own),
    .init(.patch, "/sessions/{session_id}", #"{"title":"U"}"#, 200, own),
    .init(.patch, "/sessions/{session_id}", "{}", 400, invalid),
    .init(.patch, "/sessions/none", #"{"title":"U"}"#, 404, unknown),
    .init(.patch, "/sessions/{session_id}/tags", #"{"tags":["a"]}"#, 200, own),
    .init(.patch, "/sessions/{session_id}/tags", #"{"tags":"a"}"#, 400, invalid),
    .init(.post, "/sessions/{session_id}/promote", #"{"project_id":"none"}"#, 404, refused("project_id:s")),
    .init(.post, "/projects", #"{"name":"App","path":"{root}/app"}"#, 201, project),
    .init(.post, "/sessions/{session_id}/promote", #"{"project_id":"{id}"}"#, 200, own),
    .init(
      .get, "/sessions/patches", "", 200,
      "{patches:[{activity:s,session_id:s,status:s,title:s,updated_at:s}]}"),
    .init(.post, "/sessions/{session_id}/control", #"{"permission_mode":"plan"}"#, 202, begun),
    .init(.get, "/operations/{operation_id}", "", 200, operation),
    .init(.get, "/operations/none", "", 404, refused("id:s")),
    .init(.post, "/sessions/{session_id}/agent-restart", "{}", 202, begun),
    .init(.post, "/sessions/none/agent-restart", "{}", 404, unknown),
    .init(.post, "/sessions/none/revive", "{}", 404, unknown),
    .init(.post, "/sessions/none/fork", "{}", 404, unknown),
    .init(.post, "/sessions/none/voice", #"{"file_path":"/x"}"#, 404, unknown),
    .init(.post, "/sessions/{session_id}/voice", "", 400, invalid),
    .init(.post, "/sessions/{session_id}/voice", #"{"file_path":"/x"}"#, 501, refused("reason:s")),
    .init(.post, "/sessions/none/rewind", #"{"message_uuid":"u"}"#, 404, unknown),
    .init(.post, "/sessions/{session_id}/rewind", "{}", 400, invalid),
    .init(.post, "/sessions/{session_id}/fork", "{}", 422, refused("reason:s")),
    .init(.post, "/sessions/{session_id}/kill", "{}", 204, nothing),
    .init(.post, "/sessions/{session_id}/message", #"{"message":"hello"}"#, 409, unknown),
    .init(.post, "/sessions/{session_id}/revive", "{}", 202, begun),
    .init(.post, "/sessions/{session_id}/revive", "{}", 409, unknown),
    .init(.post, "/sessions/{session_id}/kill", "{}", 204, nothing),
    .init(.delete, "/sessions/{session_id}", "", 204, nothing),
    .init(.delete, "/sessions/none", "", 404, unknown),
    .init(.post, "/sessions/cleanup", "{}", 200, "{cleaned:n,session_ids:[],status:s}"),
  ]

  /// What is said to a session that runs.
  static let told: [ShapeRow] = [
    .init(.post, "/sessions", #"{"project_path":"{root}/app","agent":"claude","title":"T"}"#, 201, started),
    .init(
      .post, "/sessions/{session_id}/message", #"{"message":"hello","client_message_id":"m"}"#, 202, accepted),
    .init(
      .post, "/sessions/{session_id}/message", #"{"message":"hello","client_message_id":"m"}"#, 202, accepted),
    .init(.post, "/sessions/{session_id}/message", "{}", 400, invalid),
    .init(.post, "/sessions/none/message", #"{"message":"hello"}"#, 404, unknown),
    .init(.get, "/sessions/{session_id}/messages/none", "", 404, refused("message_id:s")),
    .init(
      .post, "/sessions/{session_id}/keys", #"{"key":"escape"}"#, 200, "{count:n,key:s,session_id:s,status:s}"
    ),
    .init(.post, "/sessions/{session_id}/keys", #"{"key":"power"}"#, 400, invalid),
    .init(.post, "/sessions/none/keys", #"{"key":"escape"}"#, 404, unknown),
    .init(.post, "/sessions/{session_id}/interrupt", "{}", 200, outcome),
    .init(.post, "/sessions/none/interrupt", "{}", 404, unknown),
    .init(
      .post, "/sessions/{session_id}/activity", #"{"state":"idle"}"#, 200,
      "{bound:b,session_id:s,state:s,status:s}"),
    .init(.post, "/sessions/{session_id}/activity", #"{"state":"asleep"}"#, 400, invalid),
    .init(.get, "/sessions/{session_id}/pending", "", 200, "{pending:0,session_id:s}"),
    .init(.post, "/sessions/{session_id}/answer", #"{"answer":"yes"}"#, 409, unable),
    .init(
      .post, "/sessions/{session_id}/inputs/current/resolve", #"{"answer":"yes"}"#, 409,
      refused("request_id:s,session_id:s")),
    .init(
      .post, "/sessions/{session_id}/approvals/current/resolve", #"{"answer":"yes"}"#, 409,
      refused("request_id:s,session_id:s")),
    .init(.get, "/sessions/{session_id}/checkpoints", "", 200, "{checkpoints:[]}"),
    .init(.post, "/sessions/{session_id}/checkpoints", "{}", 200, "{checkpoint:0}"),
    .init(.post, "/sessions/{session_id}/file", #"{"file_path":"/etc/passwd"}"#, 422, refused(nil)),
  ]

  private static let unknown = refused("session_id:s")
  private static let accepted =
    "{changed_at:s,client_message_id:s,created_at:s,duplicate:b,message_id:s,session_id:s,state:s,status:s}"
  private static let unable = refused("session_id:s")
  private static let outcome = "{session_id:s,status:s}"
  private static let started = "{agent:s,session:\(own),session_id:s,status:s,tmux_session_name:s}"
  private static let begun =
    "{ended_at:0,error:0,id:s,kind:s,operation_id:s,session_id:s,started_at:s,state:s,status:s}"
  private static let operation =
    "{ended_at:s,error:0,id:s,kind:s,operation_id:s,session_id:s,started_at:s,state:s}"
  /// The object of API section 9 for a session of ours.
  private static let own =
    "{active_agent:s,closed_at:0,computer:s,created_at:s,human_email:0,human_role:0,initiator_session_id:0,"
    + "last_activity:s,last_input:0,last_input_at:0,last_input_origin:0,last_output_digest:0,last_output_summary:0,"
    + "last_output_summary_at:0,native_session_id:s,project_path:s,session_id:s,session_metadata:0,status:s,subdir:0,"
    + "thinking_mode:0,title:s,tmux_session_name:s,visibility:s}"
}
