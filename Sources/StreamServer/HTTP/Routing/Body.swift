import Wire

/// The JSON object of a request's body, or of an object in it, and the checks of its fields. A value.
///
/// A field that is absent, or null, is nil. Names are in snake_case; where one is not there, its camelCase form is
/// looked for (API, Rules). What is there and not of its form throws the problem that names it.
public struct Body: Sendable {
  /// The object.
  public let json: JSONSlice
  /// Where the object stands in the body, for messages: `""` or `"target."`.
  private let path: String

  /// The body of a request.
  public init(_ json: JSONSlice) { self.init(json, at: "") }

  private init(_ json: JSONSlice, at path: String) {
    self.json = json
    self.path = path
  }

  /// A field as it stands; the first of these names that is there.
  public func value(_ names: String...) -> JSONSlice? { find(names) }

  /// A text, by the first of these names that is there.
  /// - Parameter maximum: most characters of it.
  public func text(_ names: String..., maximum: Int) throws(Problem) -> String? {
    try text(names, maximum)
  }

  /// A text that must be there and say something.
  public func requiredText(_ names: String..., maximum: Int) throws(Problem) -> String {
    guard let text = try text(names, maximum) else { throw invalid(names[0], "is missing") }
    guard !text.isBlank else { throw invalid(names[0], "must not be blank") }
    return text
  }

  /// One of these words.
  public func choice(_ name: String, of words: [String]) throws(Problem) -> String? {
    guard let text = try text([name], .max) else { return nil }
    guard words.contains(text) else {
      throw invalid(name, "must be one of \(words.joined(separator: ", "))")
    }
    return text
  }

  /// An id of this server: `[A-Za-z0-9_-]{1,128}`.
  public func id(_ names: String...) throws(Problem) -> String? {
    guard let text = try text(names, .max) else { return nil }
    guard Parameter.isID(text) else { throw invalid(names[0], "must match [A-Za-z0-9_-]{1,128}") }
    return text
  }

  /// A whole number.
  public func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let value = find([name]) else { return nil }
    guard let number = value.int.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw invalid(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A truth value.
  public func flag(_ name: String) throws(Problem) -> Bool? {
    guard let value = find([name]) else { return nil }
    guard let flag = value.bool else { throw invalid(name, "must be true or false") }
    return flag
  }

  /// A time: ISO 8601, or milliseconds since 1970.
  public func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let value = find([name]) else { return nil }
    guard let time = (value.string ?? value.int.map { "\($0)" }).flatMap({ Timestamp($0) }) else {
      throw invalid(name, "must be ISO 8601 or milliseconds since 1970")
    }
    return time
  }

  /// A list of texts.
  public func texts(_ name: String, most count: Int, maximum: Int) throws(Problem) -> [String]? {
    guard let values = try list(name, most: count) else { return nil }
    var texts: [String] = []
    for value in values {
      guard let text = value.string else { throw invalid(name, "must be a list of texts") }
      guard text.unicodeScalars.count <= maximum else {
        throw invalid(name, "must have texts of at most \(maximum) characters")
      }
      texts.append(text)
    }
    return texts
  }

  /// A list of anything.
  public func list(_ name: String, most count: Int) throws(Problem) -> [JSONSlice]? {
    guard let value = find([name]) else { return nil }
    guard value.kind == .array else { throw invalid(name, "must be a list") }
    let elements = value.elements
    guard elements.count <= count else { throw invalid(name, "must have at most \(count) elements") }
    return elements
  }

  /// An object with fields of its own.
  public func object(_ names: String...) throws(Problem) -> Body? {
    guard let value = find(names) else { return nil }
    guard value.kind == .object else { throw invalid(names[0], "must be an object") }
    return Body(value, at: path + names[0] + ".")
  }

  /// Names of all fields, as they stand.
  public var names: [String] {
    var names: [String] = []
    json.forEachMember { name, _ in names.append(name) }
    return names
  }

  /// The problem of a field of this object.
  public func invalid(_ name: String, _ message: String) -> Problem { .invalid(path + name, message) }

  private func text(_ names: [String], _ maximum: Int) throws(Problem) -> String? {
    guard let value = find(names) else { return nil }
    guard let text = value.string else { throw invalid(names[0], "must be a text") }
    // Scalars, as JSON Schema counts, not what people see as one character.
    guard text.unicodeScalars.count <= maximum else {
      throw invalid(names[0], "must have at most \(maximum) characters")
    }
    return text
  }

  private func find(_ names: [String]) -> JSONSlice? {
    for name in names {
      for spelling in [name, Self.camelCase(name)] {
        if let value = json[spelling], !value.isNull { return value }
      }
    }
    return nil
  }

  private static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}

extension StringProtocol {
  /// True for a text of nothing but white space and the separators of ASCII, which some languages count to it.
  public var isBlank: Bool {
    unicodeScalars.allSatisfy { $0.properties.isWhitespace || (0x1C...0x1F).contains($0.value) }
  }
}
