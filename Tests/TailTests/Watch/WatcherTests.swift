import CLinux
import Glibc
import Testing

@testable import Tail

@Suite("The watcher")
struct WatcherTests {
  private let folder = TemporaryFolder()

  private func drained(_ watcher: Watcher) -> Watcher.News {
    let (news, more) = watcher.drain()
    #expect(!more)
    return news
  }

  @Test("A thousand appends are one name, and nothing is left in the queue after")
  func appends() {
    let watcher = Watcher(pollOnly: false, maximum: 0)
    #expect(watcher.watch(directory: folder.path) == .watched)
    for _ in 0..<1_000 { folder.append("x\n", to: "a.jsonl") }
    folder.append("x\n", to: ".hidden.jsonl")
    let news = drained(watcher)
    #expect(news.files == [folder.file("a.jsonl")] && news.directories.isEmpty && !news.overflowed)
    #expect(drained(watcher).events == 0)
    folder.append("x\n", to: "a.jsonl")
    #expect(drained(watcher).written.map(\.path) == [folder.file("a.jsonl")], "its name has not changed")
  }

  @Test("A name that is written to is made once, until its directory's watch may mean another one")
  func writtenNames() throws {
    let watcher = Watcher(pollOnly: false, maximum: 0)
    _ = watcher.watch(directory: folder.path)
    for name in ["a.jsonl", "ab.jsonl"] { folder.append("x\n", to: name) }
    _ = watcher.drain()
    func written() -> [WrittenName] {
      for _ in 0..<3 { for name in ["a.jsonl", "ab.jsonl"] { folder.append("x\n", to: name) } }
      return drained(watcher).written
    }
    let first = written()
    #expect(first.map(\.path) == [folder.file("a.jsonl"), folder.file("ab.jsonl")], "each once in a look")
    let second = written()
    #expect(second.count == 2 && zip(first, second).allSatisfy { $0 === $1 })
    folder.makeFolder("d")
    _ = watcher.watch(directory: folder.file("d"))
    _ = watcher.drain()
    let third = written()
    #expect(third.map(\.path) == first.map(\.path) && third[0] !== first[0])
    // The same name in another directory is another one.
    folder.append("x\n", to: "d/a.jsonl")
    _ = watcher.drain()
    folder.append("x\n", to: "d/a.jsonl")
    folder.append("x\n", to: "a.jsonl")
    #expect(drained(watcher).written.map(\.path) == [folder.file("d/a.jsonl"), folder.file("a.jsonl")])
  }

  @Test("Directories that come, go and move are told by name")
  func directories() {
    let watcher = Watcher(pollOnly: false, maximum: 0)
    _ = watcher.watch(directory: folder.path)
    folder.makeFolder("d")
    #expect(drained(watcher).directories == [folder.file("d")])
    #expect(watcher.watch(directory: folder.file("d")) == .watched && watcher.count == 2)
    folder.rename("d", to: "e")
    let moved = drained(watcher)
    #expect(moved.lostDirectories == [folder.file("d")] && moved.directories == [folder.file("e")])
    #expect(!watcher.isWatching(directory: folder.file("d")) && watcher.count == 1)
    folder.removeFolder("e")
    #expect(drained(watcher).lostDirectories == [folder.file("e")])
    #expect(watcher.watch(directory: folder.file("e")) == .missing)
    folder.append("x", to: "f")
    #expect(watcher.watch(directory: folder.file("f")) == .missing, "a file is no directory")
  }

  @Test("A directory replaced while nobody read is watched anew when it is asked for again")
  func replaced() {
    let watcher = Watcher(pollOnly: false, maximum: 0)
    folder.makeFolder("d")
    #expect(watcher.watch(directory: folder.file("d")) == .watched)
    folder.rename("d", to: "old")
    folder.makeFolder("d")
    #expect(watcher.watch(directory: folder.file("d")) == .watched)
    folder.append("x", to: "old/late.jsonl")
    _ = watcher.drain()
    folder.append("x", to: "d/new.jsonl")
    #expect(drained(watcher).files == [folder.file("d/new.jsonl")])
    #expect(watcher.count == 1)
  }

  @Test("The limit on watches holds, and what is watched already stays so")
  func limit() {
    let watcher = Watcher(pollOnly: false, maximum: 1)
    folder.makeFolder("d")
    folder.append("x", to: "f")
    #expect(watcher.watch(directory: folder.path) == .watched)
    #expect(watcher.watch(directory: folder.path) == .watched)
    #expect(watcher.watch(directory: folder.file("d")) == .polled(errno: ENOSPC))
    #expect(!watcher.watch(linkedFile: folder.file("f")))
    watcher.forget(directory: folder.path)
    #expect(watcher.count == 0 && watcher.watch(directory: folder.file("d")) == .watched)
  }

  @Test("Two names of one linked file are both told, and the inode is watched until both are given up")
  func linkedFiles() {
    let watcher = Watcher(pollOnly: false, maximum: 0)
    folder.append("x", to: "f")
    folder.link("f", to: "g")
    #expect(watcher.watch(linkedFile: folder.file("f")) && watcher.watch(linkedFile: folder.file("g")))
    #expect(watcher.count == 1)
    folder.append("x", to: "f")
    #expect(drained(watcher).files == [folder.file("f"), folder.file("g")])
    watcher.unwatch(linkedFile: folder.file("f"))
    folder.append("x", to: "f")
    #expect(drained(watcher).files == [folder.file("g")])
    watcher.unwatch(linkedFile: folder.file("g"))
    #expect(watcher.count == 0)
    // Nothing is there to be watched any more: the old watch is given up too.
    #expect(watcher.watch(linkedFile: folder.file("f")))
    folder.remove("f")
    #expect(!watcher.watch(linkedFile: folder.file("f")) && watcher.count == 0)
  }

  @Test("Without inotify everything is polled")
  func pollOnly() {
    let watcher = Watcher(pollOnly: true, maximum: 0)
    #expect(watcher.watch(directory: folder.path) == .polled(errno: nil))
    #expect(!watcher.watch(linkedFile: folder.file("f")) && watcher.count == 0)
  }

  @Test("Events are decoded however they are packed; half of one is none")
  func decode() {
    func event(_ watch: Int32, _ mask: UInt32, _ name: [UInt8]) -> [UInt8] {
      var bytes: [UInt8] = []
      for value in [UInt32(bitPattern: watch), mask, 0, UInt32(name.count)] {
        withUnsafeBytes(of: value) { bytes += $0 }
      }
      return bytes + name
    }
    let packed =
      event(1, TC_IN_MODIFY, Array("a.jsonl\0".utf8) + [UInt8](repeating: 0, count: 8))
      + event(-1, TC_IN_Q_OVERFLOW, []) + event(2, TC_IN_CREATE, Array("é\0\0".utf8))
    let whole = [
      "1 \(TC_IN_MODIFY) a.jsonl", "-1 \(TC_IN_Q_OVERFLOW) ", "2 \(TC_IN_CREATE) é",
    ]
    for end in 0...packed.count {
      var seen: [String] = []
      packed[..<end].withUnsafeBytes {
        InotifyEvent.decode($0) { seen.append("\($0.watch) \($0.mask) \($0.name)") }
      }
      #expect(seen == Array(whole.prefix(end < 32 ? 0 : end < 48 ? 1 : end < packed.count ? 2 : 3)))
    }
  }
}
