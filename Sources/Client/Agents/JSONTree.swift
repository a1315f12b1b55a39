import Wire

/// A JSON value as a tree that keeps the order of members and the text of plain values. A value.
indirect enum JSONTree: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    var key: String
    var value: JSONTree
  }

  case object([Member])
  case array([JSONTree])
  /// Text, number, `true`, `false` or `null`, as it stands.
  case plain(String)

  init(_ json: JSONSlice) {
    switch json.kind {
    case .object:
      var members: [Member] = []
      json.forEachMember { members.append(Member(key: $0, value: JSONTree($1))) }
      self = .object(members)
    case .array: self = .array(json.elements.map { JSONTree($0) })
    case .string, .number, .bool, .null: self = .plain(json.description)
    }
  }

  static func text(_ text: String) -> JSONTree { .plain(JSONSlice(string: text).description) }

  /// The members of an object, nil for any other value.
  var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }
  /// The elements of an array, nil for any other value.
  var elements: [JSONTree]? {
    if case .array(let elements) = self { elements } else { nil }
  }
  subscript(key: String) -> JSONTree? { members?.first { $0.key == key }?.value }
  /// The text of a string.
  var string: String? {
    if case .plain(let text) = self { JSONSlice(validating: Array(text.utf8))?.string } else { nil }
  }

  /// As agents write it: each member and element in a line of its own.
  func text(indent: String, level: Int = 0) -> String {
    let (outer, inner) = (
      String(repeating: indent, count: level), String(repeating: indent, count: level + 1)
    )
    switch self {
    case .plain(let text): return text
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map {
        inner + JSONSlice(string: $0.key).description + ": " + $0.value.text(indent: indent, level: level + 1)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + outer + "}"
    case .array(let elements):
      if elements.isEmpty { return "[]" }
      let lines = elements.map { inner + $0.text(indent: indent, level: level + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
    }
  }
}
