import Wire

/// Tokens of model calls, counted alike for every agent. A value.
///
/// Agents draw the lines differently: Claude Code counts what it read from the cache beside its input, Codex and Gemini
/// within it; Gemini counts reasoning beside its output, Codex within it. Here `input`, `cacheRead` and `cacheCreation`
/// exclude each other and `reasoning` is a part of `output`.
public struct TokenUsage: Sendable, Hashable {
  /// What was sent and neither read from a cache nor put into one.
  public var input: Int64 = 0
  /// What the model wrote, its reasoning included.
  public var output: Int64 = 0
  /// What was sent and found in a cache.
  public var cacheRead: Int64 = 0
  /// What was sent and put into a cache.
  public var cacheCreation: Int64 = 0
  /// The part of `output` that was reasoning, as far as the agent tells it.
  public var reasoning: Int64 = 0

  /// All tokens.
  public var total: Int64 { input + output + cacheRead + cacheCreation }

  /// Nothing was used.
  public init() {}

  /// Numbers that were stored.
  public init(input: Int64, output: Int64, cacheRead: Int64, cacheCreation: Int64, reasoning: Int64) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheCreation = cacheCreation
    self.reasoning = reasoning
  }

  /// The agent's own object of one call; nil when it says nothing that is known.
  public init?(_ usage: JSONSlice, of agent: AgentKind) {
    switch agent {
    case .claude: self.init(claude: usage)
    case .codex: self.init(codex: usage)
    case .gemini: self.init(gemini: usage)
    case .copilot, .cursor, .jsonl: return nil
    }
  }

  /// `message.usage` of Claude Code (TRANSCRIPTS 2.6).
  private init?(claude usage: JSONSlice) {
    guard let input = Self.count(usage["input_tokens"]), let output = Self.count(usage["output_tokens"])
    else { return nil }
    self.input = input
    self.output = output
    cacheRead = Self.count(usage["cache_read_input_tokens"]) ?? 0
    cacheCreation = Self.count(usage["cache_creation_input_tokens"]) ?? 0
    reasoning = min(output, Self.count(usage.member("output_tokens_details", "thinking_tokens")) ?? 0)
  }

  /// `token_count.info` of Codex: the newest call's usage beside the session's.
  private init?(codex info: JSONSlice) {
    guard let usage = info["last_token_usage"], let input = Self.count(usage["input_tokens"]),
      let output = Self.count(usage["output_tokens"])
    else { return nil }
    cacheRead = min(input, Self.count(usage["cached_input_tokens"]) ?? 0)
    self.input = input - cacheRead
    self.output = output
    reasoning = min(output, Self.count(usage["reasoning_output_tokens"]) ?? 0)
  }

  /// `tokens` of Gemini CLI; what its tools made of the input counts as input.
  private init?(gemini tokens: JSONSlice) {
    guard let input = Self.count(tokens["input"]), let output = Self.count(tokens["output"]) else {
      return nil
    }
    cacheRead = min(input, Self.count(tokens["cached"]) ?? 0)
    self.input = input - cacheRead + (Self.count(tokens["tool"]) ?? 0)
    reasoning = Self.count(tokens["thoughts"]) ?? 0
    self.output = output + reasoning
  }

  /// A number of tokens. What no call can have used is a broken number, and must not make a sum overflow.
  private static func count(_ value: JSONSlice?) -> Int64? {
    guard let number = value?.int, (0...1_000_000_000_000).contains(number) else { return nil }
    return number
  }

  /// The sum of two.
  public static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
    TokenUsage(
      input: left.input + right.input, output: left.output + right.output,
      cacheRead: left.cacheRead + right.cacheRead, cacheCreation: left.cacheCreation + right.cacheCreation,
      reasoning: left.reasoning + right.reasoning)
  }
}

/// What the calls of one model used.
public struct ModelUsage: Sendable, Hashable {
  /// The model as the agent names it; `unknown` when it does not.
  public var model: String
  /// How many calls.
  public var calls: Int
  /// Their tokens.
  public var tokens: TokenUsage

  /// A sum.
  public init(model: String, calls: Int, tokens: TokenUsage) {
    self.model = model
    self.calls = calls
    self.tokens = tokens
  }
}
