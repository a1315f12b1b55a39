import Tail

/// How one agent is started: the settings `agents.NAME.…`, read. A value.
public struct AgentProfile: Sendable, Hashable {
  /// A choice that stands for arguments.
  public struct Mode: Sendable, Hashable {
    /// What clients call it.
    public var name: String
    /// What the agent is given.
    public var arguments: [String]

    /// Reads `NAME=ARGUMENTS`, blanks between the arguments.
    public init?(_ text: String) {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
      name = String(text[..<equals])
      arguments = text[text.index(after: equals)...].split(separator: " ").map(String.init)
    }
  }

  /// What clients call the agent.
  public var name: String
  /// How its transcripts are read.
  public var kind: AgentKind
  /// The program, a name or a path, and arguments that it always gets.
  public var command: [String]
  /// Arguments of a new session.
  public var start: [String] = []
  /// Arguments that go on with a session.
  public var resume: [String] = []
  /// Arguments that begin a new session where another one stands.
  public var fork: [String] = []
  /// Arguments that choose a model.
  public var model: [String] = []
  /// Permission modes.
  public var permissionModes: [Mode] = []
  /// Thinking modes.
  public var thinkingModes: [Mode] = []
  /// Variables beside those of every agent.
  public var environment: [String: String] = [:]

  /// An agent that is only started.
  public init(name: String, kind: AgentKind, command: [String]) {
    self.name = name
    self.kind = kind
    self.command = command
  }

  /// Whether a new session's id is given to the agent, so that its transcript is known before it is there.
  var startGivesID: Bool { start.contains { $0.contains(Self.sessionID) } }
  /// The same of a fork.
  var forkGivesID: Bool { fork.contains { $0.contains(Self.sessionID) } }
  /// Whether a session can be gone on with.
  var canResume: Bool { !resume.isEmpty }
  /// Whether a session can be forked.
  var canFork: Bool { !fork.isEmpty }

  static let sessionID = "{session_id}"
  static let nativeID = "{native_session_id}"
  static let modelName = "{model}"
}

/// One start of an agent.
enum AgentRun: Sendable, Hashable {
  /// A new session; the id is given to agents that take one.
  case start(id: String)
  /// Goes on with the agent's session.
  case resume(nativeID: String)
  /// A new session where the agent's other one stands.
  case fork(nativeID: String, id: String)
}

/// What a session's creator chose.
struct AgentChoices: Sendable, Hashable {
  var model: String?
  var permissionMode: String?
  var thinkingMode: String?
}

extension AgentProfile {
  /// The program and its arguments. Choices were checked by `check`; one that is no longer configured is left out.
  func arguments(_ run: AgentRun, _ choices: AgentChoices) -> [String] {
    var values: [String: String] = [:]
    let template: [String]
    switch run {
    case .start(let id):
      values[Self.sessionID] = id
      template = start
    case .resume(let nativeID):
      values[Self.nativeID] = nativeID
      template = resume
    case .fork(let nativeID, let id):
      values[Self.nativeID] = nativeID
      values[Self.sessionID] = id
      template = fork
    }
    var chosen: [String] = []
    if let name = choices.model {
      values[Self.modelName] = name
      chosen += model
    }
    chosen += permissionModes.first { $0.name == choices.permissionMode }?.arguments ?? []
    chosen += thinkingModes.first { $0.name == choices.thinkingMode }?.arguments ?? []
    return command + (chosen + template).map { Self.expand($0, values) }
  }

  /// Why the choices cannot be had: the field and what it may be; nil if they can.
  func refusal(of choices: AgentChoices) -> (field: String, reason: String)? {
    if let name = choices.model {
      guard !model.isEmpty else {
        return ("model", "cannot be chosen for \(self.name) (agents.\(self.name).model)")
      }
      guard Self.isModel(name) else {
        return ("model", "must match [A-Za-z0-9][A-Za-z0-9._:/@[\\]-]{0,127}")
      }
    }
    // What every agent does without being told is always allowed.
    if let mode = choices.permissionMode, mode != "default",
      let reason = Self.refusal(of: mode, permissionModes, "agents.\(name).permission_modes")
    {
      return ("permission_mode", reason)
    }
    if let mode = choices.thinkingMode,
      let reason = Self.refusal(of: mode, thinkingModes, "agents.\(name).thinking_modes")
    {
      return ("thinking_mode", reason)
    }
    return nil
  }

  private static func refusal(of mode: String, _ modes: [Mode], _ setting: String) -> String? {
    guard !modes.contains(where: { $0.name == mode }) else { return nil }
    let names = modes.map(\.name).joined(separator: ", ")
    return names.isEmpty ? "cannot be chosen: \(setting) is empty" : "must be one of \(names) (\(setting))"
  }

  /// An argument beginning with a dash would be an option of the agent.
  private static func isModel(_ name: String) -> Bool {
    guard (1...128).contains(name.utf8.count), let first = name.first, first.isLetter || first.isNumber else {
      return false
    }
    return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._:/@[]-".contains($0)) }
  }

  /// One pass: what a value brings is not looked at again.
  private static func expand(_ argument: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = argument[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      rest = rest[brace...]
      if let (name, value) = values.first(where: { rest.hasPrefix($0.key) }) {
        result += value
        rest = rest.dropFirst(name.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }
}
