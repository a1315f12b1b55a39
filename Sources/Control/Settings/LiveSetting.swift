import StreamServer
import Wire

/// One setting that clients may change while the server runs: its key, its form, its default.
struct LiveSetting: Sendable {
  /// What a right value is.
  enum Form: Sendable {
    case flag
    case choice([String])
  }

  /// The dotted key; each part is a member of the part before it.
  let key: String
  let form: Form
  /// The default, as JSON.
  let standard: String

  /// Every one of them, in the order of their keys.
  static let all: [LiveSetting] = [
    // TeleClaude's client shows and sets these two.
    LiveSetting(
      key: "pane_theming_mode",
      form: .choice(["off", "highlight", "highlight2", "agent", "agent_plus", "full", "semi"]),
      standard: "\"full\""),
    LiveSetting(key: "tts.enabled", form: .flag, standard: "false"),
  ]

  static let keys = all.map(\.key)

  /// What a right value is, in words.
  var meaning: String {
    switch form {
    case .flag: "true or false"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    }
  }

  func accepts(_ value: JSONSlice) -> Bool {
    switch form {
    case .flag: value.kind == .bool
    case .choice(let words): value.string.map(words.contains) ?? false
    }
  }
}

/// The values of the live settings at a version. A value.
struct LiveSettings: Sendable {
  var version: Int64
  /// JSON by key, defaults included.
  var values: [String: String]

  /// Stored values over the defaults; what another version of the program has stored is left alone.
  init(version: Int64, stored: [String: String]) {
    self.version = version
    values = Dictionary(
      LiveSetting.all.map { ($0.key, stored[$0.key] ?? $0.standard) }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// Nested objects by the parts of the keys.
  func write(into writer: inout JSONWriter) { write(below: "", into: &writer) }

  private func write(below path: String, into writer: inout JSONWriter) {
    writer.object { writer in
      var written: Set<Substring> = []
      for key in LiveSetting.keys where key.hasPrefix(path) {
        let rest = key.dropFirst(path.count)
        let name = rest.prefix { $0 != "." }
        guard written.insert(name).inserted else { continue }
        writer.key(String(name))
        if name == rest {
          writer.value(JSONSlice((values[key] ?? "null").bytes))
        } else {
          write(below: path + name + ".", into: &writer)
        }
      }
    }
  }

  /// The entity tag, which `If-Match` names.
  var tag: String { "\"\(version)\"" }
}
