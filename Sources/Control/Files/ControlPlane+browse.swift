import Glibc
import Reactor
import StreamServer
import Wire

extension ControlPlane {
  /// Most entries of one answer of `GET filesystem/browse`.
  static let browseLimit = 1_000

  /// `GET filesystem/browse`
  func browse(_ call: Call) async throws(Problem) -> Reply {
    guard let root = rules.browseRoot else {
      throw Problem(.forbidden, "directories are not shown: the setting fs_root is not set")
    }
    let path = call.text("path") ?? ""
    let listed: Result<(entries: [ConfinedDirectory.Entry], isCut: Bool), SystemError> = await disk.run {
      Result { () throws(SystemError) in
        try ConfinedDirectory(root: root).directory(path).entries(limit: Self.browseLimit)
      }
    }
    let shown: (entries: [ConfinedDirectory.Entry], isCut: Bool)
    do throws(SystemError) {
      shown = try listed.get()
    } catch {
      throw Problem.unbrowsable(path, error)
    }
    return .response(
      .object { json in
        json.field("path", path)
        json.key("entries")
        json.array { json in
          for entry in shown.entries {
            json.object { json in
              json.field("name", entry.name)
              json.field("type", entry.kind.rawValue)
              json.field("size", entry.size)
              json.field("modified_at", Timestamp.text(entry.modifiedMS))
            }
          }
        }
        json.field("truncated", shown.isCut)
      })
  }
}

extension Problem {
  /// A directory that cannot be shown. Why a path outside is refused is all that is told about it.
  fileprivate static func unbrowsable(_ path: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case EXDEV, ELOOP, EACCES, EPERM:
      Problem(.pathNotAllowed, "\(quoted(path)) is not beneath the setting fs_root, or may not be read")
    case ENOENT, ENOTDIR, ENAMETOOLONG, EINVAL:
      Problem(.directoryNotFound, "there is no directory \(quoted(path)) beneath the setting fs_root")
    default: Problem(.internalError, "the directory cannot be read", inner: "\(error)")
    }
  }
}

extension RouteTable {
  /// Files of the machine (API section 7).
  static let files: [Route<ControlPlane>] = [
    Route(
      .get, "filesystem/browse", tier: .supporting, "List a directory beneath the setting fs_root.",
      parameters: [Parameter("path", .text(maximum: 4096), "The directory, as seen from fs_root.")],
      answers: [.init(200, "What is in it, by name.", schema: "Directory")],
      errors: [.forbidden, .pathNotAllowed, .directoryNotFound], access: .owners
    ) { plane, call throws(Problem) in try await plane.browse(call) }
  ]
}

extension Schemas {
  /// What the routes of files answer.
  static let files: [(name: String, json: JSONSlice)] = [
    object(
      "Directory",
      [
        "path": text, "truncated": flag,
        "entries": list(
          "{\"type\":\"object\",\"required\":[\"name\",\"type\",\"size\",\"modified_at\"],\"properties\":{"
            + "\"name\":\(text),\"type\":\(words("directory", "file", "link", "other")),\"size\":\(whole),"
            + "\"modified_at\":\(time)}}"),
      ])
  ]
}
