import Store
import StreamServer
import Wire

/// Which memories a search or a list shows. A value made of the parameters.
///
/// Without an identity only memories of nobody in particular are shown; with one also those of that identity.
struct MemoryFilter: Sendable {
  var projects: [String] = []
  var types: [String] = []
  var identityKey: String?
  var sessionID: String?
  var tag: String?
  var fromMS: Int64?
  var toMS: Int64?

  /// Every memory of nobody in particular.
  init() {}

  init(_ call: Call) {
    projects = call.text("project").map { [$0] } ?? []
    types = call.words("type")
    identityKey = call.text("identity_key")
    sessionID = call.text("session_id")
    tag = call.text("tag")
    fromMS = call.time("from")?.milliseconds
    toMS = call.time("to")?.milliseconds
  }

  /// The condition on `m`, with `?1` to `?7` for `values`: one text for every filter, so that it is compiled once.
  static let condition = """
    (m.identity_key IS NULL OR m.identity_key = ?1)
    AND (?2 IS NULL OR m.project IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR m.type IN (SELECT value FROM json_each(?3)))
    AND (?4 IS NULL OR m.session_id = ?4)
    AND (?5 IS NULL OR EXISTS (SELECT 1 FROM json_each(m.tags) WHERE value = ?5))
    AND (?6 IS NULL OR m.created_ms >= ?6) AND (?7 IS NULL OR m.created_ms <= ?7)
    """

  /// The values of `condition`.
  var values: [any SQLBindable] {
    [
      identityKey, projects.isEmpty ? nil : JSONSlice(texts: projects).description,
      types.isEmpty ? nil : JSONSlice(texts: types).description, sessionID, tag, fromMS, toMS,
    ]
  }
}
