import Glibc
import Reactor
import Store
import TestSupport
import Testing
import Wire

@testable import Control

/// A tmux of a test's own, on a socket that no one else knows.
private final class OwnTmux: Sendable {
  let loop: EventLoop
  let connection: TmuxConnection
  let rules: TerminalRules
  let directory: String

  init(change: (inout TerminalRules) -> Void = { _ in }) throws {
    loop = try EventLoop(name: "tmux", longTurn: .seconds(60), log: { _ in })
    loop.start()
    directory = Scratch.make()
    var rules = TerminalRules()
    rules.socket = "tailcast-tests-\(getpid())-\(directory.suffix(6))"
    rules.environment = ["PATH": "/usr/bin:/bin", "TMUX_TMPDIR": directory]
    rules.owner = directory
    change(&rules)
    self.rules = rules
    connection = TmuxConnection(loop: loop, rules: rules, note: { _ in })
  }

  static let isInstalled = access("/usr/bin/tmux", X_OK) == 0

  /// tmux, as a person would use it.
  func tmux(_ words: String...) {
    var spawn = Spawn("tmux", ["-L", rules.socket] + words, environment: rules.environment)
    spawn.output = .null
    spawn.error = .null
    var status: Int32 = 0
    if let pid = try? spawn.start() { waitpid(pid, &status, 0) }
  }

  func opened(
    _ name: String, _ arguments: [String], in place: String? = nil, _ environment: [String: String] = [:]
  ) async throws -> TerminalFacts {
    try await connection.open(
      TerminalRequest(
        name: name, directory: place ?? directory, arguments: arguments,
        environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }))
  }

  func ended(_ id: TerminalID) async throws -> TerminalScreen {
    try await until("the program has ended") {
      let screen = try await self.connection.screen(id)
      return screen.exit == nil || screen.exit == .unknown ? nil : screen
    }
  }

  func end() async {
    // The connection first: it would answer the loss of its server by starting another.
    await connection.stop()
    tmux("kill-server")
    loop.stop()
    loop.join()
    Scratch.remove(directory + "/tmux-\(getuid())")
    Scratch.remove(directory)
  }
}

@Suite("Terminals in a real tmux", .enabled(if: OwnTmux.isInstalled))
struct TmuxTests {
  @Test("Arguments, variables and directories reach the program to the byte, and no shell sees them")
  func literal() async throws {
    let tmux = try OwnTmux()
    let place = tmux.directory + "/a #{pid} #(touch X) $(touch Y) 'q\" ; ~ \n#[x"
    #expect(mkdir(place, 0o700) == 0)
    let hostile = [
      "$(id)", "`id`", "a;b", ";", "\\;", "'", "\"", "#{pid}", "#(id)", "~", "%if", "-x", "ü😀", "", "1\n2",
    ]
    let script =
      "import os,sys,json;open('out','w').write(json.dumps([sys.argv[1:],os.getcwd(),os.environ['A B'],sorted(os.environ)]))"
    let facts = try await tmux.opened(
      "literal", ["/usr/bin/python3", "-c", script] + hostile, in: place, ["A B": "x\n$(id)=\"'"])
    let screen = try await tmux.ended(facts.id)
    #expect(screen.exit == .code(0), "\(screen.lines)")
    let written = try #require(Samples.read(place + "/out"))
    let json = try #require(JSON(written))
    #expect(json.list(0) == hostile)
    #expect(json.text(1) == place)
    #expect(json.text(2) == "x\n$(id)=\"'")
    // python adds LC_CTYPE by itself.
    #expect(Set(json.list(3)).subtracting(["LC_CTYPE"]) == ["A B", "PATH", "TERM"])
    #expect(access(place + "/X", F_OK) != 0 && access(place + "/Y", F_OK) != 0)
    unlink(place + "/out")
    rmdir(place)
    await tmux.end()
  }

  @Test("A paste of every byte but NUL, and of a megabyte, arrives whole with line feeds as carriage returns")
  func pastes() async throws {
    let tmux = try OwnTmux()
    var text = (1...255).map { UInt8($0) }
    while text.count < 1_000_000 { text += Array("naïve \"$(id)\" #{pid} 😀 -x /y !\n".utf8) }
    text += Array("END".utf8)
    let script = """
      import os,sys,tty,hashlib
      tty.setraw(0); print('ready', flush=True); b=b''
      while not b.endswith(b'END'): b+=os.read(0,65536)
      open('out','wb').write(b)
      """
    let facts = try await tmux.opened("paste", ["/usr/bin/python3", "-c", script])
    _ = try await until("it reads") {
      try await tmux.connection.screen(facts.id).text.contains("ready") ? true : nil
    }
    try await tmux.connection.paste(text, into: facts.id)
    #expect(try await tmux.ended(facts.id).exit == .code(0))
    #expect(Samples.read(tmux.directory + "/out") == text.map { $0 == 10 ? 13 : $0 })
    await #expect(throws: TerminalError.invalid("a NUL byte cannot be given to a terminal")) {
      try await tmux.connection.paste([65, 0], into: facts.id)
    }
    unlink(tmux.directory + "/out")
    await tmux.end()
  }

  @Test("Keys arrive, and an ended program leaves its code and its last words")
  func keysAndEnd() async throws {
    let tmux = try OwnTmux()
    let facts = try await tmux.opened("keys", ["/bin/sh", "-c", "read line; echo \"got $line\"; exit 7"])
    try await tmux.connection.paste(Array("hello".utf8), into: facts.id)
    try await tmux.connection.press([.backspace, .enter], in: facts.id)
    let screen = try await tmux.ended(facts.id)
    #expect(screen.exit == .code(7))
    #expect(screen.lines.last == "got hell")
    #expect(try await tmux.connection.list().map(\.exit) == [.code(7)])
    let killed = try await tmux.opened("killed", ["/bin/sh", "-c", "kill -KILL $$"])
    #expect(try await tmux.ended(killed.id).exit == .signal("KILL"))
    try await tmux.connection.close(killed.id)
    try await tmux.connection.close(facts.id)
    try await tmux.connection.close(facts.id)
    #expect(try await tmux.connection.list() == [])
    await #expect(throws: TerminalError.gone) { try await tmux.connection.screen(facts.id) }
    await tmux.end()
  }

  @Test("What was meant for a terminal of an earlier tmux server is not typed into one of the next")
  func generations() async throws {
    let tmux = try OwnTmux()
    let first = try await tmux.opened("one", ["/bin/cat"])
    tmux.tmux("kill-server")
    await #expect(throws: TerminalError.self) { try await tmux.connection.paste([65], into: first.id) }
    let second = try await until("tmux runs again") { try? await tmux.opened("one", ["/bin/cat"]) }
    #expect(first.id.pane == second.id.pane)
    await #expect(throws: TerminalError.gone) { try await tmux.connection.paste([65], into: first.id) }
    await tmux.end()
  }

  @Test("A tmux server ends with the connection when it holds no terminal, and no one else uses it")
  func leftover() async throws {
    let tmux = try OwnTmux()
    let facts = try await tmux.opened("kept", ["/bin/sleep", "1000"])
    let server = try #require(facts.id.server.split(separator: "-").first.flatMap { Int32($0) })
    await tmux.connection.stop()
    #expect(kill(facts.pid, 0) == 0)
    let next = TmuxConnection(loop: tmux.loop, rules: tmux.rules, note: { _ in })
    #expect(try await next.list().map(\.id) == [facts.id])
    try await next.close(facts.id)
    tmux.tmux("new-session", "-d", "-s", "somebody", "/bin/sleep", "1000")
    await next.stop()
    #expect(kill(server, 0) == 0)
    tmux.tmux("kill-session", "-t", "somebody")
    await tmux.connection.stop()
    _ = try await until("the tmux server has ended") { kill(server, 0) == 0 ? nil : true }
    await tmux.end()
  }

  @Test("Without tmux the error says which program is missing")
  func missing() async throws {
    let tmux = try OwnTmux { $0.program = "/nonexistent/tmux" }
    await #expect(throws: TerminalError.notInstalled(program: "/nonexistent/tmux")) {
      try await tmux.connection.list()
    }
    tmux.loop.stop()
    Scratch.remove(tmux.directory)
  }

  @Test("A tmux that hangs is let go of in time, and used again when it goes on")
  func hanging() async throws {
    let tmux = try OwnTmux { $0.timeout = .milliseconds(300) }
    let facts = try await tmux.opened("hang", ["/bin/cat"])
    let server = try #require(Int32(await tmux.connection.server.split(separator: "-")[0]))
    kill(server, SIGSTOP)
    await #expect(throws: TerminalError.timeout) { try await tmux.connection.screen(facts.id) }
    await #expect(throws: TerminalError.timeout) { try await tmux.connection.list() }
    kill(server, SIGCONT)
    let names = try await until("it answers again") { try? await tmux.connection.list().map(\.name) }
    #expect(names == ["hang"])
    await tmux.end()
  }

  @Test("A second server on the same socket is refused while the first one lives")
  func twoOwners() async throws {
    let tmux = try OwnTmux()
    #expect(try await tmux.connection.list() == [])
    // Another process that lives: the one that started the tests.
    let other = TmuxOwner(
      pid: getppid(), startTicks: try #require(ProcessFile.stat(getppid())).startTicks, state: "/other")
    tmux.tmux("set-option", "-s", "@tailcast-owner", other.text)
    let second = TmuxConnection(loop: tmux.loop, rules: tmux.rules, note: { _ in })
    await #expect(
      throws: TerminalError.ownedByAnother("process \(getppid()) with the state directory /other")
    ) { try await second.list() }
    tmux.tmux("set-option", "-s", "@tailcast-owner", "\(getppid()) 1 /other")
    #expect(try await second.list() == [])
    await second.stop()
    await tmux.end()
  }
}

/// The array that a test's program wrote.
private struct JSON {
  private let elements: [JSONSlice]

  init?(_ bytes: [UInt8]) {
    guard let json = JSONSlice(validating: bytes) else { return nil }
    elements = json.elements
  }

  func text(_ index: Int) -> String? { elements[index].string }
  func list(_ index: Int) -> [String] { elements[index].elements.compactMap(\.string) }
}
