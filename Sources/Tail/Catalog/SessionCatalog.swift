/// Every session known, by id, by the agent's own ids and by path. A value inside the engine.
struct SessionCatalog {
  private(set) var sessions: [String: SessionEntry] = [:]
  /// The sessions whose files are bound, by the agent's id of each file, found or expected.
  private var owners: [String: String] = [:]
  private var idOfPath: [String: String] = [:]
  private var pathsOfDirectory: [String: Set<String>] = [:]

  var count: Int { sessions.count }

  /// A session by its id or by the agent's id of any of its files.
  subscript(id: String) -> SessionEntry? {
    if let entry = sessions[id] { return entry }
    return owners[id].flatMap { sessions[$0] }
  }

  /// The bound session that has, or expects, the file of an agent's id.
  func owner(of nativeID: String) -> String? { owners[nativeID] }

  /// The id under which a session is listed that was named by any of its ids.
  func listed(_ id: String) -> String { sessions[id] == nil ? owners[id] ?? id : id }

  /// Files of an agent's id are a session's from now on.
  mutating func give(_ nativeID: String, to id: String) { owners[nativeID] = id }

  func id(ofPath path: String) -> String? { idOfPath[path] }

  func paths(in directory: String) -> Set<String> { pathsOfDirectory[directory] ?? [] }

  /// Paths of a directory and of all below it.
  func paths(below directory: String) -> [String] {
    idOfPath.keys.filter { $0.hasPrefix(directory + "/") }
  }

  /// Puts a session in, or its new state.
  mutating func put(_ entry: SessionEntry) {
    if let old = sessions[entry.id] {
      if old.path != entry.path { unlink(old.path) }
      for file in old.earlier { unlink(file.path) }
    }
    sessions[entry.id] = entry
    link(entry.path, to: entry.id)
    for file in entry.earlier { link(file.path, to: entry.id) }
  }

  /// Changes a session in place.
  mutating func change(_ id: String, _ body: (inout SessionEntry) -> Void) {
    guard let index = sessions.index(forKey: id) else { return }
    body(&sessions.values[index])
  }

  /// Takes a session out.
  mutating func remove(_ id: String) {
    guard let entry = sessions.removeValue(forKey: id) else { return }
    unlink(entry.path)
    for file in entry.earlier { unlink(file.path) }
    if entry.isBound { owners = owners.filter { $0.value != id } }
  }

  /// The id for a new transcript: the name's own, unless another file has it.
  func freeID(_ wanted: String, path: String) -> String {
    guard let holder = self[wanted], holder.path != path, holder.isBound || holder.status != .closed else {
      return wanted
    }
    return TranscriptName.distinct(wanted, path: path)
  }

  static func directory(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  private mutating func link(_ path: String, to id: String) {
    guard !path.isEmpty else { return }
    idOfPath[path] = id
    pathsOfDirectory[Self.directory(of: path), default: []].insert(path)
  }

  private mutating func unlink(_ path: String) {
    guard !path.isEmpty else { return }
    idOfPath[path] = nil
    pathsOfDirectory[Self.directory(of: path)]?.remove(path)
  }
}
