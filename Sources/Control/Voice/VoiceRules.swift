/// How recordings become text; each is a setting `voice.…`.
public struct VoiceRules: Sendable, Hashable {
  /// The program and its arguments, `{file}` for the recording's path, which without it comes last; empty for none.
  public var command: [String] = []
  /// Within which time it must have written the text.
  public var timeout = Duration.seconds(45)
  /// Most bytes of a recording.
  public var maxBytes = 25 << 20

  /// The defaults.
  public init() {}

  /// The program's arguments for a recording.
  func arguments(_ file: String) -> [String] {
    let arguments = command.dropFirst().map { $0.replacing("{file}", with: file) }
    return command.contains { $0.contains("{file}") } ? arguments : arguments + [file]
  }
}
