/// What of a transcript a watcher wants to see: the names of `include=`. Turns, compactions, damage and the like are
/// always shown, and no choice changes an id.
public struct Include: OptionSet, Sendable, Hashable {
  /// One bit for each name.
  public let rawValue: UInt8

  /// A choice by its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Text, and the images and documents beside it.
  public static let text = Include(rawValue: 1)
  /// The model's reasoning.
  public static let thinking = Include(rawValue: 2)
  /// Calls of tools and their results.
  public static let tools = Include(rawValue: 4)
  /// Running output and progress.
  public static let activity = Include(rawValue: 8)
  /// Title, mode, model and other values about the session.
  public static let meta = Include(rawValue: 16)
  /// Text that the agent injected (TRANSCRIPTS 2.9).
  public static let hidden = Include(rawValue: 32)

  /// In `ui` the shapes that TeleClaude sent, which strict clients refuse; no name of `include=`, but `compat=seed`.
  public static let seed = Include(rawValue: 64)

  /// What is shown when nothing is asked for.
  public static let standard: Include = [.text, .thinking, .tools]

  private static let names: [(name: String, part: Include)] = [
    ("text", .text), ("thinking", .thinking), ("tools", .tools), ("activity", .activity), ("meta", .meta),
    ("hidden", .hidden),
  ]

  /// Names joined by commas; nil if one is unknown. `hidden` says nothing about what of a hidden message to show, so
  /// alone it is added to `standard`.
  public init?(parameter: some StringProtocol) {
    var choice: Include = []
    for name in parameter.split(separator: ",") {
      guard let known = Include.names.first(where: { $0.name == name }) else { return nil }
      choice.insert(known.part)
    }
    self = choice == .hidden ? [.standard, .hidden] : choice
  }
}
