import TestSupport
import Testing

@testable import StreamServer

@Suite("ByteLog")
struct ByteLogTests {
  /// Adds one line of `length` bytes, all of value `fill`, that ends at `offset`; trims as a shard does.
  private func add(_ log: ByteLog, length: Int, fill: UInt8, offset: UInt64, endsTurn: Bool = false) {
    if let position = log.tailAfterTrim(adding: length) { log.trim(to: position) }
    log.append(
      [UInt8](repeating: fill, count: length),
      marks: [ByteLog.Mark(offset: offset, position: UInt64(length), endsTurn: endsTurn)], headOffset: offset)
  }

  private func bytes(_ log: ByteLog, from position: UInt64) -> [UInt8] {
    log.withBytes(from: position) { Array($0) }
  }

  @Test("A reader joins behind the last line that its cursor covers")
  func joining() {
    let log = ByteLog(at: 100, limit: 1 << 20)
    #expect(log.position(after: 100) == 0)
    add(log, length: 10, fill: 1, offset: 150)
    add(log, length: 20, fill: 2, offset: 200)
    #expect(log.position(after: 99) == nil)
    #expect(log.position(after: 100) == 0)
    #expect(log.position(after: 150) == 10)
    // A line without frames ended at 170: the reader has everything of it.
    #expect(log.position(after: 170) == 10)
    #expect(log.position(after: 200) == 30)
    #expect(log.position(after: 201) == nil)
    #expect(bytes(log, from: 10) == [UInt8](repeating: 2, count: 20))
  }

  @Test("What falls out at the tail can be neither joined nor read, and what stays is whole lines")
  func trimming() throws {
    let log = ByteLog(at: 0, limit: 4096)
    var end: UInt64 = 0
    for line in 0..<400 {
      end += 50
      add(log, length: 100, fill: UInt8(line % 251), offset: end)
      #expect(log.count <= 2 * 4096 + 100)
    }
    #expect(log.position(after: 0) == nil)
    #expect(log.position(after: end) == log.head)
    let joined = try #require(log.position(after: log.tailOffset))
    #expect(joined == log.tail)
    #expect(bytes(log, from: log.tail).count % 100 == 0)
    #expect(bytes(log, from: log.head - 100) == [UInt8](repeating: UInt8(399 % 251), count: 100))
  }

  @Test("Cursors and positions answer to each other for every line in memory")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 1...UInt64.max, using: &generator)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let log = ByteLog(at: 0, limit: 8192)
    var offset: UInt64 = 0
    for _ in 0..<2_000 {
      offset += UInt64.random(in: 1...900, using: &random)
      add(log, length: Int.random(in: 1...700, using: &random), fill: 7, offset: offset)
      let position = try #require(log.position(after: offset))
      #expect(log.offset(at: position) == offset)
      let tail = try #require(log.position(after: log.tailOffset))
      #expect(tail == log.tail && log.offset(at: tail) == log.tailOffset)
    }
  }

  @Test("A restart leaves the old frames to those who are sending them, and begins at offset 0")
  func restart() {
    let log = ByteLog(at: 0, limit: 1 << 20)
    add(log, length: 10, fill: 1, offset: 500)
    log.restart()
    log.append(
      [UInt8](repeating: 2, count: 15),
      marks: [
        ByteLog.Mark(offset: 0, position: 5, endsTurn: false),
        ByteLog.Mark(offset: 40, position: 15, endsTurn: false),
      ], headOffset: 40)
    log.restartPosition = 15
    #expect(bytes(log, from: 4).count == 21)
    #expect(log.position(after: 0) == 15)
    #expect(log.position(after: 40) == 25)
    #expect(log.position(after: 500) == nil)
  }

  @Test("The end of a turn is found behind a position")
  func turns() {
    let log = ByteLog(at: 0, limit: 1 << 20)
    add(log, length: 10, fill: 1, offset: 10, endsTurn: true)
    add(log, length: 10, fill: 1, offset: 20)
    add(log, length: 10, fill: 1, offset: 30, endsTurn: true)
    #expect(log.turnEnd(after: 0)?.position == 10)
    #expect(log.turnEnd(after: 10)?.position == 30)
    #expect(log.turnEnd(after: 30) == nil)
  }
}
