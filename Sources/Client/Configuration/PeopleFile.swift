/// The YAML file that the setting `people` names: a list of people, alone or under the key `people`.
///
///     - name: Ann
///       email: ann@example.org
///       role: owner
public enum PeopleFile {
  /// One person of the file.
  public struct Entry: Sendable, Equatable {
    /// What the person is called.
    public var name: String
    /// The address under which a proxy names the person.
    public var email: String?
    /// `owner`, `admin`, `member` or what the file says.
    public var role: String?
    /// A name on another system.
    public var username: String?
  }

  /// Reads the file; its faults name the line.
  public static func read(_ path: String) -> Result<[Entry], ConfigurationFault> {
    switch SmallFile.read(path, limit: 1 << 20) {
    case .success(let text): Result { () throws(ConfigurationFault) in try parse(text, path: path) }
    case .failure(let fault):
      .failure(ConfigurationFault(origin: .file(path: path, line: 0), reason: "cannot be read: \(fault)"))
    }
  }

  /// The same of the file's text.
  static func parse(_ text: [UInt8], path: String) throws(ConfigurationFault) -> [Entry] {
    let root: YAMLNode?
    do {
      root = try YAMLReader.parse(text)
    } catch {
      throw fault(path, error.line, "not valid YAML: \(error.reason)")
    }
    var node = root
    if case .mapping(let members, let line)? = root {
      guard let people = members.first(where: { $0.key == "people" }) else {
        throw fault(path, line, "must be a list of people, or have one under the key people")
      }
      node = people.value
    }
    switch node {
    case .list(let items, _)?:
      var entries: [Entry] = []
      for item in items { entries.append(try entry(item, path)) }
      return entries
    case nil, .scalar("", isPlain: true, _)?: return []
    case let other?: throw fault(path, other.line, "must be a list of people")
    }
  }

  private static func entry(_ node: YAMLNode, _ path: String) throws(ConfigurationFault) -> Entry {
    guard case .mapping(let members, let line) = node else {
      throw fault(path, node.line, "a person is a mapping with a name")
    }
    func text(_ key: String) throws(ConfigurationFault) -> String? {
      guard let member = members.first(where: { $0.key == key }) else { return nil }
      guard case .scalar(let text, let isPlain, _) = member.value else {
        throw fault(path, member.line, "\(key) must be text")
      }
      return isPlain && ["", "~", "null"].contains(text) ? nil : text
    }
    guard let name = try text("name"), !name.isEmpty else { throw fault(path, line, "a person needs a name") }
    return Entry(name: name, email: try text("email"), role: try text("role"), username: try text("username"))
  }

  private static func fault(_ path: String, _ line: Int, _ reason: String) -> ConfigurationFault {
    ConfigurationFault(origin: .file(path: path, line: line), reason: reason)
  }
}
