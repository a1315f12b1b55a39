import Glibc
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct InventoryTests {
  /// A fixture whose projects may lie below a directory of its own.
  private func fixture(_ folder: Folder, people: Result<[Person], PeopleFault>? = nil) async throws -> Fixture
  {
    try await Fixture([
      entry("s1", title: "Fix it", cwd: folder.path + "/one/src"), entry("s2", cwd: "/elsewhere"),
    ]) {
      $0.projectRoots = [folder.path]
      $0.browseRoot = folder.path
      if let people { $0.people = { people } }
    }
  }

  @Test("A project has a directory below the roots, which no other project has")
  func projects() async throws {
    let folder = Folder(directories: ["one/src", "two"])
    let fixture = try await fixture(folder)
    let made = await fixture.ask(.post, "/projects", body: "{\"path\":\"\(folder.path)/one/../one/\"}")
    #expect(made.status == 201)
    #expect(made.json["path"]?.string == folder.path + "/one" && made.json["name"]?.string == "one")
    let id = try #require(made.json["id"]?.string)
    let again = await fixture.ask(.post, "/projects", body: "{\"path\":\"\(folder.path)/one\"}")
    #expect(again.status == 409 && again.code == "PATH_ALREADY_REGISTERED")
    #expect(again.json.member("error", "details", "id")?.string == id)
    let shown = await fixture.ask(.get, "/api/v1/projects/\(id)")
    #expect(shown.json["exists"]?.bool == true)
    #expect(shown.json["recent_sessions"]?.elements.map { $0["id"]?.string } == ["s1"])

    let changed = await fixture.ask(
      .patch, "/projects/\(id)", body: #"{"name":"First","description":"the first"}"#)
    #expect(changed.json["name"]?.string == "First" && changed.json["description"]?.string == "the first")
    #expect(
      await fixture.ask(.patch, "/projects/\(id)", body: #"{"description":null}"#).json["description"]?.isNull
        == true)
    let replaced = await fixture.ask(.put, "/projects/\(id)", body: "{\"path\":\"\(folder.path)/two\"}")
    #expect(replaced.json["name"]?.string == "two" && replaced.json["path"]?.string == folder.path + "/two")
    #expect(await fixture.ask(.get, "/projects").json.elements.count == 1)
    #expect(await fixture.ask(.get, "/api/projects").json["projects"]?.elements.count == 1)

    rmdir(folder.path + "/two")
    #expect(
      await fixture.ask(.post, "/projects/reload", body: "{}").json["missing"]?.elements.first?.string == id)
    #expect(await fixture.ask(.delete, "/projects/\(id)").status == 204)
    #expect(await fixture.ask(.delete, "/projects/\(id)").code == "PROJECT_NOT_FOUND")
    let types = fixture.published.values.filter { $0.topic == "inventory" }.map(\.type)
    #expect(
      types == [
        "project.created", "project.updated", "project.updated", "project.updated", "project.deleted",
      ])
  }

  @Test("A project's directory must exist below a root, however its path is written")
  func projectPaths() async throws {
    let folder = Folder(directories: ["one"])
    let fixture = try await fixture(folder)
    symlink("/usr", folder.path + "/out")
    for (path, status) in [
      ("/usr", 403), ("\(folder.path)/out", 403), ("\(folder.path)/../../usr", 403),
      ("\(folder.path)/none", 404),
      ("relative", 400), ("", 400), ("\(folder.path)/one\\u0000/../..", 404), ("/", 403),
    ] {
      let answer = await fixture.ask(.post, "/projects", body: "{\"path\":\"\(path)\"}")
      #expect(answer.status == status, "\(path)")
    }
    #expect(await fixture.ask(.patch, "/projects/none", body: #"{"name":"x"}"#).status == 404)
    #expect(await fixture.ask(.get, "/projects/a.b").status == 400)
  }

  @Test("An agent is available until something else is said, and again when its time is over")
  func availability() async throws {
    let fixture = try await Fixture()
    let before = await fixture.ask(.get, "/agents/availability").json
    #expect(
      before.member("claude", "available")?.bool == true
        && before.member("codex", "status")?.string == "available")
    let said = await fixture.ask(
      .post, "/agents/claude/status", body: #"{"status":"unavailable","reason":"quota","duration_minutes":5}"#
    )
    #expect(said.status == 200 && said.json["available"]?.bool == false)
    #expect(said.json["unavailable_until"]?.string == "2026-02-02T02:45:00.000Z")
    fixture.clock.nowMS.store(Fixture.nowMS + 299_999, ordering: .relaxed)
    #expect(
      await fixture.ask(.get, "/agents/availability").json.member("claude", "reason")?.string == "quota")
    fixture.clock.nowMS.store(Fixture.nowMS + 300_000, ordering: .relaxed)
    #expect(await fixture.ask(.get, "/agents/availability").json.member("claude", "available")?.bool == true)
    #expect(fixture.published.values.contains { $0.type == "agent.availability" })
    #expect(await fixture.ask(.post, "/agents/nobody/status", body: #"{"status":"available"}"#).status == 404)
    #expect(await fixture.ask(.post, "/agents/claude/status", body: #"{"status":"tired"}"#).status == 400)
    #expect(await fixture.ask(.post, "/agents/claude/status", body: "{}").status == 400)
  }

  @Test("People come from their file, and a file that cannot be read is said to be so")
  func people() async throws {
    let folder = Folder(directories: [])
    let ann = Person(name: "Ann", email: "ann@x", role: nil, username: nil)
    let fixture = try await fixture(folder, people: .success([ann]))
    for path in ["/people", "/api/people"] {
      let person = try #require(await fixture.ask(.get, path).json.elements.first)
      #expect(person["name"]?.string == "Ann" && person["role"]?.string == "member")
    }
    #expect(await fixture.ask(.get, "/api/v1/people").json["people"]?.elements.count == 1)
    let broken = try await self.fixture(folder, people: .failure(PeopleFault(reason: "line 3: secret words")))
    let answer = await broken.ask(.get, "/people")
    #expect(answer.status == 503 && answer.code == "PEOPLE_UNREADABLE" && !answer.text.contains("secret"))
    #expect(try await Fixture().ask(.get, "/people").text == "[]")
  }

  @Test("What is to do is what the files of the projects say")
  func todos() async throws {
    let folder = Folder(
      directories: ["one/todos/do-it", "one/todos/later"],
      files: [
        "one/todos/do-it/requirements.md": "# Do it well\nmore",
        "one/todos/do-it/implementation-plan.md": "x",
        "one/todos/do-it/state.json": #"{"phase":"in_progress","build":"started","dor":{"score":8}}"#,
        "one/todos/later/state.json": "no json", "one/todos/roadmap.md": "x",
      ])
    let fixture = try await fixture(folder)
    #expect(await fixture.ask(.get, "/todos").text == "[]")
    let id = await fixture.ask(.post, "/projects", body: "{\"path\":\"\(folder.path)/one\"}").json["id"]?
      .string
    let todos = await fixture.ask(.get, "/todos").json.elements
    #expect(todos.map { $0["slug"]?.string } == ["do-it", "later"])
    #expect(todos[0]["description"]?.string == "Do it well" && todos[0]["status"]?.string == "in_progress")
    #expect(todos[0]["has_requirements"]?.bool == true && todos[0]["has_impl_plan"]?.bool == true)
    #expect(todos[0]["build_status"]?.string == "started" && todos[0]["dor_score"]?.int == 8)
    #expect(todos[1]["status"]?.string == "pending" && todos[1]["has_requirements"]?.bool == false)
    #expect(await fixture.ask(.get, "/todos?project=\(id ?? "")").json.elements.count == 2)
    #expect(await fixture.ask(.get, "/todos?project=other").json.elements.isEmpty)
    #expect(await fixture.ask(.get, "/todos?computer=other").json.elements.isEmpty)
    #expect(await fixture.ask(.get, "/todos?computer=local").json.elements.count == 2)
  }

  @Test("Nothing outside of the root can be listed, and nothing at all without one")
  func browse() async throws {
    let folder = Folder(directories: ["one/two"], files: ["one/a.txt": "12345"])
    let fixture = try await fixture(folder)
    symlink("/etc", folder.path + "/one/out")
    symlink("two", folder.path + "/one/in")
    let listed = await fixture.ask(.get, "/filesystem/browse?path=one").json
    #expect(listed["entries"]?.elements.map { $0["name"]?.string } == ["a.txt", "in", "out", "two"])
    #expect(listed["entries"]?.elements.map { $0["type"]?.string } == ["file", "link", "link", "directory"])
    #expect(listed["entries"]?.elements.first?["size"]?.int == 5)
    #expect(await fixture.ask(.get, "/filesystem/browse?path=one/in").status == 200)
    for (path, status) in [
      ("one/out", 403), ("..", 403), ("one/../../..", 403), ("/etc", 403), ("none", 404), ("one/a.txt", 404),
      (String(repeating: "x", count: 300), 404), ("one/../one", 200), ("", 200),
      ("%2e%2e", 403),
    ] { #expect(await fixture.ask(.get, "/filesystem/browse?path=\(path)").status == status, "\(path)") }
    let off = try await Fixture().ask(.get, "/filesystem/browse")
    #expect(off.status == 403 && off.text.contains("fs_root"))
    let member = [(name: "x-web-user-email", value: "a@b")]
    #expect(await fixture.ask(.get, "/filesystem/browse", headers: member).status == 403)
  }

  @Test("Suggestions are what begins with what was typed, of the kinds that were asked for")
  func completion() async throws {
    let folder = Folder(directories: ["one"])
    let fixture = try await fixture(
      folder, people: .success([Person(name: "Fiona", email: nil, role: nil, username: "fi")]))
    _ = await fixture.ask(.post, "/slash-commands", body: #"{"name":"fix","content":"x"}"#)
    _ = await fixture.ask(.post, "/memory/save", body: #"{"text":"Fixtures are slow."}"#)
    func asked(_ query: String) async -> [String] {
      let answer = await fixture.ask(.get, "/autocomplete?\(query)")
      return answer.json["suggestions"]?.elements.compactMap { $0["value"]?.string } ?? []
    }
    #expect(await asked("query=@fi") == ["@s1", "@fi"])
    #expect(await asked("query=/fi") == ["/fix"])
    #expect(await asked("query=fix") == ["/fix", "@s1", "#1"])
    #expect(await asked("query=fix&type=memory") == ["#1"])
    #expect(await asked("query=fix&limit=1").count == 1)
    #expect(await asked("query=%22").isEmpty)
    #expect(await asked("type=agent") == ["@claude", "@codex", "@gemini"])
    #expect(await fixture.ask(.get, "/autocomplete?limit=51").status == 400)
    #expect(await fixture.ask(.get, "/autocomplete?type=dragon").status == 400)
  }

  @Test("This machine is the one that is listed")
  func computers() async throws {
    let computer = try #require(try await Fixture().ask(.get, "/computers").json.elements.first)
    #expect(computer["name"]?.string == "here" && computer["status"]?.string == "online")
    #expect(computer["is_local"]?.bool == true)
  }
}

/// A folder of a test's own, with a real path; gone with the test.
final class Folder {
  let path: String

  init(directories: [String], files: [String: String] = [:]) {
    let made = Scratch.make()
    let real = realpath(made, nil)
    path = real.map { String(cString: $0) } ?? made
    free(real)
    for directory in directories {
      var at = path
      for part in directory.split(separator: "/") {
        at += "/" + part
        mkdir(at, 0o700)
      }
    }
    for (name, text) in files {
      guard let file = fopen(path + "/" + name, "w") else { continue }
      fputs(text, file)
      fclose(file)
    }
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        var facts = stat()
        let inner = path + "/" + name
        guard name != ".", name != "..", lstat(inner, &facts) == 0 else { continue }
        if facts.st_mode & S_IFMT == S_IFDIR { remove(inner) } else { unlink(inner) }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
