import Glibc
import Wire

/// What is done to an agent's own settings.
public struct HookChange: Sendable, Equatable {
  var agent: HookedAgent
  /// What the agent is to run; nil takes ours away.
  var words: [String]?
  /// Only show what would be done.
  var isTrial = false
}

extension TailcastCommand {
  /// `tailcast hooks install|uninstall`.
  func change(_ change: HookChange, _ surroundings: Surroundings, json: Bool) throws(CommandFailure) {
    var files: [(path: String, before: [UInt8]?, after: [UInt8])] = []
    let path = change.agent.hookFile(surroundings)
    let hooks = try text(path)
    do throws(JSONEdit.Fault) {
      files.append((path, hooks, try change.agent.hooks(hooks ?? [], running: change.words)))
    } catch {
      throw CommandFailure(.failed, "\(path) \(error.reason)")
    }
    if let path = change.agent.notifyFile(surroundings) {
      let before = try text(path)
      switch NotifyLine.edit(before ?? [], agent: change.agent, running: change.words) {
      case .text(let after): files.append((path, before, after))
      case .taken: output.note("\(path) names a program to notify already; it stays")
      }
    }
    let changed = files.filter { ($0.before ?? []) != $0.after }
    if !json {
      for file in changed { show(file.path, LineDiff(file.before ?? [], file.after)) }
      if changed.isEmpty { output.note("nothing to change for \(change.agent.title)") }
    }
    if !change.isTrial {
      for file in changed {
        if let fault = AtomicFile.write(file.after, to: file.path) {
          throw CommandFailure(.failed, "\(file.path): \(fault)")
        }
      }
      if !json, !changed.isEmpty { advise(change) }
    }
    if json { output.line(json: Self.report(change, files.map(\.path), changed.map(\.path))) }
  }

  private func text(_ path: String) throws(CommandFailure) -> [UInt8]? {
    switch SmallFile.read(path, limit: 16 << 20) {
    case .success(let bytes): return bytes
    case .failure(let fault) where fault.isMissing: return nil
    case .failure(let fault): throw CommandFailure(.failed, "\(path) cannot be read: \(fault)")
    }
  }

  private func show(_ path: String, _ diff: LineDiff) {
    output.line(VisibleText.line(path))
    for line in diff.text() { output.line(line) }
  }

  private func advise(_ change: HookChange) {
    guard change.words != nil else { return output.note("sessions that run keep the hooks until they end") }
    let trust = change.agent == .codex ? "; Codex asks once whether it may run the hooks (/hooks)" : ""
    output.note("for sessions that begin from now on\(trust)")
  }

  private static func report(_ change: HookChange, _ paths: [String], _ changed: [String]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.field("agent", change.agent.rawValue)
      json.field("installed", change.words != nil)
      json.field("written", !change.isTrial)
      json.key("files")
      json.array { json in
        for path in paths {
          json.object { json in
            json.field("path", path)
            json.field("changed", changed.contains(path))
          }
        }
      }
    }
    return writer.take()
  }
}

/// Files that others read at any time: they see the old text or the new one.
enum AtomicFile {
  /// Writes beside the file and renames. Its mode stays, and a link stays a link.
  /// - Parameter newMode: the mode of a file that was not there.
  static func write(_ bytes: [UInt8], to path: String, newMode: mode_t = 0o600) -> FileFault? {
    var target = path
    if let real = realpath(path, nil) {
      target = String(cString: real)
      free(real)
    }
    makeFolders(of: target)
    var facts = stat()
    let mode = stat(target, &facts) == 0 ? facts.st_mode & 0o777 : newMode
    var template = Array((target + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return FileFault(code: errno) }
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var code: Int32 = 0
    if fchmod(descriptor, mode) != 0 { code = errno }
    var rest = bytes[...]
    while code == 0, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { code = errno }
    }
    if code == 0, fsync(descriptor) != 0 { code = errno }
    close(descriptor)
    if code == 0, rename(temporary, target) != 0 { code = errno }
    guard code != 0 else { return nil }
    unlink(temporary)
    return FileFault(code: code)
  }

  /// Makes the folders on the way to a file.
  static func makeFolders(of path: String, mode: mode_t = 0o755) {
    var at = path.startIndex
    while let slash = path[path.index(after: at)...].firstIndex(of: "/") {
      mkdir(String(path[..<slash]), mode)
      at = slash
    }
  }
}
