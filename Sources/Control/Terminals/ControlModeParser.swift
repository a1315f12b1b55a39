/// Makes answers and news of what `tmux -C` writes (tmux(1), CONTROL MODE). A value: bytes in, events out.
///
/// An answer ends only with the line that repeats its own number: a screen that shows such a line ends nothing.
struct ControlModeParser {
  enum Event: Equatable {
    /// The answer to a command. `isOwn` is false for what the client ran by itself when it started.
    case reply(lines: [[UInt8]], isError: Bool, isOwn: Bool)
    /// Something happened: the word behind `%`, and the rest.
    case news(String, String)
    /// The client ends.
    case exit(String)
    /// A line outside of the protocol: what tmux says when it cannot start.
    case stray(String)
  }

  private var line: [UInt8] = []
  private var mark: Substring?
  private var lines: [[UInt8]] = []

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      if let event = take(line) { events.append(event) }
      line.removeAll(keepingCapacity: true)
    }
    return events
  }

  private mutating func take(_ bytes: [UInt8]) -> Event? {
    if let mark { return inside(mark, bytes) }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("%") else { return text.isEmpty ? nil : .stray(text) }
    let word = text.dropFirst().prefix { $0 != " " }
    let rest = text[word.endIndex...].drop { $0 == " " }
    switch word {
    case "begin":
      mark = rest
      lines = []
      return nil
    case "exit": return .exit(String(rest))
    default: return .news(String(word), String(rest))
    }
  }

  private mutating func inside(_ mark: Substring, _ bytes: [UInt8]) -> Event? {
    let isError = bytes == Array("%error \(mark)".utf8)
    guard isError || bytes == Array("%end \(mark)".utf8) else {
      lines.append(bytes)
      return nil
    }
    self.mark = nil
    defer { lines = [] }
    return .reply(lines: lines, isError: isError, isOwn: mark.hasSuffix(" 1"))
  }
}
