import Wire

/// One tool that `tailcast mcp` offers: a request to the server, declared so that its schema and the reading of its
/// arguments cannot disagree. A value; `MCPTool.all` is the list.
struct MCPTool: Sendable {
  /// One argument.
  struct Parameter: Sendable {
    enum Form: Sendable {
      case text
      case number(ClosedRange<Int>)
      case flag
      case choice([String])
      case texts
    }

    var name: String
    var form: Form
    var isRequired: Bool
    var meaning: String

    init(_ name: String, _ form: Form, required isRequired: Bool = false, _ meaning: String) {
      self.name = name
      self.form = form
      self.isRequired = isRequired
      self.meaning = meaning
    }
  }

  var name: String
  /// For the model: what it does and when to use it.
  var meaning: String
  var method: String
  /// Below `/api/v1/`; an argument's name in braces stands for its value.
  var path: String
  var parameters: [Parameter] = []

  /// Why a tool cannot be called like that.
  struct Fault: Error, Equatable {
    var reason: String
  }

  /// The request for the arguments of a call.
  func call(_ arguments: JSONSlice?) throws(Fault) -> ServerCall {
    var call = ServerCall(method, path)
    if let arguments, arguments.kind != .object { throw Fault(reason: "the arguments must be an object") }
    var unknown: String?
    arguments?.forEachMember { name, _ in
      if !parameters.contains(where: { $0.name == name }) { unknown = name }
    }
    if let unknown {
      let near = Suggestion.nearest(to: unknown, among: parameters.map(\.name))
      throw Fault(reason: "there is no argument \(unknown)\(near.map { "; did you mean \($0)?" } ?? "")")
    }
    for parameter in parameters {
      guard let value = arguments?[parameter.name], !value.isNull else {
        if parameter.isRequired { throw Fault(reason: "\(parameter.name) is missing") }
        continue
      }
      let text = try parameter.text(of: value)
      if path.contains("{\(parameter.name)}") {
        // Dots would lead to another route.
        guard text.utf8.allSatisfy(Self.isOfID) else { throw Fault(reason: "\(parameter.name) is no id") }
        call.path = call.path.replacing("{\(parameter.name)}", with: PercentEncoding.encode(text))
      } else if method == "GET" {
        call.ask(parameter.name, text)
      } else {
        call.set(parameter.name, json: value)
      }
    }
    return call
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
    default: false
    }
  }

  /// The tool as `tools/list` shows it.
  func write(into writer: inout JSONWriter) {
    writer.object { json in
      json.field("name", name)
      json.field("description", meaning)
      json.key("inputSchema")
      json.object { json in
        json.field("type", "object")
        json.key("properties")
        json.object { json in for parameter in parameters { parameter.write(into: &json) } }
        json.key("required")
        json.array { json in
          for parameter in parameters where parameter.isRequired { json.value(parameter.name) }
        }
        json.field("additionalProperties", false)
      }
      json.key("annotations")
      json.object { json in
        json.field("readOnlyHint", method == "GET")
        json.field("destructiveHint", false)
        json.field("openWorldHint", false)
      }
    }
  }
}

extension MCPTool.Parameter {
  /// The value as a query or a path has it.
  fileprivate func text(of value: JSONSlice) throws(MCPTool.Fault) -> String {
    switch form {
    case .text:
      if let text = value.string, !text.isEmpty { return text }
      throw .init(reason: "\(name) must be a text that is not empty")
    case .number(let range):
      if let number = value.int, range.contains(Int(clamping: number)) { return "\(number)" }
      throw .init(reason: "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    case .flag:
      if let flag = value.bool { return "\(flag)" }
      throw .init(reason: "\(name) must be true or false")
    case .choice(let words):
      if let word = value.string, words.contains(word) { return word }
      throw .init(reason: "\(name) must be one of \(words.joined(separator: ", "))")
    case .texts:
      let texts = value.elements.compactMap(\.string)
      if value.kind == .array, texts.count == value.elements.count { return texts.joined(separator: ",") }
      throw .init(reason: "\(name) must be a list of texts")
    }
  }

  /// The member of the input schema.
  fileprivate func write(into writer: inout JSONWriter) {
    writer.key(name)
    writer.object { json in
      switch form {
      case .text:
        json.field("type", "string")
        json.field("minLength", 1)
      case .number(let range):
        json.field("type", "integer")
        json.field("minimum", range.lowerBound)
        json.field("maximum", range.upperBound)
      case .flag: json.field("type", "boolean")
      case .choice(let words):
        json.field("type", "string")
        json.key("enum")
        json.array { json in for word in words { json.value(word) } }
      case .texts:
        json.field("type", "array")
        json.key("items")
        json.object { $0.field("type", "string") }
      }
      json.field("description", meaning)
    }
  }
}
