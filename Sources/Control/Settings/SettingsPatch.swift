import StreamServer
import Wire

/// A merge patch of the live settings (RFC 7396), checked as a whole: one wrong key and nothing of it is applied. A
/// value made of the body.
struct SettingsPatch: Sendable {
  /// JSON by key; nil goes back to the default.
  private(set) var changes: [String: String?] = [:]
  private var unknown: [String] = []

  init(_ json: JSONSlice) throws(Problem) {
    try read(json, below: "", depth: 0)
    if !unknown.isEmpty { throw Self.problem(unknown) }
  }

  private mutating func read(_ object: JSONSlice, below path: String, depth: Int) throws(Problem) {
    var members: [(String, JSONSlice)] = []
    object.forEachMember { members.append(($0, $1)) }
    for (name, value) in members {
      let key = path + name
      if let setting = LiveSetting.all.first(where: { $0.key == key }) {
        guard value.isNull || setting.accepts(value) else {
          throw .invalid(key, "must be \(setting.meaning), or null for the default")
        }
        changes[key] = .some(value.isNull ? nil : value.description)
      } else if LiveSetting.keys.contains(where: { $0.hasPrefix(key + ".") }) {
        // Null for a section takes all of it back.
        if value.isNull {
          for known in LiveSetting.keys where known.hasPrefix(key + ".") { changes[known] = .some(nil) }
        } else if value.kind == .object {
          try read(value, below: key + ".", depth: depth + 1)
        } else {
          throw .invalid(key, "must be an object with the settings below it")
        }
      } else {
        unknown.append(key)
      }
    }
  }

  /// Names every unknown key and what was probably meant.
  private static func problem(_ unknown: [String]) -> Problem {
    let hints = unknown.prefix(16).map { key -> (String, String?) in
      // A key of a megabyte is no typing error.
      (key, key.utf8.count > 128 ? nil : Suggestion.nearest(to: key, among: LiveSetting.keys))
    }
    let words = hints.map { key, nearest in
      Problem.quoted(key) + (nearest.map { " (did you mean \($0)?)" } ?? "")
    }
    return Problem(
      .validationError,
      "there is no setting \(words.joined(separator: ", ")); known are \(LiveSetting.keys.joined(separator: ", "))"
    ) { json in
      json.fieldOrNull("field", hints.first.map { String($0.0.unicodeScalars.prefix(128)) })
      json.key("unknown")
      json.array { json in
        for (key, nearest) in hints {
          json.object { json in
            json.field("field", String(key.unicodeScalars.prefix(128)))
            json.fieldOrNull("nearest", nearest)
          }
        }
      }
    }
  }
}
