import Testing

@testable import Tail

@Suite("Following one file")
struct FollowerTests {
  private let folder = TemporaryFolder()
  private let file = "t.jsonl"

  @Test("What is appended is delivered once, in order, from where the file stood")
  func growth() throws {
    let reading = try folder.follow(file, holding: "one\ntwo\n")
    #expect(reading.settle() == .present && reading.current.lines.isEmpty && reading.current.base == 8)
    folder.append("three\nfour\n", to: file)
    reading.settle()
    reading.settle()
    folder.append("five\n", to: file)
    reading.settle()
    #expect(reading.current.texts == ["three", "four", "five"])
    #expect(reading.stretches.count == 1 && reading.row?.incarnation == 0)
  }

  @Test("An unfinished line waits, however often it is looked at, and is then whole")
  func unfinished() throws {
    let reading = try folder.follow(file, holding: "one\ntw")
    #expect(reading.current.base == 4)
    for piece in ["o é"[...], "🦀"[...], "!"[...]] {
      reading.settle()
      #expect(reading.current.lines.isEmpty)
      folder.append(String(piece), to: file)
    }
    folder.append("\nthree", to: file)
    reading.settle()
    #expect(reading.current.texts == ["two é🦀!"])
    #expect(reading.follower.head == reading.current.lines.last?.end)
    #expect(reading.follower.position == folder.facts(file)?.size)
  }

  @Test("A file without a whole line has no epoch; its first line gives it one, without a restart")
  func firstLine() throws {
    let reading = try folder.follow(file, holding: "")
    #expect(reading.current.epoch == nil && reading.row == nil)
    folder.append("on", to: file)
    reading.settle()
    folder.rewrite(file, "an")
    reading.settle()
    folder.append("other\n", to: file)
    reading.settle()
    #expect(reading.stretches.count == 1 && reading.current.texts == ["another"])
    #expect(reading.current.restart == nil && reading.current.epoch != nil)
    // The same content opened anew has the same epoch, with the row and without.
    let path = folder.file(file)
    #expect(try Reading(path, known: reading.row).current.epoch == reading.current.epoch)
    #expect(try Reading(path).current.epoch == reading.current.epoch)
  }

  @Test("More than one reading's worth is read in several looks", arguments: [1, 3, 64])
  func manyLooks(readBytes: Int) throws {
    var limits = TailLimits()
    limits.readBytes = readBytes
    let reading = try folder.follow(file, holding: "", limits: limits)
    let texts = (0..<40).map { "line \($0)" }
    folder.append(texts.map { $0 + "\n" }.joined(), to: file)
    var looks = 1
    while reading.advance().more { looks += 1 }
    #expect(reading.current.texts == texts && looks >= 40 * 7 / readBytes)
  }

  @Test("A record of 50 MB is told by its place; no more than the limit is ever held")
  func hugeRecord() throws {
    var limits = TailLimits()
    limits.maxRecordBytes = 1 << 20
    let reading = try folder.follow(file, holding: "first\n", limits: limits)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
    for _ in 0..<10 {
      folder.append(piece, to: file)
      reading.settle()
    }
    folder.append("\nlast\n", to: file)
    reading.settle()
    let end = UInt64(6 + (50 << 20) + 1)
    #expect(reading.mostHeld <= 1 << 20 && reading.follower.heldBytes == 0)
    #expect(
      reading.current.lines == [
        SeenLine(bytes: nil, start: 6, end: end),
        SeenLine(bytes: Array("last".utf8), start: end, end: end + 5),
      ])
  }

  @Test(
    "A first record over the limit gives the same epoch live as when the file is opened",
    arguments: [50, 90_000])
  func oversizedFirstRecord(length: Int) throws {
    var limits = TailLimits()
    limits.maxRecordBytes = 40
    let reading = try folder.follow(file, holding: "", limits: limits)
    folder.append(String(repeating: "x", count: length) + "\nsecond\n", to: file)
    reading.settle()
    #expect(reading.current.lines.first?.bytes == nil && reading.current.lines.count == 2)
    let reopened = try Reading(folder.file(file), known: reading.row, limits: limits)
    #expect(!reopened.opened.replaced && reopened.current.epoch == reading.current.epoch)
  }
}
