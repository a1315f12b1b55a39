import Testing
import Wire

/// One request of a client of TeleClaude: its status, and the form of its body, in which a string is `s`, a number `n`,
/// a truth value `b`, null `0`, and equal elements of a list are one. `{id}` in a path or a body is the id of the
/// answer before.
struct ShapeRow: Sendable {
  var method: Wire.Method
  var path: String
  var body: String
  var status: Int
  var form: String

  init(_ method: Wire.Method, _ path: String, _ body: String, _ status: Int, _ form: String) {
    self.method = method
    self.path = path
    self.body = body
    self.status = status
    self.form = form
  }

  /// Members of answers that later rows name.
  static let captured = ["id", "token", "delivery_id", "session_id", "message_id", "operation_id"]

  /// A text with names in braces replaced by what is known of them; by `x` without.
  func filled(_ text: String, _ known: [String: String]) -> String {
    (Self.captured + ["root"]).reduce(text) { text, name in
      text.replacing("{\(name)}", with: known[name] ?? "x")
    }
  }

  /// Routes whose bodies have tests of their own: probes, counters, pages, bytes, what ends the server.
  static let elsewhere: Set<String> = [
    "", "healthz", "readyz", "health", "metrics", "observability", "openapi.json", "docs", "page/{file}",
    "shutdown", "sessions/{id}/records/{cursor}",
  ]

  static let nothing = "0"
  static let invalid = refused("field:s,reason:s")
  static func refused(_ details: String?) -> String {
    "{detail:s,error:{code:s," + (details.map { "details:{\($0)}," } ?? "")
      + "kind:s,message:s,request_id:s,retryable:b}}"
  }
  private static let memory =
    "{concepts:[],created_at:s,facts:[],id:n,identity_key:0,narrative:s,project:s,record:0,session_id:0,tags:[],"
    + "text:s,title:s,type:s}"
  private static let settings = "{pane_theming_mode:s,tts:{enabled:b}}"
  private static let agent =
    "{agent:s,available:b,degraded_until:0,error:0,reason:0,status:s,unavailable_until:0}"
  static let project =
    "{computer:s,created_at:s,description:0,exists:b,id:s,name:s,path:s,updated_at:s}"
  private static let projectShown =
    "{computer:s,created_at:s,description:0,exists:b,id:s,name:s,path:s,recent_sessions:[\(session)],updated_at:s}"
  private static let todos =
    "[{after:[],build_status:0,computer:s,deferrals_status:0,description:0,dor_score:0,files:[],findings_count:n,"
    + "group:0,has_impl_plan:b,has_requirements:b,project_path:s,review_status:0,slug:s,status:s}]"
  private static let contract =
    "{created_at:s,expires_at:0,id:s,pending:n,properties:{},source_criterion:0,target:{signed:b,url:s},"
    + "type_criterion:{match:[s],required:b}}"
  private static let delivery =
    "{attempts:n,contract_id:s,created_at:s,event_id:s,id:s,next_attempt_at:s,reason:0,source:s,state:s,status:0,"
    + "type:s,updated_at:s,url:s}"
  /// The object of API section 9.
  private static let session =
    "{active_agent:s,closed_at:0,computer:s,created_at:s,human_email:0,human_role:0,initiator_session_id:0,"
    + "last_activity:s,last_input:0,last_input_at:0,last_input_origin:0,last_output_digest:0,last_output_summary:0,"
    + "last_output_summary_at:0,native_session_id:s,project_path:s,session_id:s,session_metadata:0,status:s,subdir:0,"
    + "thinking_mode:0,title:s,tmux_session_name:0,visibility:s}"

  /// The rows by what they are about; each table is worked through from its first row on.
  static let tables: [String: [ShapeRow]] = [
    "memory": memoryRows,
    "settings and keys": settingsAndKeysRows,
    "channels": channelsRows,
    "inventory": inventoryRows,
    "entities": entities,
    "webhooks": webhooksRows,
    "sessions, read": sessionsReadRows,
    "sessions, steered": steered,
    "sessions, told": told,
  ]

  private static let memoryRows: [ShapeRow] = [
    .init(.post, "/memory/save", #"{"text":"One. Two.","project":"p"}"#, 201, "{id:n,project:s,title:s}"),
    .init(.post, "/memory/save", #"{"text":"One. Two.","project":"p"}"#, 200, "{id:n,project:s,title:s}"),
    .init(.post, "/memory/save", #"{}"#, 400, invalid),
    .init(.get, "/memory/search?query=one", "", 200, "[\(memory)]"),
    .init(.get, "/memory/search?query=one&limit=0", "", 400, invalid),
    .init(.get, "/memory", "", 200, "[\(memory)]"),
    .init(.get, "/memory/timeline?anchor=1", "", 200, "[\(memory)]"),
    .init(.get, "/memory/timeline?anchor=9", "", 404, refused("id:n")),
    .init(.post, "/memory/batch", #"{"ids":[1,2]}"#, 200, "[\(memory)]"),
    .init(.get, "/memory/inject?projects=p", "", 200, "s"),
    .init(
      .get, "/memory/stats", "", 200,
      "{by_project:[{count:n,project:s}],by_type:{discovery:n},newest_at:s,oldest_at:s,total:n}"),
    .init(.get, "/memory/export", "", 200, "[\(memory)]"),
    .init(.delete, "/memory/1", "", 200, "{deleted:n}"),
    .init(.delete, "/memory/1", "", 404, refused("id:n")),
  ]

  private static let settingsAndKeysRows: [ShapeRow] = [
    .init(.get, "/settings", "", 200, settings),
    .init(.patch, "/settings", #"{"tts":{"enabled":true}}"#, 200, settings),
    .init(.patch, "/settings", #"{"pane_theming_mode":"loud"}"#, 400, invalid),
    .init(
      .patch, "/settings", #"{"tts.enable":true}"#, 400, refused("field:s,unknown:[{field:s,nearest:s}]")),
    .init(.get, "/auth/whoami", "", 200, "{address:s,identity:s,is_owner:b,local:b,web_user:0}"),
    .init(.post, "/auth/keys", #"{"name":"k"}"#, 201, "{created_at:s,id:s,key:s,name:s}"),
    .init(.get, "/auth/keys", "", 200, "[{created_at:s,id:s,last_used_at:0,name:s}]"),
    .init(.delete, "/auth/keys/{id}", "", 204, nothing),
    .init(.delete, "/auth/keys/none", "", 404, refused("id:s")),
    .init(.post, "/ws-ticket", #"{}"#, 201, "{expires_in:n,ticket:s}"),
  ]

  private static let channelsRows: [ShapeRow] = [
    .init(.get, "/channels/channel:p:t/messages", "", 404, refused("channel:s")),
    .init(.post, "/channels/channel:p:t/publish", #"{"payload":{"x":1}}"#, 200, "{channel:s,message_id:s}"),
    .init(.post, "/channels/channel:p:t/publish", #"{"payload":1}"#, 400, invalid),
    .init(.post, "/channels/a%20b/publish", #"{"payload":{}}"#, 400, invalid),
    .init(
      .get, "/channels", "", 200,
      "[{consumers:[],key:s,last_message_at:s,last_message_id:s,length:n,name:s,project:s,topic:s}]"),
    .init(.get, "/channels/channel:p:t/messages", "", 200, "[{created_at:s,message_id:s,payload:{x:n}}]"),
    .init(
      .post, "/channels/channel:p:t/ack", #"{"consumer":"c","message_id":"1"}"#, 200,
      "{channel:s,consumer:s,message_id:s}"),
  ]

  private static let inventoryRows: [ShapeRow] = [
    .init(
      .get, "/computers", "", 200,
      "[{host:s,is_local:b,name:s,role:0,started_at:s,status:s,system_stats:0,tmux_binary:0,user:s}]"),
    .init(.get, "/people", "", 200, "[{email:s,name:s,role:s,username:0}]"),
    .init(.get, "/agents/availability", "", 200, "{claude:\(agent),codex:\(agent),gemini:\(agent)}"),
    .init(.post, "/agents/codex/status", #"{"status":"available"}"#, 200, agent),
    .init(.post, "/agents/codex/status", #"{"status":"asleep"}"#, 400, invalid),
    .init(.post, "/agents/nobody/status", #"{"status":"available"}"#, 404, refused("agent:s")),
    .init(.post, "/projects", #"{"path":"{root}/app"}"#, 201, project),
    .init(.post, "/projects", #"{"path":"{root}/app"}"#, 409, refused("id:s")),
    .init(.post, "/projects", #"{"path":"/usr"}"#, 403, refused("field:s")),
    .init(.post, "/projects", #"{"path":"{root}/none"}"#, 404, refused("field:s")),
    .init(.get, "/projects", "", 200, "[\(project)]"),
    .init(.get, "/todos", "", 200, todos),
    .init(.post, "/projects/reload", #"{}"#, 200, "{missing:[],status:s,total:n}"),
    .init(.get, "/projects/{id}", "", 200, projectShown),
    .init(.patch, "/projects/{id}", #"{"name":"n"}"#, 200, project),
    .init(.put, "/projects/{id}", #"{"path":"{root}/app"}"#, 200, project),
    .init(.put, "/projects/{id}", #"{}"#, 400, invalid),
    .init(.delete, "/projects/{id}", "", 204, nothing),
    .init(.get, "/projects/{id}", "", 404, refused("project_id:s")),
    .init(
      .get, "/filesystem/browse", "", 200,
      "{entries:[{modified_at:s,name:s,size:n,type:s}],path:s,truncated:b}"),
    .init(.get, "/filesystem/browse?path=..", "", 403, refused(nil)),
  ]

  private static let webhooksRows: [ShapeRow] = [
    .init(
      .post, "/hooks/contracts",
      #"{"id":"c1","target":{"url":"https://example.org/x","secret":"s"},"type_criterion":{"match":"memory.*"}}"#,
      201, contract),
    .init(
      .post, "/hooks/contracts", #"{"id":"c1","target":{"url":"https://example.org/x"}}"#, 409,
      refused("contract_id:s")),
    .init(.post, "/hooks/contracts", #"{"target":{}}"#, 422, invalid),
    .init(.get, "/hooks/contracts", "", 200, "[\(contract)]"),
    .init(.get, "/hooks/properties", "", 200, "{properties:[{name:s,types:[s]}],sources:[s],types:[s]}"),
    .init(.post, "/hooks/contracts/c1/test", #"{}"#, 202, "{delivery_id:s,state:s}"),
    .init(.get, "/hooks/deliveries", "", 200, "[\(delivery)]"),
    .init(.get, "/hooks/deliveries/{delivery_id}", "", 200, delivery),
    .init(.post, "/hooks/deliveries/{delivery_id}/redeliver", #"{}"#, 409, refused(nil)),
    .init(.get, "/hooks/deliveries/none", "", 404, refused(nil)),
    .init(.delete, "/hooks/contracts/c1", "", 200, "{contract_id:s,status:s}"),
    .init(.delete, "/hooks/contracts/c1", "", 404, refused("contract_id:s")),
  ]

  private static let sessionsReadRows: [ShapeRow] = [
    .init(.get, "/sessions", "", 200, "[\(session)]"),
    .init(.get, "/sessions?closed=true", "", 200, "[]"),
    .init(.get, "/sessions/s1", "", 200, session),
    .init(.get, "/sessions/none", "", 404, refused("session_id:s")),
    .init(.get, "/sessions/a.b", "", 400, invalid),
    .init(
      .get, "/sessions/s1/messages?include_tools=true&include_thinking=true", "", 200,
      "{agent:s,has_more_after:b,has_more_before:b,messages:[{entry_index:n,file_index:n,role:s,text:s,timestamp:0,type:s}],next_after:s,next_before:0,session_id:s}"
    ),
    .init(.get, "/sessions/none/messages", "", 404, refused("session_id:s")),
    .init(
      .get, "/sessions/s1/usage", "", 200,
      "{agent:s,complete:b,project_path:s,session_id:s,title:s,updated_at:s}"),
    .init(.get, "/sessions/none/usage", "", 404, refused("session_id:s")),
    .init(
      .get, "/usage/sessions", "", 200,
      "{complete:b,page:n,page_size:n,sessions:[{agent:s,complete:b,project_path:s,session_id:s,title:s,updated_at:s}],total:n}"
    ),
    .init(.get, "/search?q=nothing", "", 200, "{results:[],total:n}"),
    .init(.get, "/autocomplete?query=One", "", 200, "{suggestions:[{description:s,label:s,type:s,value:s}]}"),
    .init(.get, "/version", "", 200, "{api:s,computer:s,name:s,version:s}"),
  ]
}
