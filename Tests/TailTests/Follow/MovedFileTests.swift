import Glibc
import Testing

@testable import Tail

@Suite("Following a file whose name goes elsewhere")
struct MovedFileTests {
  private let folder = TemporaryFolder()
  private let file = "t.jsonl"

  @Test("Rotation: what was written to the old file before it went is delivered, then the new one restarts")
  func rotation() throws {
    var limits = TailLimits()
    limits.readBytes = 8
    let reading = try folder.follow(file, holding: "one\n", limits: limits)
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
    let reading = try folder.follow(file, holding: "one\n")
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

  @Test("A directory under the name is as if the file were gone")
  func directoryInstead() throws {
    let reading = try folder.follow(file, holding: "one\n")
    folder.remove(file)
    folder.makeFolder(file)
    #expect(reading.settle() == .missing)
    folder.removeFolder(file)
    folder.append("one\ntwo\n", to: file)
    #expect(reading.settle() == .present && reading.current.texts == ["two"])
  }

  @Test("What is written under another name of the inode is read")
  func hardLink() throws {
    let reading = try folder.follow(file, holding: "one\n")
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
    let reading = try folder.follow(file, holding: "one\n")
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
}
