/// The nearest known word to a mistyped one.
public enum Suggestion {
  /// The nearest of `known`, or nil when none is near enough to be what was meant.
  public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in known {
      var distance = distance(Array(word.utf8), Array(candidate.utf8))
      // `poll_interval` written at the top level is meant to be `tail.poll_interval`.
      if let dot = candidate.lastIndex(of: "."), candidate[candidate.index(after: dot)...] == word {
        distance = min(distance, 1)
      }
      if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// Damerau–Levenshtein distance with adjacent transpositions, in bytes.
  public static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [Int](repeating: i, count: b.count + 1)
      for j in 1...b.count {
        let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        row[j] = min(last[j] + 1, row[j - 1] + 1, substitution)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
