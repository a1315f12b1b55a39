import Store
import Wire

/// A change of the feed as receivers of webhooks get it: `{id,source,type,timestamp,properties,payload}`. A value.
struct HookEvent: Sendable {
  /// The change's id on the wire, `<feed epoch>-<seq>`.
  let id: String
  /// The change's topic.
  let source: String
  /// The change's type.
  let type: String
  /// When, milliseconds since 1970.
  let timestampMS: Int64
  /// What changed.
  let payload: JSONSlice
  private let sessionID: String?
  private let projectID: String?

  /// A property: the value as it is sent, and the texts that criteria see.
  struct Property: Sendable {
    var json: JSONSlice
    var texts: [String]
  }

  /// The event of a stored change; nil for a change that no hook is told of.
  ///
  /// The topic of the hooks themselves is never told: each delivery would be an event that is delivered.
  init?(_ change: Change, epoch: Epoch) {
    guard change.topic != HookEvent.ownTopic else { return nil }
    id = FeedCursor(epoch: epoch, sequence: UInt64(max(0, change.seq))).description
    source = change.topic
    type = change.type
    timestampMS = change.timestampMS
    payload = JSONSlice(validating: Array(change.payload.utf8)) ?? .null
    sessionID = change.sessionID
    projectID = change.projectID
  }

  /// An event that tries a contract's receiver.
  init(testing contract: String, id: String, nowMS: Int64) {
    self.id = id
    source = HookEvent.ownTopic
    type = "hook.test"
    timestampMS = nowMS
    var writer = JSONWriter()
    writer.object { $0.field("contract_id", contract) }
    payload = JSONSlice(writer.take())
    sessionID = nil
    projectID = nil
  }

  /// The topic of contracts and deliveries.
  static let ownTopic = "hooks"

  /// What criteria can ask for: the payload's plain values and lists of texts by name, those of an object in it as
  /// `object.name`, and the ids of session and project.
  var properties: [String: Property] {
    var found: [String: Property] = [:]
    payload.forEachMember { name, value in
      if value.kind == .object {
        value.forEachMember { inner, value in found["\(name).\(inner)"] = Property(value) }
      } else {
        found[name] = Property(value)
      }
    }
    for (name, id) in [("session_id", sessionID), ("project_id", projectID)] {
      if let id { found[name] = Property(json: JSONSlice(string: id), texts: [id]) }
    }
    return found
  }

  /// The body that is sent.
  var body: [UInt8] {
    var writer = JSONWriter(reserving: payload.utf8Count * 2 + 256)
    writer.object { writer in
      writer.field("id", id)
      writer.field("source", source)
      writer.field("type", type)
      writer.field("timestamp", Timestamp.text(timestampMS))
      writer.key("properties")
      writer.object { writer in
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
          writer.key(name)
          writer.raw(property.json)
        }
      }
      writer.field("payload", payload)
    }
    return writer.take()
  }
}

extension HookEvent.Property {
  /// The property of a value; nil for null, objects and lists of anything but texts.
  init?(_ value: JSONSlice) {
    switch value.kind {
    case .string: self.init(json: value, texts: [value.string ?? ""])
    case .number, .bool: self.init(json: value, texts: [value.description])
    case .array:
      let elements = value.elements
      let texts = elements.compactMap(\.string)
      guard texts.count == elements.count else { return nil }
      self.init(json: value, texts: texts)
    case .object, .null: return nil
    }
  }
}
