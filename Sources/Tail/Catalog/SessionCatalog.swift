/// Every transcript known, by id and by path. A value inside the engine.
struct SessionCatalog {
  private(set) var sessions: [String: SessionEntry] = [:]
  private var idOfPath: [String: String] = [:]
  private var pathsOfDirectory: [String: Set<String>] = [:]

  var count: Int { sessions.count }

  subscript(id: String) -> SessionEntry? { sessions[id] }

  func id(ofPath path: String) -> String? { idOfPath[path] }

  func paths(in directory: String) -> Set<String> { pathsOfDirectory[directory] ?? [] }

  /// Paths of a directory and of all below it.
  func paths(below directory: String) -> [String] {
    idOfPath.keys.filter { $0.hasPrefix(directory + "/") }
  }

  /// Puts a session in, or its new state.
  mutating func put(_ entry: SessionEntry) {
    if let old = sessions[entry.id], old.path != entry.path { unlink(old.path) }
    sessions[entry.id] = entry
    idOfPath[entry.path] = entry.id
    pathsOfDirectory[Self.directory(of: entry.path), default: []].insert(entry.path)
  }

  /// Changes a session in place.
  mutating func change(_ id: String, _ body: (inout SessionEntry) -> Void) {
    guard var entry = sessions[id] else { return }
    sessions[id] = nil
    body(&entry)
    sessions[id] = entry
  }

  /// Takes a session out.
  mutating func remove(_ id: String) {
    guard let entry = sessions.removeValue(forKey: id) else { return }
    unlink(entry.path)
  }

  /// The id for a new transcript: the name's own, unless another file has it.
  func freeID(_ wanted: String, path: String) -> String {
    guard let holder = sessions[wanted], holder.path != path, holder.status != .closed else { return wanted }
    return TranscriptName.distinct(wanted, path: path)
  }

  static func directory(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  private mutating func unlink(_ path: String) {
    idOfPath[path] = nil
    pathsOfDirectory[Self.directory(of: path)]?.remove(path)
  }
}
