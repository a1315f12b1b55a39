import Store

/// What a transcript's path says about its session. A value made from the path alone.
public struct TranscriptName: Sendable, Hashable {
  /// The agent's own session id, or a name made from the path where the agent keeps it inside the file.
  public var id: String
  /// The session that this one is a sub-agent of.
  public var parent: String?
  /// True for formats whose whole file is one JSON document.
  public var isDocument: Bool

  /// The name of the transcript at `path` (under `root`), or nil if the file is none.
  public init?(path: String, root: Root) {
    guard path.hasPrefix(root.directory + "/") else { return nil }
    let parts = path.dropFirst(root.directory.count + 1).split(separator: "/").map(String.init)
    guard let file = parts.last, !file.hasPrefix(".") else { return nil }
    isDocument = root.agent == .gemini && file.hasSuffix(".json")
    guard file.hasSuffix(".jsonl") || isDocument else { return nil }
    let stem = String(file.dropLast(isDocument ? 5 : 6))
    guard !stem.isEmpty else { return nil }
    switch root.agent {
    case .claude:
      guard stem != "journal" else { return nil }
      id = stem
      if let marker = parts.lastIndex(of: "subagents"), marker > 0 { parent = parts[marker - 1] }
    case .codex:
      id = Self.trailingUUID(stem) ?? stem
    case .gemini:
      guard parts.contains("chats") || stem.hasPrefix("session-") || parts.count == 1 else { return nil }
      id = stem
      if let chats = parts.firstIndex(of: "chats"), parts.count > chats + 2 { parent = parts[chats + 1] }
    case .copilot:
      id = stem == "events" && parts.count > 1 ? parts[parts.count - 2] : stem
    case .cursor:
      id = stem
      if let marker = parts.lastIndex(of: "subagents"), marker > 0 { parent = parts[marker - 1] }
    case .jsonl:
      id = stem
    }
    id = Self.legal(id)
    parent = parent.map(Self.legal)
  }

  /// Ids match `[A-Za-z0-9_-]{1,128}` (API): every other character becomes `-`.
  static func legal(_ text: String) -> String {
    let kept = text.utf8.prefix(128).map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        return byte
      default: return UInt8(ascii: "-")
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// The id for a second file whose name gives an id that is taken: the same file gets the same id every time.
  static func distinct(_ id: String, path: String) -> String {
    let mark = Digest.hex(Array(Digest.sha256(Array(path.utf8)).prefix(4)))
    return String(id.prefix(119)) + "-" + mark
  }

  /// The session id at the end of Codex' `rollout-<local time>-<uuid>`.
  private static func trailingUUID(_ stem: String) -> String? {
    let tail = stem.suffix(36)
    guard tail.count == 36 else { return nil }
    for (index, character) in tail.enumerated() {
      let isDash = [8, 13, 18, 23].contains(index)
      guard isDash ? character == "-" : character.isHexDigit else { return nil }
    }
    return String(tail)
  }
}
