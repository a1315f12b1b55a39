import Tail

/// How a text is typed to an agent so that it arrives as it stands: the pieces and keys before Enter. A value.
struct TypingScript: Sendable {
  /// One thing to do.
  enum Step: Sendable, Hashable {
    case paste([UInt8])
    case press([TerminalKey])
  }

  /// What to do, in order.
  let steps: [Step]

  /// Claude Code shows a paste of more as a mark, and gives it to the model as a quotation instead of as what was
  /// said. Pieces below these limits are taken as typed.
  private static let claudeBytes = 600
  private static let claudeLines = 2

  /// - Parameter escaped: for Codex, which refuses a text that begins with a slash and is no command: a space before
  ///   it, which Codex trims.
  init(_ text: String, to agent: AgentKind?, escaped: Bool = false) {
    let text = Self.prepared(text)
    switch agent {
    case .claude:
      // A space behind the text: a backslash there would turn Enter into a line end, and a list of files or commands
      // that is open for the last word would take Enter for itself. Claude trims it.
      let pieces = Self.pieces(text + " ", bytes: Self.claudeBytes, lines: Self.claudeLines)
      var steps = pieces.map { Step.paste(Array($0.utf8)) }
      if text.hasPrefix("!") {
        // An exclamation mark typed first is a shell command. Put before a character that is there it is text.
        steps.replaceSubrange(
          0..<1,
          with: [
            .paste([UInt8(ascii: ".")]), .press([.control("a")]), steps[0],
            .press([.control("e"), .backspace]),
          ])
      }
      self.steps = steps
    case .codex: steps = [.paste(Array(((escaped ? " " : "") + text + " ").utf8))]
    default: steps = [.paste(Array(text.utf8))]
    }
  }

  /// The text with plain line ends and without blanks at its end, which agents trim.
  static func prepared(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x0D {
        bytes.append(0x0A)
      } else if byte != 0x0A || previous != 0x0D {
        bytes.append(byte)
      }
      previous = byte
    }
    while let last = bytes.last, last == 0x20 || last == 0x0A || last == 0x09 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first character that a terminal would take for a key, if there is one.
  static func controlCharacter(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { scalar in
      (scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value))
        || (0x7F...0x9F).contains(scalar.value)
    }
  }

  /// Cut between characters, so that no piece ends within one.
  private static func pieces(_ text: String, bytes limit: Int, lines: Int) -> [Substring] {
    var pieces: [Substring] = []
    var start = text.startIndex
    var at = start
    var count = 0
    var ends = 0
    while at < text.endIndex {
      let next = text.index(after: at)
      let size = text.utf8.distance(from: at, to: next)
      if count > 0, count + size > limit || ends >= lines {
        pieces.append(text[start..<at])
        (start, count, ends) = (at, 0, 0)
      }
      count += size
      if text[at].isNewline { ends += 1 }
      at = next
    }
    if start < at { pieces.append(text[start..<at]) }
    return pieces
  }
}
