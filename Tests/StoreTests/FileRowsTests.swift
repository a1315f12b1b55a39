import Store
import TestSupport
import Testing

@Suite("What is remembered of files")
struct FileRowsTests {
  let scratch = Scratch()

  func row(_ path: String, inode: UInt64 = 7, seenAtMS: Int64 = 1) -> FileIdentityRow {
    FileIdentityRow(
      path: path, device: 3, inode: inode, incarnation: 2, epoch: 0xFFFF_FFFE, firstHash: [0, 1, 255],
      position: 99, witness: [], size: UInt64(1) << 40, mtimeNS: -1, seenAtMS: seenAtMS)
  }

  @Test("An identity comes back as it was saved, also after a restart")
  func roundTrip() async throws {
    let saved = row("/a/\u{1F980}\0b", inode: .max)
    let epoch: UInt32
    do {
      let store = try scratch.store()
      try await store.save([saved])
      epoch = store.feedEpoch
    }
    let store = try scratch.store()
    #expect(try await store.identity(path: saved.path) == saved)
    #expect(try await store.identities(device: 3, inode: .max) == [saved])
    #expect(try await store.identities() == [saved])
    #expect(store.feedEpoch == epoch)
    #expect(try await store.identity(path: "/a") == nil)
  }

  @Test("A path has one identity, an inode as many as it has names, last seen first")
  func namesOfAnInode() async throws {
    let store = try scratch.store()
    try await store.save([row("/a", seenAtMS: 1), row("/b", seenAtMS: 2)])
    try await store.save([row("/a", seenAtMS: 3)])
    #expect(try await store.identities(device: 3, inode: 7).map(\.path) == ["/a", "/b"])
    try await store.forget(path: "/a")
    #expect(try await store.identities().map(\.path) == ["/b"])
  }

  @Test("The time index finds the last point before which everything is older")
  func timeIndexAgainstModel() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("time index seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let store = try scratch.store()
    let key = TimeIndexKey(path: "/t", epoch: 1)
    var model: [TimeIndexEntry] = []
    var offset: UInt64 = 0
    var newest: Int64 = 1000
    for _ in 0..<60 {
      offset += UInt64.random(in: 1...70_000, using: &random)
      newest += Int64.random(in: 0...3, using: &random)
      let entry = TimeIndexEntry(offset: offset, newestMS: newest)
      model.append(entry)
      try await store.appendTimeIndex(key, [entry], through: offset)
    }
    for ms in 999...(newest + 2) {
      #expect(
        try await store.timeIndex(key, before: ms) == model.last { $0.newestMS < ms },
        "seed \(seed), at \(ms)")
    }
    #expect(try await store.newestTimeIndexEntry(key) == model.last)
    #expect(try await store.timeIndexedThrough(key) == offset)
  }

  @Test("Points that are added again change nothing, and other epochs and paths have their own")
  func timeIndexKeys() async throws {
    let store = try scratch.store()
    let (key, other) = (TimeIndexKey(path: "/t", epoch: 1), TimeIndexKey(path: "/t", epoch: 2))
    let entries = [TimeIndexEntry(offset: 5, newestMS: 50), TimeIndexEntry(offset: 9, newestMS: 50)]
    try await store.appendTimeIndex(key, entries, through: 9)
    try await store.appendTimeIndex(key, [entries[0]], through: 5)
    try await store.appendTimeIndex(other, [], through: 3)
    #expect(try await store.timeIndex(key, before: 51) == entries[1])
    #expect(try await store.timeIndexedThrough(key) == 9)
    #expect(try await store.timeIndex(other, before: .max) == nil)

    try await store.dropTimeIndexes(path: "/t", except: 2)
    #expect(try await store.timeIndexedThrough(key) == nil)
    #expect(try await store.timeIndex(key, before: .max) == nil)
    #expect(try await store.timeIndexedThrough(other) == 3)
    try await store.dropTimeIndex(other)
    #expect(try await store.timeIndexedThrough(other) == nil)
  }
}
