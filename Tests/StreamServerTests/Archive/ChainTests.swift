import Glibc
import Reactor
import Store
import Tail
import TestSupport
import Testing
import Wire

@testable import StreamServer

/// A chain of transcripts of numbered lines on disk and an archive over it. Line N is of second N.
private final class ChainBench {
  let archive: Archive
  private let folder: String
  private let threads: [ThreadExecutor]
  private var files: [[UInt8]] = []
  private(set) var cursors: [Cursor] = []
  private(set) var texts: [String] = []

  init(_ counts: [Int], agent: AgentKind = .jsonl, line: (Int) -> String) throws {
    var template = Array("/tmp/tailcast-chain-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    threads = [try ThreadExecutor(name: "archive"), try ThreadExecutor(name: "storage")]
    var limits = StreamLimits()
    limits.pageBytes = 4096
    archive = Archive(
      executor: threads[0], store: try Store(path: ":memory:", executor: threads[1]), tail: TailLimits(),
      limits: limits)
    self.agent = agent
    for (index, count) in counts.enumerated() {
      var bytes: [UInt8] = []
      for _ in 0..<count {
        let text = line(texts.count)
        bytes += Array(text.utf8) + [0x0A]
        texts.append(text)
        cursors.append(Cursor(epoch: Epoch(UInt32(index + 1)), offset: UInt64(bytes.count)))
      }
      files.append(bytes)
      let descriptor = open("\(folder)/\(index).jsonl", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      _ = Glibc.write(descriptor, bytes, bytes.count)
      close(descriptor)
    }
  }

  private let agent: AgentKind

  deinit {
    for thread in threads { thread.stop() }
    for index in files.indices { unlink("\(folder)/\(index).jsonl") }
    rmdir(folder)
  }

  var facts: TopicFacts {
    let all = files.enumerated().map { index, bytes in
      TopicFacts(
        session: "s", path: "\(folder)/\(index).jsonl", agent: agent, isDocument: false,
        epoch: Epoch(UInt32(index + 1)), head: UInt64(bytes.count),
        witness: Witness(end: UInt64(bytes.count), bytes: Array(bytes.suffix(Witness.span))))
    }
    var newest = all[all.count - 1]
    newest.earlier = Array(all.dropLast())
    return newest
  }

  /// The positions after which lines follow: before everything, and after each line.
  func position(before line: Int) -> Cursor {
    line == 0 ? Cursor(epoch: Epoch(1), offset: 0) : cursors[line - 1]
  }
}

@Suite("Archive over a chain of files")
struct ChainTests {
  private static func row(_ number: Int) -> String {
    let time = Timestamp(milliseconds: 1_767_225_600_000 + Int64(number) * 1000).iso8601
    let padding = String(repeating: "x", count: number % 7 * 40)
    return #"{"n":\#(number),"timestamp":"\#(time)","text":"line \#(number) \#(padding)"}"#
  }

  private func chain(_ random: inout SeededGenerator) throws -> ChainBench {
    let counts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      Int.random(in: 1...40, using: &random)
    }
    return try ChainBench(counts, line: Self.row)
  }

  @Test("Pages from any position of any file on are the rest of all files, one after the other")
  func pages() async throws {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<12 {
      let bench = try chain(&random)
      let line = Int.random(in: 0...bench.texts.count, using: &random)
      let start = bench.position(before: line)
      guard case .at(var at) = await bench.archive.locate(bench.facts, .cursor(start)) else {
        Issue.record("not found")
        return
      }
      #expect(at == start)
      var got = ""
      while let file = bench.facts.file(at.epoch) {
        guard at.offset < file.head else {
          guard let next = bench.facts.file(after: at.epoch)?.epoch else { break }
          at = Cursor(epoch: next, offset: 0)
          continue
        }
        let page = try await bench.archive.page(
          PageRequest(facts: file, variant: Variant(view: .raw, transport: .ssePlain), offset: at.offset)
        ).get()
        got += String(decoding: page.bytes, as: UTF8.self)
        at.offset = page.end
      }
      let wanted = (line..<bench.texts.count).map { "id: \(bench.cursors[$0])\ndata: \(bench.texts[$0])\n\n" }
      #expect(got == wanted.joined())
    }
  }

  @Test("Pages of REST, forwards and backwards, join over the ends of files without gap or repeat")
  func history() async throws {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<12 {
      let bench = try chain(&random)
      let line = Int.random(in: 0...bench.texts.count, using: &random)
      let limit = Int.random(in: 1...30, using: &random)
      var after = bench.position(before: line)
      var seen: [Cursor] = []
      while true {
        let page = try await bench.archive.records(bench.facts, from: .cursor(after), limit: limit).get()
        #expect(page.reset == nil && page.lines.count <= limit)
        #expect(page.hasMoreBefore == (after != bench.position(before: 0)))
        seen += page.lines.map(\.cursor)
        after = try #require(page.next)
        guard page.hasMoreAfter else { break }
      }
      #expect(seen == Array(bench.cursors[line...]))

      seen = []
      var before: Cursor?
      while true {
        let page = try await bench.archive.records(
          bench.facts, from: .tail(limit), before: before, limit: limit
        ).get()
        #expect(page.hasMoreAfter == (before != nil))
        seen = page.lines.map(\.cursor) + seen
        guard page.hasMoreBefore, let first = page.lines.first else { break }
        before = first.cursor
      }
      #expect(seen == bench.cursors)
    }
  }

  @Test("The last N lines and a time are found in whichever file they are, and every record has its place")
  func places() async throws {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<12 {
      let bench = try chain(&random)
      let line = Int.random(in: 0..<bench.texts.count, using: &random)
      // A file's beginning is also the end of the file before it.
      func isBefore(_ line: Int, _ at: Located) -> Bool {
        guard case .at(let cursor) = at else { return false }
        if cursor == bench.position(before: line) { return true }
        return cursor.offset == 0 && bench.cursors[line].epoch == cursor.epoch
          && (line == 0 || bench.cursors[line - 1].epoch != cursor.epoch)
      }
      let tail = await bench.archive.locate(bench.facts, .tail(bench.texts.count - line))
      #expect(isBefore(line, tail))
      let time = 1_767_225_600_000 + Int64(line) * 1000
      #expect(
        isBefore(line, await bench.archive.locate(bench.facts, .since(milliseconds: time, after: false))))
      #expect(
        isBefore(line, await bench.archive.locate(bench.facts, .since(milliseconds: time - 1, after: true))))
      let bytes = try await bench.archive.line(bench.facts, at: bench.cursors[line]).get()
      #expect(String(decoding: bytes, as: UTF8.self) == bench.texts[line])
    }
    let bench = try chain(&random)
    let strange = await bench.archive.locate(bench.facts, .cursor(Cursor(epoch: Epoch(9), offset: 0)))
    guard case .reset(.unknownEpoch) = strange else {
      Issue.record("a cursor of another content was taken")
      return
    }
  }

  @Test("A row that an older file has shown is not shown again in a newer one")
  func repeated() async throws {
    // The second file begins with the last rows of the first, as a copied history does.
    let bench = try ChainBench([6, 6], agent: .claude) { number in
      let row = number < 6 ? number : number - 3
      return #"{"type":"user","uuid":"u\#(row)","message":{"role":"user","content":"row \#(row)"}}"#
    }
    let all = try await bench.archive.records(bench.facts, from: .beginning, limit: 100).get()
    let rest = try await bench.archive.records(bench.facts, from: .cursor(bench.cursors[7]), limit: 100).get()
    func uuids(_ page: HistoryPage) -> [String] {
      page.lines.flatMap(\.events).compactMap { event in
        if case .message(let message) = event { message.uuid } else { nil }
      }
    }
    #expect(uuids(all) == (0..<9).map { "u\($0)" })
    #expect(uuids(rest) == (6..<9).map { "u\($0)" })
  }
}
