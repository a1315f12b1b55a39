import TestSupport
import Testing

@testable import Wire

@Suite("Splitting a line into records and damage")
struct SplitLineTests {
  /// `R` and the text of a record, or the damage and the text of its range.
  private func pieces(_ line: [UInt8], allowedWork: Int? = nil) -> [String] {
    splitLine(line[...], allowedWork: allowedWork).map { piece in
      switch piece {
      case .record(let json, _): "R \(json)"
      case .damaged(let range, let reason): "\(reason.rawValue) \(text(line[range]))"
      }
    }
  }

  private func pieces(_ line: String, allowedWork: Int? = nil) -> [String] {
    pieces(Array(line.utf8), allowedWork: allowedWork)
  }

  @Test("A line of nothing has no pieces", arguments: ["", " ", "\r", "  \t\r"])
  func blank(line: String) {
    #expect(pieces(line).isEmpty)
  }

  @Test(
    "A value that fills the line is one record",
    arguments: ["{\"a\":1}", "[1,2]", "5", "\"x\"", "null", "{}"])
  func whole(value: String) {
    #expect(pieces(value) == ["R \(value)"])
    #expect(pieces(value + "\r") == ["R \(value)"])
    #expect(pieces(" \t" + value + " ") == ["R \(value)"])
    #expect(pieces("\0\0" + value) == ["nul_run \0\0", "R \(value)"])
  }

  @Test(
    "Glued, cut and zeroed lines",
    arguments: [
      ("{\"a\":1}{\"b\":2}", ["R {\"a\":1}", "R {\"b\":2}"]),
      ("{\"a\":1} {\"b\":2}{\"c\":3}", ["R {\"a\":1}", "R {\"b\":2}", "R {\"c\":3}"]),
      ("{\"a\":\"x{\"b\":2}", ["malformed {\"a\":\"x", "R {\"b\":2}"]),
      ("{\"a\":1{\"b\":2}", ["malformed {\"a\":1", "R {\"b\":2}"]),
      ("{\"b\":{\"b\":2}", ["malformed {\"b\":", "R {\"b\":2}"]),
      ("{\"b\":[1,{\"b\":2}", ["malformed {\"b\":[1,", "R {\"b\":2}"]),
      ("{\"a\":{\"c\":2}", ["malformed {\"a\":{\"c\":2}"]),
      ("{\"a\":{\"c\":2}{\"a\":1}", ["malformed {\"a\":{\"c\":2}", "R {\"a\":1}"]),
      ("{\"a\":{\"i\":1},\"s\":\"x\\{\"b\":2}", ["malformed {\"a\":{\"i\":1},\"s\":\"x\\", "R {\"b\":2}"]),
      ("{\"s\":\"x\\u12{\"b\":2}", ["malformed {\"s\":\"x\\u12", "R {\"b\":2}"]),
      ("{\"s\":\"x{\"b\":2}{\"c\":3}", ["malformed {\"s\":\"x", "R {\"b\":2}", "R {\"c\":3}"]),
      ("{\"s\":\"x{\"b\":\"y{\"c\":3}", ["malformed {\"s\":\"x{\"b\":\"y", "R {\"c\":3}"]),
      ("{\"a\":1}{\"b\":\"x", ["R {\"a\":1}", "malformed {\"b\":\"x"]),
      ("{\"a\":1}garbage{\"b\":2}", ["R {\"a\":1}", "malformed garbage", "R {\"b\":2}"]),
      ("garbage", ["malformed garbage"]),
      ("garbage  ", ["malformed garbage"]),
      ("tail\"}  {\"b\":2}", ["malformed tail\"}", "R {\"b\":2}"]),
      ("5 {\"b\":2}", ["malformed 5", "R {\"b\":2}"]),
      ("true{\"b\":2}", ["malformed true", "R {\"b\":2}"]),
      ("\"x{\"b\":2}", ["malformed \"x", "R {\"b\":2}"]),
      ("{\"a\":1}\0\0{\"b\":2}", ["R {\"a\":1}", "nul_run \0\0", "R {\"b\":2}"]),
      ("{\"a\":\"x\0\0{\"b\":2}", ["malformed {\"a\":\"x\0\0", "R {\"b\":2}"]),
      ("\0\0\0", ["nul_run \0\0\0"]),
      ("{\"type\":\"user\"", ["malformed {\"type\":\"user\""]),
      (
        "{\"code\":\"if x {\",\"t\":\"y{\"b\":2}",
        ["malformed {\"code\":\"if x {\",\"t\":\"y", "R {\"b\":2}"]
      ),
    ])
  func damage(line: String, expected: [String]) {
    #expect(pieces(line) == expected)
  }

  @Test("A record behind another that was cut at any byte is found")
  func everyCut() {
    let first = Array(
      "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a {\\\"b\\\"} \\u00e9\u{e9}\"}]},\"n\":-1.5e3}"
        .utf8)
    let second = "{\"type\":\"user\",\"message\":{\"content\":\"hello\"}}"
    for cut in 1..<first.count {
      let line = Array(first[..<cut]) + Array(second.utf8)
      #expect(pieces(line).last == "R \(second)", "cut at \(cut)")
      #expect(pieces(line + Array(second.utf8)).suffix(2) == ["R \(second)", "R \(second)"], "cut at \(cut)")
    }
  }

  @Test("Bad UTF-8 in a record is replaced and told")
  func badUTF8() {
    let line = Array("{\"a\":\"x".utf8) + [0xff, 0xc3] + Array("\"}".utf8)
    let found = splitLine(line[...])
    guard found.count == 2, case .damaged(let damage, .invalidUTF8) = found[0],
      case .record(let record, let range) = found[1]
    else {
      Issue.record("\(found)")
      return
    }
    #expect(damage == range && range == 0..<line.count)
    #expect(record["a"]?.string == "x\u{fffd}\u{fffd}")
    #expect(JSONSlice(validating: record.bytes) != nil)
  }

  @Test("Only the damaged record of two is changed")
  func badUTF8BesideGood() {
    let line = Array("{\"a\":\"".utf8) + [0xff] + Array("\"}{\"b\":2}".utf8)
    let found = splitLine(line[...])
    #expect(found.count == 3)
    guard case .record(let record, let range) = found[2] else {
      Issue.record("\(found)")
      return
    }
    #expect(record["b"]?.int == 2 && range == 9..<16)
  }

  @Test("Ranges count from the start of the line wherever it stands in its buffer")
  func ranges() {
    let buffer = Array("xxx{\"a\":\"y{\"b\":2}\r".utf8)
    guard case .damaged(let damage, _)? = splitLine(buffer[3...]).first,
      case .record(_, let range)? = splitLine(buffer[3...]).last
    else {
      Issue.record("two pieces expected")
      return
    }
    #expect(damage == 0..<7 && range == 7..<14)
  }

  @Test("Beyond the allowed work the rest is unreadable, and the default suffices for a deep cut record")
  func work() {
    let hostile = String(repeating: "{\"a\":\"{\"", count: 3000)
    #expect(pieces(hostile, allowedWork: 0) == ["unreadable \(hostile)"])
    #expect(pieces("{\"a\":1}", allowedWork: 0) == ["R {\"a\":1}"])
    let long = String(repeating: "x", count: 200_000)
    let deep = String(repeating: "{\"a\":", count: 40) + "\"\(long)"
    #expect(pieces(deep + "{\"b\":2}") == ["malformed \(deep)", "R {\"b\":2}"])
  }

  @Test("Pieces are in order, do not overlap, and leave out only white space, for random damage")
  func randomDamage() {
    let seed = testSeed()
    var generator = SeededGenerator(seed: seed)
    let parts: [[UInt8]] = [
      Array("{\"type\":\"user\",\"m\":{\"c\":[1,{\"x\":\"{\"}]}}".utf8), Array("{\"a\":\"\\u00e9\"}".utf8),
      [0, 0], [0xff],
      Array("{\"".utf8), Array("\"}".utf8), Array(" ".utf8), Array("[1]".utf8), Array("7".utf8), [0x0d],
      Array("\\".utf8),
    ]
    for _ in 0..<3000 {
      var line: [UInt8] = []
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        var part = parts.randomElement(using: &generator) ?? []
        if Int.random(in: 0..<3, using: &generator) == 0 {
          part.removeLast(Int.random(in: 0...part.count, using: &generator))
        }
        line += part
      }
      checkPieces(of: line[...]) { Issue.record("\($0) in \(text(line)), seed \(seed)") }
    }
  }
}

/// What must hold for the pieces of any line.
func checkPieces(of line: ArraySlice<UInt8>, _ fail: (String) -> Void) {
  var covered = 0
  var repaired: Range<Int>?
  func gap(_ range: Range<Int>) -> ArraySlice<UInt8> {
    line[(line.startIndex + range.lowerBound)..<(line.startIndex + range.upperBound)]
  }
  for piece in splitLine(line) {
    switch piece {
    case .record(let json, let range):
      if JSONSlice(validating: json.bytes) == nil { fail("a record is not valid") }
      if let expected = repaired {
        if expected != range { fail("a repaired record has another range") }
        repaired = nil
        continue
      }
      if !gap(range).elementsEqual(json.bytes) { fail("a record is not the bytes of its range") }
      guard range.lowerBound >= covered else { return fail("pieces overlap") }
      if !gap(covered..<range.lowerBound).allSatisfy(ByteScan.isWhitespace) { fail("bytes left out") }
      covered = range.upperBound
    case .damaged(let range, let reason):
      if repaired != nil { fail("the repaired record is missing") }
      guard !range.isEmpty, range.lowerBound >= covered else { return fail("pieces overlap") }
      if !gap(covered..<range.lowerBound).allSatisfy(ByteScan.isWhitespace) { fail("bytes left out") }
      covered = range.upperBound
      if reason == .invalidUTF8 { repaired = range }
    }
  }
  if repaired != nil { fail("the repaired record is missing") }
  if !gap(covered..<line.count).allSatisfy(ByteScan.isWhitespace) { fail("bytes left out at the end") }
}
