import Wire

/// One request to the server and how its answer is shown: all that most commands are. A value.
public struct ServerCall: Sendable, Equatable {
  /// A member of a query or of a body.
  struct Field: Sendable, Equatable {
    var name: String
    /// In a body JSON, in a query plain text.
    var value: String
  }

  /// What is asked for again until it has come to its end.
  struct Watch: Sendable, Equatable {
    /// The path, members of the first answer in braces.
    var path: String
    /// Which member says how it stands.
    var member: [String]
    /// Values of it that are no end.
    var goesOn: Set<String>
    /// Values of it that are a failure.
    var failures: Set<String>
    /// Members that may say why it failed.
    var reasons: [[String]]
    var view: AnswerView
  }

  var method: String
  /// The path below `/api/v1/`, its parts encoded.
  var path: String
  var query: [Field] = []
  /// The body's members; nil sends none.
  var body: [Field]?
  /// The member of the body that is read from standard input.
  var inputField: String?
  /// Whether files and database can answer it where no server runs.
  var isLocal = false
  var view = AnswerView.text
  /// What is waited for after the answer.
  var watch: Watch?

  init(_ method: String, _ path: String, show view: AnswerView = .text) {
    self.method = method
    self.path = path
    self.view = view
    if method == "POST" || method == "PATCH" { body = [] }
  }

  mutating func ask(_ name: String, _ value: String?) {
    if let value { query.append(Field(name: name, value: value)) }
  }

  mutating func set(_ name: String, _ text: String?) {
    if let text { set(name, json: JSONSlice(string: text)) }
  }

  mutating func set(_ name: String, _ texts: [String]) {
    if texts.isEmpty { return }
    var writer = JSONWriter()
    writer.array { writer in for text in texts { writer.value(text) } }
    set(name, json: JSONSlice(writer.take()))
  }

  mutating func set(_ name: String, json: JSONSlice) {
    body = (body ?? []) + [Field(name: name, value: json.description)]
  }

  /// The body's text.
  var bodyBytes: [UInt8]? {
    guard let body else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      for field in body {
        writer.key(field.name)
        writer.raw(bytes: field.value.utf8)
      }
    }
    return writer.take()
  }
}

/// How the answer to a call is shown to a person; with `--json` it is shown as it came. A value.
enum AnswerView: Sendable, Equatable {
  /// A column of a table.
  struct Column: Sendable, Equatable {
    enum Form: Sendable { case plain, age }
    var heading: String
    /// Which member of a row.
    var path: [String]
    var limit: Int
    var form = Form.plain

    init(_ heading: String, _ path: String, _ limit: Int = 60, _ form: Form = .plain) {
      self.heading = heading
      self.path = path.split(separator: ".").map(String.init)
      self.limit = limit
      self.form = form
    }
  }

  /// The body as it is.
  case text
  /// One line; `{a.b}` stands for a member of the answer.
  case line(String)
  /// A table of the elements of a member.
  case rows(of: String, [Column])
  /// Every plain member in a line of its own, by its dotted name; only what is below the path.
  case facts(below: [String])
}
