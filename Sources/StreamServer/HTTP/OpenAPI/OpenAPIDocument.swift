import Wire

/// Writes the OpenAPI 3.1 document of a table of routes. Every path of every mount stands in it, also those that are
/// answered 501.
public struct OpenAPIDocument: Sendable {
  /// The version of the server.
  public var version: String
  /// Schemas of bodies by name: JSON Schema 2020-12.
  public var schemas: [(name: String, json: JSONSlice)]
  /// What the change feed tells; an extension of the document, `x-events`.
  public var events: [Event]

  /// One type of event.
  public struct Event: Sendable, Hashable {
    /// What clients subscribe to.
    public var topic: String
    /// Its name.
    public var type: String
    /// What has happened.
    public var meaning: String

    /// An event.
    public init(_ topic: String, _ type: String, _ meaning: String) {
      self.topic = topic
      self.type = type
      self.meaning = meaning
    }
  }

  /// What routes may answer whatever they do.
  static let common: [ProblemCode] = [
    .malformedRequest, .unauthorized, .originNotAllowed, .hostNotAllowed, .rateLimitExceeded, .internalError,
  ]

  /// A document.
  public init(version: String, schemas: [(name: String, json: JSONSlice)], events: [Event]) {
    self.version = version
    self.schemas = schemas
    self.events = events
  }

  /// The document, one path on a line, so that a change of a route is a change of its lines.
  public func render(_ operations: [Operation]) -> [UInt8] {
    var byPath: [String: [(Operation, Mount, PathPattern)]] = [:]
    for operation in operations {
      for (mount, path, pattern) in operation.paths {
        byPath[path, default: []].append((operation, mount, pattern))
      }
    }
    var text: [UInt8] = Array("{\n".utf8)
    func line(_ body: (inout JSONWriter) -> Void, last: Bool = false) {
      var writer = JSONWriter()
      body(&writer)
      text += writer.take()
      text += (last ? "\n" : ",\n").utf8
    }
    text += "\"openapi\":\"3.1.0\",\n\"info\":".utf8
    line(info)
    text +=
      "\"servers\":[{\"url\":\"/\"}],\n\"security\":[{\"key\":[]},{\"bearer\":[]},{\"cookie\":[]}],\n".utf8
    text += "\"paths\":{\n".utf8
    let paths = byPath.keys.sorted()
    for path in paths {
      text += JSONSlice(string: path).bytes
      text += ":".utf8
      line({ pathItem(byPath[path] ?? [], into: &$0) }, last: path == paths.last)
    }
    text += "},\n\"components\":{\n\"securitySchemes\":".utf8
    line(securitySchemes)
    text += "\"responses\":{\n".utf8
    let refusals = refusals(operations)
    for (index, codes) in refusals.enumerated() {
      text += JSONSlice(string: OpenAPIOperation.name(codes)).bytes
      text += ":".utf8
      line({ refusal(codes, into: &$0) }, last: index == refusals.count - 1)
    }
    text += "},\n\"schemas\":{\n".utf8
    for (index, schema) in schemas.enumerated() {
      text += JSONSlice(string: schema.name).bytes
      text += ":".utf8
      line({ $0.value(schema.json) }, last: index == schemas.count - 1)
    }
    text += "}},\n\"x-events\":".utf8
    line(eventCatalogue)
    text += "\"x-errors\":".utf8
    line(errorCatalogue, last: true)
    text += "}\n".utf8
    return text
  }

  private func info(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("title", "Tailcast")
      writer.field("version", version)
      writer.field(
        "description",
        "Transcripts of coding agents, live. Fields and event names are never used for another thing again; "
          + "unknown ones must be ignored.")
      writer.key("license")
      writer.object { $0.field("name", "MIT") }
    }
  }

  private func eventCatalogue(_ writer: inout JSONWriter) {
    writer.array { writer in
      for event in events {
        writer.object { writer in
          writer.field("topic", event.topic)
          writer.field("type", event.type)
          writer.field("meaning", event.meaning)
        }
      }
    }
  }

  /// `x-errors`: every code and what to do about it; its statuses are those of the responses that name it.
  private func errorCatalogue(_ writer: inout JSONWriter) {
    writer.array { writer in
      for code in ProblemCode.allCases {
        writer.object { writer in
          writer.field("code", code.rawValue)
          writer.field("kind", code.kind.rawValue)
          writer.field("retryable", code.kind.isRetryable)
          writer.field("remedy", code.remedy)
        }
      }
    }
  }

  /// Every set of codes that some route answers with one status, each once.
  private func refusals(_ operations: [Operation]) -> [[ProblemCode]] {
    Set(operations.flatMap { OpenAPIOperation.refusals($0).map(\.codes) })
      .sorted { OpenAPIOperation.name($0) < OpenAPIOperation.name($1) }
  }

  private func refusal(_ codes: [ProblemCode], into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("description", codes.map(\.rawValue).joined(separator: ", "))
      OpenAPIOperation.content("application/json", schema: "Problem", into: &writer)
    }
  }

  private func securitySchemes(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("key")
      writer.object { writer in
        writer.field("type", "apiKey")
        writer.field("in", "header")
        writer.field("name", "X-API-Key")
      }
      writer.key("bearer")
      writer.object { writer in
        writer.field("type", "http")
        writer.field("scheme", "bearer")
      }
      writer.key("cookie")
      writer.object { writer in
        writer.field("type", "apiKey")
        writer.field("in", "cookie")
        writer.field("name", CookieSigner.name)
      }
    }
  }

  private func pathItem(_ operations: [(Operation, Mount, PathPattern)], into writer: inout JSONWriter) {
    writer.object { writer in
      for (operation, mount, pattern) in operations {
        writer.key(operation.method.name.lowercased())
        OpenAPIOperation(operation: operation, mount: mount, pattern: pattern).write(into: &writer)
      }
    }
  }
}
