import Reactor
import Wire

/// One piece of work in a project's `todos` folder, as its files say; TeleClaude's layout. A value.
struct Todo: Sendable {
  var slug: String
  var projectPath: String
  var description: String?
  var files: [String]
  /// The object in `state.json`, when there is one.
  var state: JSONSlice?

  /// Most todos of one project that are shown. Default 500.
  static let limit = 500

  /// What stands in a project's folder; nothing when there is none. Looks at the disk: for threads that may block.
  static func list(in project: String) -> [Todo] {
    guard let folder = try? ConfinedDirectory(root: project).directory("todos"),
      let listed = try? folder.entries(limit: limit)
    else { return [] }
    return listed.entries.filter { $0.kind == .directory && !$0.name.hasPrefix(".") }.map { entry in
      let files = (try? folder.directory(entry.name).entries(limit: 100).entries) ?? []
      let state = try? folder.file(entry.name + "/state.json", limit: 64 << 10)
      let text = try? folder.file(entry.name + "/requirements.md", limit: 4 << 10)
      return Todo(
        slug: entry.name, projectPath: project,
        description: text.flatMap { heading(String(decoding: $0, as: UTF8.self)) },
        files: files.filter { $0.kind == .file }.map(\.name),
        state: state.flatMap { JSONSlice(validating: $0) }.flatMap { $0.kind == .object ? $0 : nil })
    }
  }

  /// The first line of a text that says something, without the marks of a heading.
  private static func heading(_ text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.drop { $0 == "#" || $0.isWhitespace }
      if !words.isEmpty { return String(words.unicodeScalars.prefix(200)) }
    }
    return nil
  }

  /// TeleClaude's object. What the files do not say is null.
  func write(computer: String, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("slug", slug)
      writer.field("status", state?["phase"]?.string ?? "pending")
      writer.fieldOrNull("description", description)
      writer.field("computer", computer)
      writer.field("project_path", projectPath)
      writer.field("has_requirements", files.contains("requirements.md"))
      writer.field("has_impl_plan", files.contains("implementation-plan.md"))
      writer.fieldOrNull("build_status", state?["build"]?.string)
      writer.fieldOrNull("review_status", state?["review"]?.string)
      writer.fieldOrNull("dor_score", state?.member("dor", "score")?.int)
      writer.fieldOrNull("deferrals_status", state?["deferrals"]?.string)
      writer.field("findings_count", state?["unresolved_findings"]?.elements.count ?? 0)
      writer.key("files")
      writer.array { writer in for file in files { writer.value(file) } }
      writer.key("after")
      writer.array { writer in
        for slug in state?["after"]?.elements.compactMap(\.string) ?? [] { writer.value(slug) }
      }
      writer.fieldOrNull("group", state?["group"]?.string)
    }
  }
}
