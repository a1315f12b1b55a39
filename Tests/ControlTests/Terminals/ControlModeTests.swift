import Testing

@testable import Control

@Suite("The protocol of tmux -C")
struct ControlModeTests {
  private static let transcript = """
    %begin 17 260 0
    %end 17 260 0
    %session-changed $0 tailcast
    %begin 17 266 1
    first
    %end 17 265 1
    %output looks like news
    %end 17 266 1
    %begin 18 267 1
    can't find pane: %9
    %error 18 267 1
    %exit server exited

    """

  private static let events: [ControlModeParser.Event] = [
    .reply(lines: [], isError: false, isOwn: false), .news("session-changed", "$0 tailcast"),
    .reply(
      lines: ["first", "%end 17 265 1", "%output looks like news"].map { Array($0.utf8) }, isError: false,
      isOwn: true),
    .reply(lines: [Array("can't find pane: %9".utf8)], isError: true, isOwn: true), .exit("server exited"),
  ]

  @Test("An answer split at any byte is the same answer")
  func splits() {
    let bytes = Array(Self.transcript.utf8)
    for split in 0...bytes.count {
      var parser = ControlModeParser()
      let events = parser.feed(bytes[..<split]) + parser.feed(bytes[split...])
      #expect(events == Self.events, "split at \(split)")
    }
  }

  @Test("What tmux says before it speaks the protocol is kept")
  func stray() {
    var parser = ControlModeParser()
    #expect(
      parser.feed(Array("error connecting to /tmp/x (Permission denied)\n".utf8)) == [
        .stray("error connecting to /tmp/x (Permission denied)")
      ])
  }

  @Test("No byte of a word but letters, digits and . / - _ stands for itself, and a NUL byte is refused")
  func words() throws {
    for byte in UInt8.min...UInt8.max {
      let command = TmuxCommand("x").word([byte])
      guard byte != 0 else {
        #expect(command == nil)
        continue
      }
      let text = String(decoding: try #require(command).line, as: UTF8.self)
      let scalar = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (scalar.isLetter || scalar.isNumber || "./-_".contains(scalar))
      let octal = String(byte, radix: 8)
      let escaped = "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      #expect(text == "x \"\(isPlain ? String(scalar) : escaped)\"")
    }
  }

  @Test("The owner's mark reads back, also with blanks in the directory's name")
  func owner() {
    let owner = TmuxOwner(pid: 12, startTicks: "345", state: "/a b/c")
    #expect(TmuxOwner(owner.text) == owner)
    #expect(TmuxOwner("") == nil)
    #expect(TmuxOwner.current("/s").isRunning)
    #expect(!owner.isRunning)
  }
}
