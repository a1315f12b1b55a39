/// One command line for `tmux -C`. A value.
///
/// A command ends at the line's end, so every byte that is not plainly a word's is written as an octal escape within
/// double quotes: no text can end the command, expand a variable or begin another command.
struct TmuxCommand {
  private(set) var line: [UInt8]

  /// A command and words of it that are known to be plain.
  init(_ plain: String) {
    line = Array(plain.utf8)
  }

  /// The command with one more argument, taken literally; nil for a NUL byte, which no argument can have.
  func word(_ bytes: some Collection<UInt8>) -> TmuxCommand? {
    var copy = self
    copy.line.reserveCapacity(copy.line.count + bytes.count * 2 + 3)
    copy.line += [UInt8(ascii: " "), UInt8(ascii: "\"")]
    for byte in bytes {
      switch byte {
      case 0: return nil
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        copy.line.append(byte)
      default:
        let zero = UInt8(ascii: "0")
        copy.line += [UInt8(ascii: "\\"), zero + byte >> 6, zero + byte >> 3 & 7, zero + byte & 7]
      }
    }
    copy.line.append(UInt8(ascii: "\""))
    return copy
  }

  /// The same of a text.
  func word(_ text: String) -> TmuxCommand? { word(text.utf8) }

  /// The same of several texts.
  func words(_ texts: [String]) -> TmuxCommand? {
    texts.reduce(Optional(self)) { $0?.word($1) }
  }
}
