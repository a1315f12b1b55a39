import Testing

@testable import Storm

struct VerifiedFramesTests {
  private func frames(_ texts: [String], from line: Int = 10, capacity: Int = 1000) -> VerifiedFrames {
    var frames = VerifiedFrames(capacity: capacity)
    for (index, text) in texts.enumerated() { with(text) { frames.append($0, line: line + index) } }
    return frames
  }

  @Test("Whole equal frames are counted, a cut one is not")
  func match() {
    let frames = frames(["aaa", "bb", "cccc"])
    for (text, lines, bytes) in [
      ("aaabbcccc", 3, 9), ("aaabbcccX", 2, 5), ("aaabb", 2, 5), ("aaab", 1, 3), ("aa", 0, 0), ("X", 0, 0),
      ("aaabbccccMORE", 3, 9), ("aaaXb", 1, 3),
    ] {
      let found = with(text) { frames.match($0, line: 10) }
      #expect(found == (lines, bytes), "\(text)")
    }
  }

  @Test("A reader in the middle is compared from its own line")
  func middle() {
    let frames = frames(["aaa", "bb", "cccc"])
    #expect(with("bbcccc") { frames.match($0, line: 11) } == (2, 6))
    #expect(with("aaa") { frames.match($0, line: 9) } == (0, 0))
    #expect(with("aaa") { frames.match($0, line: 13) } == (0, 0))
  }

  @Test("A line that does not follow starts a new run, an older one changes nothing")
  func runs() {
    var frames = frames(["aaa", "bb"])
    with("old") { frames.append($0, line: 10) }
    #expect(with("aaabb") { frames.match($0, line: 10) } == (2, 5))
    with("zz") { frames.append($0, line: 20) }
    #expect(with("aaabb") { frames.match($0, line: 10) } == (0, 0))
    #expect(with("zz") { frames.match($0, line: 20) } == (1, 2))
  }

  @Test("It never holds more than its capacity")
  func capacity() {
    var frames = VerifiedFrames(capacity: 10)
    for line in 0..<100 { with("1234") { frames.append($0, line: line) } }
    with("12345678901") { frames.append($0, line: 100) }
    #expect(with("1234") { frames.match($0, line: 99) } == (1, 4))
    #expect(with("12345678901") { frames.match($0, line: 100) } == (0, 0))
  }
}

private func == (left: (lines: Int, bytes: Int), right: (Int, Int)) -> Bool {
  left.lines == right.0 && left.bytes == right.1
}
