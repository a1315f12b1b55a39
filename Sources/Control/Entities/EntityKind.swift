import StreamServer
import Wire

/// One kind of things that clients keep here: its path and its fields. The table of kinds is the only declaration:
/// checks, schemas and routes are made of it.
struct EntityKind: Sendable {
  /// What a right value of a field is.
  enum Form: Sendable {
    /// Text of at most so many characters.
    case text(Int)
    /// At most so many texts of at most so many characters.
    case texts(most: Int, Int)
    case flag
    /// An object of texts.
    case map(most: Int, Int)
    /// Any object.
    case object
  }

  struct Field: Sendable {
    var name: String
    var form: Form
    var isRequired = false
    /// Its texts are never shown.
    var isSecret = false
  }

  /// The path, which is also the name of the kind.
  var path: String
  /// The name of the schema.
  var schema: String
  /// One of them, in words.
  var thing: String
  var fields: [Field]
  /// Who may add, change and delete them: owners where they name programs that the server runs.
  var changers = Operation.Access.identified
  var isShared = false

  static let all: [EntityKind] = [
    EntityKind(
      path: "agents", schema: "AgentProfile", thing: "agent",
      fields: common + [
        Field(name: "system_prompt", form: .text(100_000)), Field(name: "model", form: .text(200)),
        Field(name: "tools", form: .texts(most: 256, 200)), Field(name: "metadata", form: .object),
      ], isShared: true),
    EntityKind(
      path: "skills", schema: "Skill", thing: "skill",
      fields: common + [
        Field(name: "content", form: .text(200_000)), Field(name: "tags", form: .texts(most: 32, 64)),
        Field(name: "metadata", form: .object),
      ], isShared: true),
    EntityKind(
      path: "slash-commands", schema: "SlashCommand", thing: "slash command",
      fields: common + [
        Field(name: "content", form: .text(200_000)), Field(name: "arguments", form: .texts(most: 32, 200)),
      ]),
    EntityKind(
      path: "tool-presets", schema: "ToolPreset", thing: "tool preset",
      fields: common + [
        Field(name: "allowed_tools", form: .texts(most: 256, 200)),
        Field(name: "disallowed_tools", form: .texts(most: 256, 200)),
      ]),
    mcpServers,
  ]

  /// MCP servers, which can be asked what they offer.
  static let mcpServers = EntityKind(
    path: "mcp-servers", schema: "MCPServer", thing: "MCP server",
    fields: common + [
      Field(name: "command", form: .text(4096)), Field(name: "args", form: .texts(most: 256, 4096)),
      Field(name: "url", form: .text(4096)),
      Field(name: "env", form: .map(most: 128, 16_384), isSecret: true),
      Field(name: "headers", form: .map(most: 128, 16_384), isSecret: true),
      Field(name: "enabled", form: .flag),
    ], changers: .owners)

  private static let common = [
    Field(name: "name", form: .text(128), isRequired: true), Field(name: "description", form: .text(4000)),
  ]

  /// What is shown in place of a secret; sent back, it leaves the stored one as it is.
  static let mask = "********"
}

extension EntityKind.Field {
  /// The value of the field in a body, as it will be stored; nil when it is not there.
  func value(in body: Body) throws(Problem) -> JSONSlice? {
    switch form {
    case .text(let maximum):
      if isRequired { return JSONSlice(string: try body.requiredText(name, maximum: maximum)) }
      return try body.text(name, maximum: maximum).map { JSONSlice(string: $0) }
    case .texts(let most, let maximum):
      return try body.texts(name, most: most, maximum: maximum).map { JSONSlice(texts: $0) }
    case .flag: return try body.flag(name).map { JSONSlice(bool: $0) }
    case .object: return try body.object(name)?.json.detached()
    case .map(let most, let maximum):
      guard let object = try body.object(name) else { return nil }
      guard object.names.count <= most else { throw body.invalid(name, "must have at most \(most) members") }
      var wrong: String?
      object.json.forEachMember { key, value in
        guard let text = value.string, text.unicodeScalars.count <= maximum, !key.isEmpty else {
          return wrong = key
        }
      }
      if wrong != nil {
        throw body.invalid(name, "must be an object of texts of at most \(maximum) characters")
      }
      return object.json.detached()
    }
  }

  /// Its JSON Schema; fields that may be left out may be null.
  var schema: String {
    let plain =
      switch form {
      case .text(let maximum): isRequired ? Schemas.filled(maximum) : Schemas.text(maximum)
      case .texts(let most, let maximum):
        "{\"type\":\"array\",\"maxItems\":\(most),\"items\":\(Schemas.text(maximum))}"
      case .flag: Schemas.flag
      case .object: Schemas.any
      case .map(let most, let maximum):
        "{\"type\":\"object\",\"maxProperties\":\(most),\"propertyNames\":{\"minLength\":1},"
          + "\"additionalProperties\":\(Schemas.text(maximum))}"
      }
    return isRequired ? plain : Schemas.maybe(plain)
  }
}
