/// The fields of a message in the order in which they came; names are compared without regard to case.
public struct Headers: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private struct Field: Sendable, Hashable {
    var name: String
    var value: String
  }

  private var fields: [Field] = []

  /// No field.
  public init() {}

  /// Fields in this order.
  public init(_ pairs: [(name: String, value: String)]) {
    fields = pairs.map { Field(name: $0.name, value: $0.value) }
  }

  /// Fields in this order.
  public init(dictionaryLiteral pairs: (String, String)...) {
    fields = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  /// Value of the first field of this name.
  public subscript(name: String) -> String? {
    fields.first { ASCIIText.equalIgnoringCase($0.name.utf8, name.utf8) }?.value
  }

  /// Values of all fields of this name.
  public func all(_ name: String) -> [String] {
    fields.compactMap { ASCIIText.equalIgnoringCase($0.name.utf8, name.utf8) ? $0.value : nil }
  }

  /// Whether a list-valued field has this element, whatever the case: `lists("connection", "upgrade")`.
  public func lists(_ name: String, _ token: String) -> Bool {
    all(name).contains { value in
      value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
        ASCIIText.equalIgnoringCase(ASCIIText.trimmed(element), token.utf8)
      }
    }
  }

  /// Number of fields.
  public var count: Int { fields.count }

  /// All fields, names as they were sent.
  public var pairs: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

  /// Adds a field at the end.
  public mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }
}
