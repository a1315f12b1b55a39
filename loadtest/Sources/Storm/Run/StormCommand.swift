import Glibc

/// The command line of `tailstorm`, read into a value.
public struct StormCommand: Sendable, Equatable {
  /// Scenario files, in the order in which they run.
  public var files: [String] = []
  /// `key=value` pairs that win over the files.
  public var overrides: [String] = []
  /// Against what.
  public var options = RunOptions()
  /// Whether results are JSON, one object a line.
  public var json = false
  /// Whether only a help text is wanted: of the command, or of the scenario keys.
  public var help: Help?

  /// A help text.
  public enum Help: Sendable { case usage, keys }

  /// Reads the arguments behind the program's name.
  public init(_ arguments: [String]) throws(ScenarioFault) {
    var rest = arguments[...]
    var url: UInt16?
    while let argument = rest.popFirst() {
      switch argument {
      case "--server": options.executable = try Self.value(argument, &rest)
      case "--url":
        url = ServerAddress.port(ofURL: try Self.value(argument, &rest))
        guard url != nil else {
          throw ScenarioFault(description: "--url: only http://127.0.0.1:PORT; a storm stays on this machine")
        }
        options.address.port = url
      case "--socket": options.address.socket = try Self.value(argument, &rest)
      case "--key": options.address.key = try Self.value(argument, &rest)
      case "--dir": options.root = try Self.value(argument, &rest)
      case "--pid":
        guard let pid = Int32(try Self.value(argument, &rest)) else {
          throw ScenarioFault(description: "--pid needs a number")
        }
        options.pids.append(pid)
      case "--tmp": options.temporary = try Self.value(argument, &rest)
      case "--set": overrides.append(try Self.value(argument, &rest))
      case "--json": json = true
      case "--keep": options.keep = true
      case "--help", "-h": help = .usage
      case "--keys": help = .keys
      default:
        guard !argument.hasPrefix("-") else {
          throw ScenarioFault(description: "\(argument): no such option; see --help")
        }
        files.append(argument)
      }
    }
    guard help == nil else { return }
    if files.isEmpty { throw ScenarioFault(description: "no scenario; see --help") }
    let running = options.address.port != nil || options.address.socket != nil
    if running == (options.executable != nil) {
      throw ScenarioFault(description: "either --server PATH, or --url or --socket of a running server")
    }
    if running, options.root == nil {
      throw ScenarioFault(description: "--dir: a running server needs one of its jsonl roots")
    }
  }

  private static func value(
    _ name: String, _ rest: inout ArraySlice<String>
  ) throws(ScenarioFault) -> String {
    guard let value = rest.popFirst() else { throw ScenarioFault(description: "\(name) needs a value") }
    return value
  }

  /// The scenario in `file`.
  public func scenario(_ file: String) throws -> Scenario {
    let text = String(decoding: try SmallFile.read(file), as: UTF8.self)
    let name = file.split(separator: "/").last.map { $0.hasSuffix(".conf") ? $0.dropLast(5) : $0[...] } ?? ""
    return try Scenario(text: text, name: String(name), overrides: overrides)
  }

  /// The text of `--help`.
  public static let usage = """
    tailstorm (--server PATH | --url URL --key KEY | --socket PATH) [options] SCENARIO.conf…

    Runs each scenario, checks every delivery, prints what it cost. Exit code 1 when a check failed, 2 for
    wrong usage.

      --server PATH   start this tailcast for each scenario, on folders of its own
      --url URL       a running server, http://127.0.0.1:PORT; --key its access key
      --socket PATH   a running server's Unix socket
      --dir DIR       one of the running server's jsonl roots, where the transcripts are made
      --pid PID       the running server's process, to count its costs; repeatable
      --set KEY=VALUE a setting that wins over the file; repeatable
      --keys          list the settings of a scenario
      --json          one JSON object a scenario instead of a table
      --keep          keep the folder of a started server (it is always kept when a check failed)
      --tmp DIR       where that folder is made (/tmp)
    """

  /// The text of `--keys`.
  public static var keys: String {
    ScenarioKey.all.map { key in
      key.name + String(repeating: " ", count: 18 - key.name.utf8.count) + key.meaning
    }.joined(separator: "\n")
  }
}
