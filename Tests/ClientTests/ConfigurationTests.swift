import Glibc
import Testing
import Wire

@testable import Client

@Suite("Configuration")
struct ConfigurationTests {
  let surroundings = Surroundings(environment: [:], home: "/home/ada", workingDirectory: "/home/ada/work")

  func read(
    _ text: String? = nil, environment: [String: String] = [:], overrides: [Configuration.Override] = []
  ) throws(ConfigurationFault) -> Configuration {
    var surroundings = surroundings
    surroundings.environment = environment
    return try Configuration.read(
      file: text.map { ("c.yaml", Array($0.utf8)) }, overrides: overrides, surroundings: surroundings)
  }

  func fault(_ text: String? = nil, environment: [String: String] = [:]) -> String? {
    do throws(ConfigurationFault) {
      _ = try read(text, environment: environment)
      return nil
    } catch {
      return error.description
    }
  }

  static let exampleFile: String = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return SmallFile.text("/" + root + "/docs/tailcast.yaml") ?? ""
  }()

  @Test("The example file is what the list of settings makes")
  func exampleFileIsCurrent() {
    #expect(Self.exampleFile + "\n" == Configuration.example())
  }

  @Test("The example file, uncommented, says the defaults and names every setting")
  func exampleFileSaysDefaults() throws {
    let lines = Self.exampleFile.split(separator: "\n", omittingEmptySubsequences: false)
    let uncommented = lines.map { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : String($0) }.joined(
      separator: "\n")
    #expect(try read(uncommented) == read())
    let named = try ConfigurationFile(path: "", text: Array(uncommented.utf8)).entries.map(\.key)
    #expect(named.sorted() == Setting.all.map(\.key).sorted())
  }

  @Test("The example file as it stands sets nothing")
  func exampleFileIsCommented() throws {
    #expect(try ConfigurationFile(path: "", text: Array(Self.exampleFile.utf8)).entries.isEmpty)
  }

  @Test("A flag beats the environment, the environment the file, the file the default")
  func precedence() throws {
    let file = "listen:\n  port: 1001\n"
    let environment = ["TAILCAST_LISTEN_PORT": "1002"]
    let flag = Configuration.Override(key: "listen.port", texts: ["1003"], flag: "--port")
    #expect(try read().listen.port == 8420)
    #expect(try read(file).listen.port == 1001)
    #expect(try read(file, environment: environment).listen.port == 1002)
    #expect(try read(file, environment: environment, overrides: [flag]).listen.port == 1003)
  }

  @Test("Keys may be nested or dotted")
  func dottedKeys() throws {
    #expect(try read("tail.poll_interval: 250ms").tail.pollInterval == .milliseconds(250))
    #expect(try read("tail: {poll_interval: 250ms}").tail.pollInterval == .milliseconds(250))
  }

  @Test("An unknown key names its line and the nearest known key")
  func unknownKey() {
    #expect(
      fault("listen:\n  port: 1\ntail:\n  pol_interval: 1s\n")
        == "c.yaml, line 4: tail.pol_interval: unknown setting; did you mean tail.poll_interval?")
    #expect(
      fault("heartbeat: 1s") == "c.yaml, line 1: heartbeat: unknown setting; did you mean streams.heartbeat?")
    #expect(fault("\nzebra: 1")?.hasPrefix("c.yaml, line 2: zebra: unknown setting; `tailcast help") == true)
    #expect(
      fault(environment: ["TAILCAST_LISTEN_PROT": "1"])
        == "environment variable TAILCAST_LISTEN_PROT: TAILCAST_LISTEN_PROT: unknown setting; "
        + "did you mean TAILCAST_LISTEN_PORT?")
  }

  @Test(
    "A wrong value names key, line and form",
    arguments: [
      ("listen: {port: 70000}", "listen.port: must be a whole number from 0 to 65535, not \"70000\""),
      ("auth: maybe", "auth: must be key or none, not \"maybe\""),
      ("listen.tcp: si", "listen.tcp: must be true or false, not \"si\""),
      ("loops: [1]", "loops: must be a whole number from 0 to 256, not [\"1\"]"),
      ("tail: 5", "tail: is a section; its settings stand below it, indented"),
      ("roots: [emacs=/x]", "roots: must be AGENT=DIR"),
      ("loops: 1\nloops: 2", "loops: set twice, first on line 1"),
      ("streams: {heartbeat: 15 parsecs}", "streams.heartbeat: must be a duration"),
      ("allowed_origins: ['*']", "allowed_origins: must be origins"),
      ("loops: *x", "not valid YAML"), ("a: [", "not valid YAML"), ("- 1", "the file must hold settings"),
      ("? [a]\n: b", "a key must be text"), ("a: 1\n---\nb: 2", "more than one document"),
    ])
  func wrongValue(text: String, expected: String) throws {
    let message = try #require(fault(text))
    #expect(message.hasPrefix("c.yaml, line "))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(
    "A section without settings and a file without lines set nothing",
    arguments: ["", "tail:\n", "# a\n"])
  func emptyFile(text: String) throws {
    #expect(try read(text) == read())
  }

  @Test("Deep nesting is refused, not followed")
  func deepNesting() {
    #expect(fault(String(repeating: "[", count: 100_000)) != nil)
  }

  @Test(
    "A host that is not loopback without keys is refused",
    arguments: ["0.0.0.0", "10.0.0.1", "::", "example.org"])
  func openHost(host: String) {
    let file = "listen: {host: \"\(host)\"}\nauth: none"
    #expect(fault(file)?.contains("is not a loopback address") == true)
    #expect(fault(file + "\nlisten.tcp: false") == nil)
  }

  @Test("Loopback without keys is allowed", arguments: ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
  func loopbackHost(host: String) {
    #expect(fault("listen: {host: \"\(host)\"}\nauth: none") == nil)
  }

  @Test("The socket follows the state directory, paths become absolute")
  func paths() throws {
    #expect(try read().state == "/home/ada/.local/state/tailcast")
    #expect(try read(environment: ["XDG_STATE_HOME": "/s"]).listen.socket == "/s/tailcast/tailcast.sock")
    #expect(try read(environment: ["XDG_STATE_HOME": "s"]).state == "/home/ada/.local/state/tailcast")
    #expect(try read("state: here").listen.socket == "/home/ada/work/here/tailcast.sock")
    #expect(try read("state: ~/t\nlisten.socket: ./x").listen.socket == "/home/ada/work/x")
    #expect(fault("state: /\(String(repeating: "x", count: 100))")?.contains("107 bytes") == true)
  }

  @Test("Roots are the agents' own folders until named")
  func roots() throws {
    let moved = try read(environment: ["CLAUDE_CONFIG_DIR": "/c", "CODEX_HOME": "/x"])
    #expect(
      moved.roots.map(\.description) == [
        "claude=/c/projects", "codex=/x/sessions", "gemini=/home/ada/.gemini/tmp",
      ])
    let named = try read(environment: ["TAILCAST_ROOTS": "jsonl=/a=b, claude=~/c"])
    #expect(named.roots.map(\.description) == ["jsonl=/a=b", "claude=/home/ada/c"])
  }

  @Test("A file that was asked for must exist, the usual one need not")
  func missingFile() throws {
    let empty = Surroundings(environment: [:], home: "/nonexistent", workingDirectory: "/")
    #expect(throws: Never.self) { try Configuration.load(surroundings: empty) }
    #expect(throws: ConfigurationFault.self) {
      try Configuration.load(file: "/nonexistent/c", surroundings: empty)
    }
  }
}

@Suite("Text of sizes and durations")
struct UnitTextTests {
  @Test(
    "Sizes",
    arguments: [
      ("8MiB", 8 << 20), ("64K", 65536), ("64 k", 65536), ("1.5MiB", 1_572_864), ("2GB", 2_000_000_000),
      ("0", 0), ("17", 17),
    ])
  func sizes(text: String, bytes: Int) {
    #expect(ByteSize.parse(text) == bytes)
    #expect(ByteSize.parse(ByteSize.format(bytes)) == bytes)
  }

  @Test(
    "Durations",
    arguments: [
      ("15s", 15_000), ("100ms", 100), ("10m", 600_000), ("2h", 7_200_000), ("1.5s", 1500), ("3", 3000),
      ("0", 0), ("1d", 86_400_000),
    ])
  func durations(text: String, milliseconds: Int) {
    #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    #expect(
      DurationText.parse(DurationText.format(.milliseconds(milliseconds))) == .milliseconds(milliseconds))
  }

  @Test(
    "What is no number with a unit is nil",
    arguments: [
      "", "s", "-1s", "1 parsec", "1..5s", "1.2345s", "99999999999999999999", "9999999999999999G", "٣s",
    ])
  func nonsense(text: String) {
    #expect(DurationText.parse(text) == nil)
    #expect(ByteSize.parse(text) == nil)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  @Test("The nearest word is suggested, a far one is not")
  func nearest() {
    #expect(Suggestion.nearest(to: "serach", among: ["serve", "search"]) == "search")
    #expect(Suggestion.nearest(to: "xyz", among: ["serve", "search"]) == nil)
    #expect(Suggestion.distance(Array("ab".utf8), Array("ba".utf8)) == 1)
    #expect(Suggestion.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
  }
}
