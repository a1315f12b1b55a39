import Glibc
import Tail

/// Looks at directories, programs and open files for sessions that are to be started. Lives on the archive thread,
/// because a file system may take its time.
actor Premises {
  private nonisolated let executor: any SerialExecutor

  init(executor: any SerialExecutor) {
    self.executor = executor
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// A directory by its real path; nil if there is none that can be entered.
  func directory(_ path: String) -> String? {
    guard !path.utf8.contains(0), let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    var facts = stat()
    guard stat(real, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, access(real, X_OK) == 0 else {
      return nil
    }
    return String(cString: real)
  }

  /// The absolute path of a program: itself, or the first of its name in the directories of `path`.
  func program(_ name: String, path: String) -> String? {
    if name.contains("/") { return name.hasPrefix("/") && Self.isProgram(name) ? name : nil }
    for directory in path.split(separator: ":") where directory.hasPrefix("/") {
      let candidate = directory + "/" + name
      if Self.isProgram(String(candidate)) { return String(candidate) }
    }
    return nil
  }

  /// Transcripts that a process and those that it started hold open: with the agent's id of each.
  func transcripts(openIn pid: Int32, under roots: [Root]) -> [(nativeID: String, path: String)] {
    // What is open is named by its real path, and the tail knows files below the folder as it was configured.
    let places = roots.compactMap { root -> (root: Root, real: String)? in
      guard let real = realpath(root.directory, nil) else { return nil }
      defer { free(real) }
      return (root, String(cString: real))
    }
    var found: [(nativeID: String, path: String)] = []
    for process in Self.family(of: pid) {
      for file in Self.openFiles(of: process) {
        for (root, real) in places where file.hasPrefix(real + "/") {
          let path = root.directory + file.dropFirst(real.count)
          guard let name = TranscriptName(path: path, root: root), name.parent == nil,
            !found.contains(where: { $0.path == path })
          else { continue }
          found.append((name.id, path))
        }
      }
    }
    return found
  }

  /// The session that the Claude Code says it writes that is nearest to a process, itself or of those that it started:
  /// what an agent starts in its turn comes after it.
  func claudeSession(of pid: Int32, under roots: [Root]) -> String? {
    for process in Self.family(of: pid) {
      for root in roots {
        if let session = ClaudeRegister.session(of: process, under: root) { return session }
      }
    }
    return nil
  }

  private static func isProgram(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// A process and its descendants, at most a thousand of them.
  private static func family(of pid: Int32) -> [Int32] {
    var family = [pid]
    var at = 0
    while at < family.count, family.count < 1000 {
      for thread in names(in: "/proc/\(family[at])/task") {
        let text = ProcessFile.text("/proc/\(family[at])/task/\(thread)/children") ?? ""
        family += text.split(separator: " ").compactMap { Int32($0) }.filter { !family.contains($0) }
      }
      at += 1
    }
    return family
  }

  private static func openFiles(of pid: Int32) -> [String] {
    let directory = "/proc/\(pid)/fd"
    return names(in: directory).compactMap { name in
      var target = [CChar](repeating: 0, count: 4097)
      guard readlink(directory + "/" + name, &target, target.count - 1) > 0 else { return nil }
      let path = String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return path.hasPrefix("/") && path.hasSuffix(".jsonl") ? path : nil
    }
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
