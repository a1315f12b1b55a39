import Glibc
import Testing

@testable import Tail

@Suite("Following one file")
struct FollowerTests {
  private let folder = TemporaryFolder()
  private let file = "t.jsonl"

  private func reading(_ text: String, limits: TailLimits = TailLimits()) throws -> Reading {
    folder.append(text, to: file)
    return try Reading(folder.file(file), limits: limits)
  }

  @Test("What is appended is delivered once, in order, from where the file stood")
  func growth() throws {
    let reading = try reading("one\ntwo\n")
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
    let reading = try reading("one\ntw")
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
    let reading = try reading("")
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
    let reading = try reading("", limits: limits)
    let texts = (0..<40).map { "line \($0)" }
    folder.append(texts.map { $0 + "\n" }.joined(), to: file)
    var looks = 1
    while reading.advance().more { looks += 1 }
    #expect(reading.current.texts == texts && looks >= 40 * 7 / readBytes)
  }

  @Test("Truncation to nothing says nothing until there is a line, and then restarts")
  func truncateToNothing() throws {
    let reading = try reading("one\ntwo\n")
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
    let reading = try reading("one\ntwo\nthree\nfour\n")
    folder.truncate(file, to: 10)
    reading.settle()
    #expect(reading.current.restart == .truncated && reading.current.texts == ["one", "two"])
    folder.append("!\n", to: file)
    reading.settle()
    #expect(reading.current.texts == ["one", "two", "th!"])
  }

  @Test("A truncated file that grew past its old size between two looks is seen by its bytes")
  func truncatedAndGrown() throws {
    let reading = try reading("one\ntwo\n")
    folder.truncate(file, to: 4)
    folder.append("2\nthree\nfour\n", to: file)
    reading.settle()
    #expect(reading.current.restart == .replaced)
    #expect(reading.current.texts == ["one", "2", "three", "four"])
  }

  @Test("A rewrite of the same length at the same moment restarts", arguments: 0..<20)
  func rewriteSameLength(round: Int) throws {
    let reading = try reading("one\ntwo\n")
    folder.append("three\n", to: file)
    reading.settle()
    folder.overwrite(file, at: 0, Array("ONE\nTWO\nTHREE\n".utf8))
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.texts == ["ONE", "TWO", "THREE"])
  }

  @Test("A rewrite with the same bytes, seen when it is done, is nothing")
  func rewriteSameBytes() throws {
    let reading = try reading("one\ntwo\n")
    folder.rewrite(file, "one\ntwo\n")
    reading.settle()
    folder.rewrite(file, "one\ntwo\nthree\n")
    reading.settle()
    #expect(reading.stretches.count == 1 && reading.current.texts == ["three"])
  }

  @Test("A file renamed over it with the same beginning goes on in the same epoch")
  func replacedWithSamePrefix() throws {
    let reading = try reading("one\ntwo\nth")
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
    let reading = try reading("one\ntwo\n")
    folder.replace(file, with: text)
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.base == 0)
    #expect(reading.current.texts == text.split(separator: "\n").map(String.init))
  }

  @Test("A changed first line restarts, also when the last bytes are the same")
  func replacedFarAway() throws {
    let rest = String(repeating: "x", count: 300) + "\n"
    let reading = try reading("one\n" + rest)
    folder.replace(file, with: "ONE\n" + rest)
    reading.settle()
    #expect(reading.current.restart == .replaced && reading.current.texts.first == "ONE")
  }

  @Test("Rotation: what was written to the old file before it went is delivered, then the new one restarts")
  func rotation() throws {
    var limits = TailLimits()
    limits.readBytes = 8
    let reading = try reading("one\n", limits: limits)
    reading.settle()
    folder.append("two\nthree\n", to: file)
    folder.rename(file, to: "t.1")
    folder.append("new\n", to: file)
    folder.append("four\ncut", to: "t.1")
    reading.settle()
    #expect(reading.stretches.count == 2)
    #expect(reading.stretches[0].texts == ["two", "three", "four"])
    #expect(reading.current.texts == ["new"] && reading.current.restart == .replaced)
    // A late writer of the old file disturbs nothing.
    folder.append(" short\n", to: "t.1")
    folder.append("newer\n", to: file)
    reading.settle()
    #expect(reading.current.texts == ["new", "newer"] && reading.stretches.count == 2)
  }

  @Test("Deletion: the rest is delivered; the same bytes go on when they return, others restart")
  func deleteAndRecreate() throws {
    let reading = try reading("one\n")
    reading.settle()
    folder.append("two\n", to: file)
    folder.remove(file)
    #expect(reading.settle() == .missing)
    #expect(reading.current.texts == ["two"])
    folder.append("one\ntwo\nthree\n", to: file)
    #expect(reading.settle() == .present)
    #expect(reading.current.texts == ["two", "three"] && reading.stretches.count == 1)
    folder.remove(file)
    #expect(reading.settle() == .missing)
    folder.append("other\n", to: file)
    reading.settle()
    #expect(reading.current.texts == ["other"] && reading.current.restart == .replaced)
  }

  @Test("Another file on the same inode is another content")
  func inodeReuse() throws {
    let reading = try reading("one\ntwo\n")
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

  @Test("A directory under the name is as if the file were gone")
  func directoryInstead() throws {
    let reading = try reading("one\n")
    folder.remove(file)
    folder.makeFolder(file)
    #expect(reading.settle() == .missing)
    folder.removeFolder(file)
    folder.append("one\ntwo\n", to: file)
    #expect(reading.settle() == .present && reading.current.texts == ["two"])
  }

  @Test("What is written under another name of the inode is read")
  func hardLink() throws {
    let reading = try reading("one\n")
    folder.link(file, to: "other")
    folder.append("two\n", to: "other")
    reading.settle()
    folder.remove(file)
    folder.append("three\n", to: "other")
    #expect(reading.settle() == .missing)
    folder.link("other", to: file)
    folder.append("four\n", to: "other")
    #expect(reading.settle() == .present)
    #expect(reading.stretches.count == 1 && reading.current.texts == ["two", "three", "four"])
  }

  @Test("A symbolic link that is turned to the same content goes on, to another restarts, to none waits")
  func symbolicLink() throws {
    folder.append("one\ntwo\n", to: "a")
    folder.append("one\ntwo\nthree\n", to: "b")
    folder.append("x\n", to: "c")
    folder.symlink("a", at: file)
    let reading = try Reading(folder.file(file))
    func turn(to target: String) -> Follower.Condition {
      folder.remove(file)
      folder.symlink(target, at: file)
      return reading.settle()
    }
    #expect(turn(to: "b") == .present)
    #expect(reading.stretches.count == 1 && reading.current.texts == ["three"])
    #expect(turn(to: "nowhere") == .missing)
    #expect(turn(to: file) == .denied(errno: ELOOP))
    #expect(turn(to: "c") == .present)
    #expect(reading.current.texts == ["x"] && reading.current.restart == .replaced)
  }

  @Test("A file that may not be read is refused, keeps its place, and goes on when it may be read again")
  func permission() throws {
    let reading = try reading("one\n")
    reading.settle()
    folder.mode(".", 0o755)
    folder.mode(file, 0o000)
    folder.append("two\n", to: file)
    // The open file goes on: a permission counts at opening.
    let ran = asNobody {
      #expect(reading.settle() == .present && reading.current.texts == ["two"])
    }
    guard ran else {
      print("permission: skipped, only root can become another user here")
      return
    }
    folder.replace(file, with: "one\ntwo\nthree\n")
    folder.mode(file, 0o600)
    asNobody {
      #expect(reading.settle() == .denied(errno: EACCES))
      #expect(reading.settle() == .denied(errno: EACCES))
    }
    #expect(reading.current.texts == ["two"])
    folder.mode(file, 0o644)
    asNobody { #expect(reading.settle() == .present) }
    #expect(reading.current.texts == ["two", "three"] && reading.stretches.count == 1)
  }

  @Test("A record of 50 MB is told by its place; no more than the limit is ever held")
  func hugeRecord() throws {
    var limits = TailLimits()
    limits.maxRecordBytes = 1 << 20
    let reading = try reading("first\n", limits: limits)
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
    let reading = try reading("", limits: limits)
    folder.append(String(repeating: "x", count: length) + "\nsecond\n", to: file)
    reading.settle()
    #expect(reading.current.lines.first?.bytes == nil && reading.current.lines.count == 2)
    let reopened = try Reading(folder.file(file), known: reading.row, limits: limits)
    #expect(!reopened.opened.replaced && reopened.current.epoch == reading.current.epoch)
  }
}
