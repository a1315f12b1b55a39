/// What a person typed, as an FTS5 expression that is never a syntax error: every word quoted and a prefix.
public struct SearchExpression: Sendable {
  /// The expression; nil when nothing is asked for.
  public let text: String?

  /// All words must match, in any order.
  /// - Parameter words: how many words count.
  public init(_ query: String, words limit: Int) {
    let words = query.unicodeScalars
      // A NUL would end the expression for SQLite in the middle of a quoted word.
      .split { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }
      // A word of punctuation alone has no token; FTS5 drops it beside others and finds nothing for it alone.
      .prefix(limit)
      .map { word in
        var quoted = "\""
        for scalar in word {
          quoted.unicodeScalars.append(scalar)
          if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
        }
        return quoted + "\"*"
      }
    text = words.isEmpty ? nil : words.joined(separator: " ")
  }
}
