/// The settings that a YAML text names, with their lines. Keys may be nested (`tail:` and below) or dotted.
struct ConfigurationFile {
  /// One setting as the file says it.
  struct Entry {
    var key: String
    var line: Int
    var texts: [String]
    /// True when several values were written, or brackets.
    var isList: Bool
  }

  /// The file's name in messages.
  var path: String
  /// In the file's order.
  var entries: [Entry] = []

  /// Reads a text.
  init(path: String, text: [UInt8]) throws(ConfigurationFault) {
    self.path = path
    let root: YAMLNode?
    do {
      root = try YAMLReader.parse(text)
    } catch {
      throw ConfigurationFault(
        origin: .file(path: path, line: error.line), reason: "not valid YAML: \(error.reason)")
    }
    switch root {
    case .mapping(let members, _):
      for member in members { try add(member.value, key: member.key, line: member.line) }
    case nil: break
    case .scalar("", isPlain: true, _)?: break
    case let other?: throw fault(other.line, "", "the file must hold settings, one `key: value` a line")
    }
  }

  private mutating func add(_ node: YAMLNode, key: String, line: Int) throws(ConfigurationFault) {
    switch node {
    // A section or a setting whose values are all commented out is not set.
    case .scalar(let text, isPlain: true, _) where ["", "~", "null"].contains(text): return
    case .scalar(let text, _, _): try append(Entry(key: key, line: line, texts: [text], isList: false))
    case .list(let items, _):
      var texts: [String] = []
      for item in items {
        guard case .scalar(let text, _, _) = item else {
          throw fault(item.line, key, "the list may hold text only")
        }
        texts.append(text)
      }
      try append(Entry(key: key, line: line, texts: texts, isList: true))
    case .mapping(let members, _):
      for member in members { try add(member.value, key: key + "." + member.key, line: member.line) }
    }
  }

  private mutating func append(_ entry: Entry) throws(ConfigurationFault) {
    if let first = entries.first(where: { $0.key == entry.key }) {
      throw fault(entry.line, entry.key, "set twice, first on line \(first.line)")
    }
    entries.append(entry)
  }

  private func fault(_ line: Int, _ key: String, _ reason: String) -> ConfigurationFault {
    ConfigurationFault(origin: .file(path: path, line: line), key: key, reason: reason)
  }
}
