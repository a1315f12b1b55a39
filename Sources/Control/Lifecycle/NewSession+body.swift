import StreamServer
import Tail
import Wire

/// The body of `POST sessions`: its fields, checked as far as they can be without looking at the machine.
struct NewSessionBody {
  /// Characters of a first message (API section 2).
  static let messageLimit = 100_000

  var projectPath: String?
  var projectID: String?
  var subdir: String?
  var agent: String?
  var kind: LaunchKind
  var message: String?
  var nativeID: String?
  var title: String?
  var mode: String?
  var tags: [String]
  var metadata: String?
  var humanEmail: String?
  var humanRole: String?
  var initiatorID: String?
  var computer: String?
  var choices: AgentChoices

  init(_ body: Body) throws(Problem) {
    projectPath = try body.text("project_path", maximum: 4096)
    projectID = try body.text("project_id", maximum: 4096)
    subdir = try body.text("subdir", maximum: 4096)
    agent = try body.text("agent", maximum: 64)
    message = try body.text("message", "prompt", maximum: Self.messageLimit)
    nativeID = try body.id("native_session_id")
    let given = try body.choice("launch_kind", of: LaunchKind.allCases.map(\.rawValue)).flatMap(
      LaunchKind.init)
    kind = given ?? (nativeID != nil ? .agentResume : message == nil ? .agent : .agentThenMessage)
    title = try body.text("title", "display_name", maximum: SessionLabels.titleLimit)
    mode = try body.text("mode", maximum: 64)
    tags = try SessionLabels.tags(body) ?? []
    metadata = try SessionLabels.metadata(body)
    humanEmail = try body.text("human_email", maximum: 320)
    humanRole = try body.text("human_role", maximum: 64)
    initiatorID = try body.id("initiator_session_id")
    computer = try body.text("computer", maximum: 256)
    choices = AgentChoices(
      model: try body.text("model", maximum: 128),
      permissionMode: try body.text("permission_mode", maximum: 64),
      thinkingMode: try body.text("thinking_mode", maximum: 64))
    if kind == .agentResume, nativeID == nil {
      throw body.invalid("native_session_id", "is missing; launch_kind agent_resume goes on with it")
    }
    if kind == .agentThenMessage, message.map({ $0.allSatisfy(\.isWhitespace) }) ?? true {
      throw body.invalid("message", "is missing; launch_kind agent_then_message sends it")
    }
    if let subdir, subdir.hasPrefix("/") || subdir.split(separator: "/").contains("..") {
      throw body.invalid("subdir", "must be a path below the project, without ..")
    }
  }
}

/// What may be said about any session: checked in one place for `POST` and `PATCH`.
enum SessionLabels {
  static let titleLimit = 1000
  static let metadataBytes = 16 << 10

  /// At most 32 tags of at most 64 characters, none twice.
  static func tags(_ body: Body) throws(Problem) -> [String]? {
    guard let given = try body.texts("tags", most: 32, maximum: 64) else { return nil }
    var tags: [String] = []
    for tag in given where !tags.contains(tag) {
      guard !tag.isEmpty, !tag.contains(",") else {
        throw body.invalid(
          "tags", "must not be empty or have commas: lists are filtered by tags joined by commas")
      }
      tags.append(tag)
    }
    return tags
  }

  /// The text of a JSON object.
  static func metadata(_ body: Body) throws(Problem) -> String? {
    guard let object = try body.object("metadata", "session_metadata") else { return nil }
    guard object.json.bytes.count <= metadataBytes else {
      throw body.invalid("metadata", "must have at most \(metadataBytes) bytes")
    }
    return String(decoding: object.json.bytes, as: UTF8.self)
  }
}
