import Wire

/// Writes one operation of the document.
struct OpenAPIOperation {
  let operation: Operation
  let mount: Mount
  let pattern: PathPattern

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("operationId", id)
      writer.field("summary", operation.summary)
      if let absence = operation.absence {
        writer.field("description", "Answered 501: \(absence)")
      } else if pattern != operation.patterns[0] {
        writer.field("description", "Another name of \(operation.patterns[0].text).")
      }
      writer.key("tags")
      writer.array {
        $0.value(operation.patterns[0].text.split(separator: "/").first.map(String.init) ?? "meta")
      }
      writer.field("x-tier", operation.tier.rawValue)
      writer.field("x-rate-class", operation.rateClass.rawValue)
      if operation.access == .anyone {
        writer.key("security")
        writer.array { _ in }
      }
      parameters(into: &writer)
      body(into: &writer)
      responses(into: &writer)
    }
  }

  private var id: String {
    let mountName =
      mount == .root ? "root" : mount.rawValue.dropFirst().split(separator: "/").joined(separator: "_")
    let path = pattern.text.map { $0.isLetter || $0.isNumber ? $0 : "_" }
    return "\(operation.method.name.lowercased())_\(mountName)_\(String(path))"
  }

  private func parameters(into writer: inout JSONWriter) {
    let declared = Set(operation.parameters.filter { $0.place == .path }.map(\.name))
    let undeclared = pattern.parameters.filter { !declared.contains($0) }
      .map { Parameter($0, .text(maximum: 1024), in: .path, "Part of the path.") }
    let all =
      undeclared + operation.parameters.filter { $0.place != .path || pattern.parameters.contains($0.name) }
    guard !all.isEmpty else { return }
    writer.key("parameters")
    writer.array { writer in
      for parameter in all {
        writer.object { writer in
          writer.field("name", parameter.name)
          writer.field("in", parameter.place.rawValue)
          writer.field("description", parameter.meaning)
          if parameter.isRequired { writer.field("required", true) }
          writer.key("schema")
          parameter.schema(into: &writer)
        }
      }
    }
  }

  private func body(into writer: inout JSONWriter) {
    switch operation.body {
    case .none: break
    case .json(let schema, let required):
      writer.key("requestBody")
      writer.object { writer in
        writer.field("required", required)
        Self.content("application/json", schema: schema, into: &writer)
      }
    case .upload(let schema):
      // A form has the same fields; it is not described, because a file's part has no schema.
      writer.key("requestBody")
      writer.object { writer in
        writer.field("required", true)
        Self.content("application/json", schema: schema, into: &writer)
      }
    }
  }

  /// The refusals of the operation by status: those of every route, those it declares, those that follow from what
  /// it takes.
  static func refusals(_ operation: Operation) -> [(status: Int, codes: [ProblemCode])] {
    var problems = OpenAPIDocument.common + operation.errors
    if operation.access == .anyone { problems.removeAll { $0 == .unauthorized } }
    if operation.access == .owners { problems.append(.forbidden) }
    if operation.absence == nil {
      if !operation.parameters.isEmpty { problems.append(.validationError) }
      if operation.isMutation { problems += [.validationError, .payloadTooLarge, .unsupportedMediaType] }
      if operation.delivery == .response { problems.append(.timeout) }
    }
    var codes: [Int: Set<ProblemCode>] = [:]
    for code in problems { codes[code.kind.status, default: []].insert(code) }
    // What the decoder of requests refuses before any route is known has statuses of its own.
    codes[408] = [.requestTimeout]
    codes[414] = [.headTooLarge]
    codes[431] = [.headTooLarge]
    return codes.sorted { $0.key < $1.key }
      .map { (status: $0.key, codes: $0.value.sorted { $0.rawValue < $1.rawValue }) }
  }

  /// The name of a refusal's response among the components.
  static func name(_ codes: [ProblemCode]) -> String { codes.map(\.rawValue).joined(separator: ".") }

  private func responses(into writer: inout JSONWriter) {
    writer.key("responses")
    writer.object { writer in
      for answer in operation.answers where answer.mounts?.contains(mount) ?? true {
        writer.key("\(answer.status)")
        writer.object { writer in
          writer.field("description", answer.meaning)
          if let mediaType = answer.mediaType {
            Self.content(mediaType, schema: answer.schema, into: &writer)
          }
        }
      }
      for (status, codes) in Self.refusals(operation)
      where !operation.answers.contains(where: { $0.status == status }) {
        writer.key("\(status)")
        writer.object { $0.field("$ref", "#/components/responses/\(Self.name(codes))") }
      }
    }
  }

  static func content(_ mediaType: String, schema: String?, into writer: inout JSONWriter) {
    writer.key("content")
    writer.object { writer in
      writer.key(mediaType)
      writer.object { writer in
        guard let schema else { return }
        writer.key("schema")
        writer.object { $0.field("$ref", "#/components/schemas/\(schema)") }
      }
    }
  }
}

extension Parameter {
  /// Its JSON Schema.
  func schema(into writer: inout JSONWriter) {
    guard isRepeated else { return item(into: &writer) }
    writer.object { writer in
      writer.field("type", "array")
      writer.key("items")
      item(into: &writer)
    }
  }

  private func item(into writer: inout JSONWriter) {
    writer.object { writer in
      switch form {
      case .number(let range):
        writer.field("type", "integer")
        writer.field("minimum", range.lowerBound)
        writer.field("maximum", range.upperBound)
        if let number = standard.flatMap({ Int($0) }) { writer.field("default", number) }
        return
      case .flag:
        Self.either(["{\"type\":\"boolean\"}", "{\"type\":\"integer\",\"enum\":[0,1]}"], into: &writer)
        if let standard { writer.field("default", Parameter.flags[standard] ?? false) }
        return
      case .text(let maximum):
        string(&writer) { writer in
          writer.field("maxLength", maximum)
          // Other octets are obsolete in fields (RFC 9110 section 5.5), and the decoder refuses most of them.
          if place == .header { writer.field("pattern", #"^[\t -~]*$"#) }
        }
      case .id: string(&writer) { $0.field("pattern", pattern("[A-Za-z0-9_-]{1,128}")) }
      case .name: string(&writer) { $0.field("pattern", pattern("[A-Za-z0-9_.:-]{1,128}")) }
      case .choice(let words):
        string(&writer) { writer in
          writer.key("enum")
          writer.array { writer in for word in words + (isRequired ? [] : [""]) { writer.value(word) } }
        }
      case .choices(let words):
        let word = "(" + words.joined(separator: "|") + ")"
        string(&writer) { $0.field("pattern", pattern("\(word)(,\(word))*")) }
      case .time:
        let forms = [
          "{\"type\":\"string\",\"format\":\"date-time\"}",
          "{\"type\":\"integer\",\"minimum\":0,\"maximum\":253402300799999}",
        ]
        Self.either(forms + (isRequired ? [] : ["{\"const\":\"\"}"]), into: &writer)
      case .cursor: string(&writer) { $0.field("pattern", pattern(Self.position + #"(\.[1-9][0-9]{0,8})?"#)) }
      case .feedCursor: string(&writer) { $0.field("pattern", pattern(Self.position)) }
      case .cursorSet: string(&writer) { _ in }
      }
      if let standard { writer.field("default", standard) }
    }
  }

  private static func either(_ schemas: [String], into writer: inout JSONWriter) {
    writer.key("anyOf")
    writer.array { writer in for schema in schemas { writer.value(JSONSlice(Array(schema.utf8))) } }
  }

  private static let position = "[0-9a-f]{8}-(0|[1-9][0-9]{0,17})"

  /// The whole of a value; one that may be left out may also be sent empty.
  private func pattern(_ text: String) -> String { isRequired ? "^\(text)$" : "^(\(text))?$" }

  private func string(_ writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void) {
    writer.field("type", "string")
    more(&writer)
  }
}
