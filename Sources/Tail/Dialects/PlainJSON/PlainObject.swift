import Wire

/// The members of an object that may say what it means, found in one pass: of most of their names a record has none, and
/// each look for one that is missing goes over the whole record. Lives for one record.
struct PlainObject {
  let json: JSONSlice
  private let members: [JSONSlice?]

  init(_ json: JSONSlice) {
    self.json = json
    members = json.members(Self.keys)
  }

  enum Key: Int {
    case message, role, type, content, parts, text, model, usage, uuid, id, parentUuid, parentId, parent
    case timestamp, createdAt, ts, time, date, toolCalls, toolCallID, toolCallIdCamel, toolUseID
    case isError, isErrorCamel
  }

  /// In the order of `Key`.
  private static let keys = JSONKeys([
    "message", "role", "type", "content", "parts", "text", "model", "usage", "uuid", "id", "parentUuid",
    "parentId", "parent", "timestamp", "created_at", "ts", "time", "date", "tool_calls", "tool_call_id",
    "toolCallId", "tool_use_id", "is_error", "isError",
  ])

  /// The member of the first of these names that is there.
  subscript(names: Key...) -> JSONSlice? {
    for name in names {
      if let value = members[name.rawValue] { return value }
    }
    return nil
  }
}
