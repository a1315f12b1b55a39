import Testing
import Wire

@testable import Client

@Suite("Command line")
struct ParseTests {
  let surroundings = Surroundings(environment: [:], home: "/home/ada", workingDirectory: "/w")
  let now = Timestamp(milliseconds: 1_000_000_000)

  func parse(_ line: String, environment: [String: String] = [:]) throws(CommandFailure) -> Invocation {
    var surroundings = surroundings
    surroundings.environment = environment
    return try TailcastCommand.parse(
      arguments: line.split(separator: " ").map(String.init), surroundings: surroundings, now: now)
  }

  func message(_ line: String) -> String? {
    do throws(CommandFailure) {
      _ = try parse(line)
      return nil
    } catch {
      #expect(error.code == .usage)
      return error.message
    }
  }

  @Test("Each flag of tail is read")
  func tail() throws {
    var expected = TailRequest(session: "abc-1")
    #expect(try parse("tail abc-1").command == .tail(expected))
    expected.follow = true
    expected.view = .raw
    expected.start = .last(5)
    #expect(try parse("tail -f -n5 --view=raw abc-1").command == .tail(expected))
    #expect(try parse("tail abc-1 --follow --last 5 --view raw").command == .tail(expected))
    expected.start = .after("9f3c21aa-7")
    #expect(try parse("tail abc-1 --after 9f3c21aa-7 -f --view raw").command == .tail(expected))
  }

  @Test(
    "A moment is ISO 8601, epoch milliseconds, or a time ago",
    arguments: [
      ("1970-01-12T13:46:40Z", 1_000_000_000), ("999", 999), ("10m", 999_400_000), ("1.5s", 999_998_500),
    ])
  func since(text: String, milliseconds: Int64) throws {
    var expected = TailRequest(session: "a")
    expected.start = .since(Timestamp(milliseconds: milliseconds))
    #expect(try parse("tail a --since \(text)").command == .tail(expected))
  }

  @Test("Global flags may stand before and behind the command")
  func globals() throws {
    for line in ["--json --state s status", "status --json --state=s"] {
      let invocation = try parse(line)
      #expect(invocation.command == .status)
      #expect(invocation.json)
      #expect(try invocation.configuration().state == "/w/s")
    }
  }

  @Test("The flags of serve are settings")
  func serve() throws {
    let invocation = try parse(
      "serve --port 0 --host ::1 --no-tcp --state /s --root jsonl=/a --root claude=b --auth none --loops 4 "
        + "--log json --socket x.sock --set tail.poll_interval=50ms --set roots=codex=/c")
    let configuration = try invocation.configuration()
    #expect(configuration.listen == .init(port: 0, host: "::1", socket: "/w/x.sock", tcp: false))
    #expect(configuration.auth == .none)
    #expect(configuration.loops == 4)
    #expect(configuration.log.format == .json)
    #expect(configuration.tail.pollInterval == .milliseconds(50))
    #expect(configuration.roots.map(\.description) == ["codex=/c"])
    #expect(
      try parse("serve --root jsonl=/a --root claude=b").configuration().roots.map(\.description)
        == ["jsonl=/a", "claude=/w/b"])
  }

  @Test("The environment names a server unless a flag does")
  func environment() throws {
    let environment = ["TAILCAST_URL": "http://h:1", "TAILCAST_KEY": "k"]
    #expect(
      try parse("ls", environment: environment).server == .init(socket: nil, url: "http://h:1", key: "k"))
    #expect(try parse("ls --socket /s", environment: environment).server.url == nil)
    #expect(try parse("ls --url http://x", environment: environment).server.url == "http://x")
  }

  @Test(
    "A wrong command line says what is wrong",
    arguments: [
      ("memory serach x", "memory: unknown command \"serach\"; did you mean search?"),
      ("hooks tset a", "did you mean test?"), ("send", "ID [TEXT…] is missing"),
      ("kill a b/c", "\"b/c\" is no session id"), ("keys a", "ID KEY… is missing"),
      ("memory rm x", "\"x\" is no memory id"), ("settings set a", "\"a\" is not KEY=VALUE"),
      ("hooks add http://x --ttl soon", "--ttl needs a time"), ("new a --project b", "contradict each other"),
      ("hooks add http://x --property a", "--property needs NAME=PATTERN"),
      ("serach x", "unknown command \"serach\"; did you mean search?"),
      ("tail a --folow", "unknown flag --folow; did you mean --follow?"),
      ("tail", "ID is missing"), ("tail a b", "unexpected \"b\""), ("tail ../x", "\"../x\" is no session id"),
      ("tail a --since yesterday", "--since needs a time"), ("tail a --since", "--since needs a value, TIME"),
      ("tail a -n 1 --after x", "contradict each other"), ("tail a --view ui", "--view is events or raw"),
      ("ls -n 0", "--limit needs a number from 1 to 100000"), ("ls --all=1", "--all takes no value"),
      ("ls --url localhost", "--url needs http:// or https://"), ("serve --set x", "--set needs KEY=VALUE"),
      ("--follow tail a", "unknown flag --follow before the command"), ("--json", "no command given"),
      ("search", "WORDS… is missing"), ("ls --url http://a --socket b", "contradict each other"),
    ])
  func wrong(line: String, expected: String) throws {
    let message = try #require(self.message(line))
    #expect(message.contains(expected), "\(message)")
  }

  @Test("Every command has help, and no flag stands twice")
  func help() throws {
    for spec in CommandSpec.all + CommandSpec.all.flatMap(\.children) {
      #expect(try parse("\(spec.name) --help").command == .help(spec.name))
      #expect(try parse("help \(spec.name)").command == .help(spec.name))
      guard spec.make != nil else { continue }
      #expect(!spec.examples.isEmpty, "\(spec.name)")
      let names = (spec.flags + CommandSpec.globalFlags).flatMap(\.names)
      #expect(Set(names).count == names.count, "\(spec.name)")
      for flag in spec.flags where flag.setting != nil {
        #expect(Setting.all.contains { $0.key == flag.setting }, "\(flag.name)")
      }
    }
    #expect(try parse("").command == .help(nil))
    #expect(try parse("help tail").command == .help("tail"))
    #expect(try parse("--version").command == .version)
  }

  @Test("Words behind -- are operands")
  func dashes() throws {
    #expect(try parse("search -- -f --json").command == .search(SearchQuery(words: "-f --json")))
  }
}
