import Testing

@testable import Tail

@Suite("Following a file that is rewritten")
struct RewrittenFileTests {
  private let folder = TemporaryFolder()
  private let file = "t.jsonl"

  @Test("Truncation to nothing says nothing until there is a line, and then restarts")
  func truncateToNothing() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    let before = reading.current.epoch
    folder.truncate(file, to: 0)
    reading.settle()
    #expect(reading.stretches.count == 1)
    folder.append("one\n", to: file)
    reading.settle()
    #expect(reading.current.restart == .truncated && reading.current.texts == ["one"])
    #expect(reading.current.epoch != before && reading.row?.incarnation == 1)
  }

  @Test("Truncation to half restarts with the half")
  func truncateToHalf() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\nthree\nfour\n")
    folder.truncate(file, to: 10)
    reading.settle()
    #expect(reading.current.restart == .truncated && reading.current.texts == ["one", "two"])
    folder.append("!\n", to: file)
    reading.settle()
    #expect(reading.current.texts == ["one", "two", "th!"])
  }

  @Test("A truncated file that grew past its old size between two looks is seen by its bytes")
  func truncatedAndGrown() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    folder.truncate(file, to: 4)
    folder.append("2\nthree\nfour\n", to: file)
    reading.settle()
    #expect(reading.current.restart == .replaced)
    #expect(reading.current.texts == ["one", "2", "three", "four"])
  }

  @Test("A rewrite of the same length at the same moment restarts", arguments: 0..<20)
  func rewriteSameLength(round: Int) throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    folder.append("three\n", to: file)
    reading.settle()
    folder.overwrite(file, at: 0, Array("ONE\nTWO\nTHREE\n".utf8))
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.texts == ["ONE", "TWO", "THREE"])
  }

  @Test("A rewrite with the same bytes, seen when it is done, is nothing")
  func rewriteSameBytes() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    folder.rewrite(file, "one\ntwo\n")
    reading.settle()
    folder.rewrite(file, "one\ntwo\nthree\n")
    reading.settle()
    #expect(reading.stretches.count == 1 && reading.current.texts == ["three"])
  }

  @Test("A file renamed over it with the same beginning goes on in the same epoch")
  func replacedWithSamePrefix() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\nth")
    reading.settle()
    folder.replace(file, with: "one\ntwo\nthree\nfour\n")
    reading.settle()
    #expect(reading.stretches.count == 1 && reading.current.texts == ["three", "four"])
    #expect(reading.row?.inode == folder.facts(file)?.inode && reading.row?.incarnation == 0)
  }

  @Test(
    "A file renamed over it with other bytes restarts",
    arguments: ["ONE\ntwo\nthree\n", "one\nTWO\nthree\n", "x\n", "one\n"])
  func replacedWithOther(text: String) throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    folder.replace(file, with: text)
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.base == 0)
    #expect(reading.current.texts == text.split(separator: "\n").map(String.init))
  }

  @Test("A changed first line restarts, also when the last bytes are the same")
  func replacedFarAway() throws {
    let rest = String(repeating: "x", count: 300) + "\n"
    let reading = try folder.follow(file, holding: "one\n" + rest)
    folder.replace(file, with: "ONE\n" + rest)
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.texts.first == "ONE")
  }

  @Test("Another file on the same inode is another content")
  func inodeReuse() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    let inode = folder.facts(file)?.inode
    folder.remove(file)
    #expect(reading.settle() == .missing)
    for _ in 0..<200 {
      folder.append("ONE\ntwo\nthree\n", to: file)
      if folder.facts(file)?.inode == inode { break }
      folder.rename(file, to: "t\(folder.facts(file)?.inode ?? 0)")
    }
    guard folder.facts(file)?.inode == inode else {
      print("inodeReuse: skipped, this file system does not give an inode number again at once")
      return
    }
    let reopened = try Reading(folder.file(file), known: reading.row)
    #expect(reopened.opened.replaced && reopened.row?.incarnation == 1)
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.texts == ["ONE", "two", "three"])
  }
}
