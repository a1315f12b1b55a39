import Wire

/// The pieces that schemas are written with.
extension Schemas {
  static let text = "{\"type\":\"string\"}"
  static let maybeText = "{\"type\":[\"string\",\"null\"]}"
  static let whole = "{\"type\":\"integer\"}"
  static let flag = "{\"type\":\"boolean\"}"
  static let any = "{\"type\":\"object\"}"
  static let time = "{\"type\":\"string\",\"format\":\"date-time\"}"

  static let id = "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{1,128}$\"}"
  /// A whole number of 64 bits.
  static let int64 =
    "{\"type\":\"integer\",\"minimum\":-9223372036854775808,\"maximum\":9223372036854775807}"

  /// A text that says something, of at most so many characters.
  static func filled(_ maximum: Int) -> String {
    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":\(maximum),\"pattern\":\"\\\\S\"}"
  }
  static func text(_ maximum: Int) -> String { "{\"type\":\"string\",\"maxLength\":\(maximum)}" }
  static func maybeText(_ maximum: Int) -> String {
    maybe(text(maximum))
  }
  /// A list of at most so many texts, or null, which is no list.
  static func maybeTexts(_ most: Int, _ maximum: Int) -> String {
    maybe("{\"type\":\"array\",\"maxItems\":\(most),\"items\":\(text(maximum))}")
  }
  /// A schema or null, which in a body is the same as leaving the field out.
  static func maybe(_ schema: String) -> String { "{\"anyOf\":[\(schema),{\"type\":\"null\"}]}" }

  static func list(_ item: String) -> String { "{\"type\":\"array\",\"items\":\(item)}" }
  static func reference(_ name: String) -> String { "{\"$ref\":\"#/components/schemas/\(name)\"}" }
  static func either(_ names: String...) -> String {
    "{\"anyOf\":[" + names.map(reference).joined(separator: ",") + "]}"
  }
  static func words(_ words: String...) -> String {
    "{\"enum\":[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
  }
  static func wrapped(_ key: String, _ schema: String) -> String {
    "{\"type\":\"object\",\"required\":[\"\(key)\"],\"properties\":{\"\(key)\":\(schema)}}"
  }

  /// An object whose members must all be there unless `required` names fewer, or `optional` what may be missing.
  static func object(
    _ name: String, _ members: KeyValuePairs<String, String>, required: [String]? = nil,
    optional: Set<String> = []
  ) -> (name: String, json: JSONSlice) {
    let keys = (required ?? members.map(\.key).filter { !optional.contains($0) }).map { "\"\($0)\"" }.joined(
      separator: ",")
    let properties = members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    return (name, json("{\"type\":\"object\",\"required\":[\(keys)],\"properties\":{\(properties)}}"))
  }

  static func json(_ text: String) -> JSONSlice { JSONSlice(Array(text.utf8)) }
}
