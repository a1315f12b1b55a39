import Wire

/// The text of what a tool has answered.
enum ResultText {
  /// A text as it is, a list part by part, a line each; of a part that is no text its type, of anything else the JSON.
  static func of(_ content: JSONSlice?) -> String {
    guard let content else { return "" }
    switch content.kind {
    case .string: return content.string ?? ""
    case .array:
      return content.elements.map { part in
        part.string ?? part["text"]?.string ?? part["type"]?.string.map { "<\($0)>" } ?? part.description
      }.joined(separator: "\n")
    case .null: return ""
    default: return content.description
    }
  }
}
