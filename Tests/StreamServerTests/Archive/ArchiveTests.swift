import Glibc
import Reactor
import Store
import Tail
import Testing
import Wire

@testable import StreamServer

/// A transcript of numbered lines on disk and an archive over it.
private final class ArchiveBench {
  let archive: Archive
  let path: String
  private let threads: [ThreadExecutor]
  private(set) var ends: [UInt64] = []
  private(set) var text: [UInt8] = []

  init(pageBytes: Int = 4096, lookback: Int? = nil) throws {
    var template = Array("/tmp/tailcast-archive-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/s.jsonl"
    threads = [try ThreadExecutor(name: "archive"), try ThreadExecutor(name: "storage")]
    var limits = StreamLimits()
    limits.pageBytes = pageBytes
    var tail = TailLimits()
    if let lookback { tail.lookback = lookback }
    archive = Archive(
      executor: threads[0], store: try Store(path: ":memory:", executor: threads[1]), tail: tail,
      limits: limits)
  }

  deinit {
    for thread in threads { thread.stop() }
    unlink(path)
    rmdir(String(path.dropLast("/s.jsonl".count)))
  }

  func write(lines: [String]) {
    ends = []
    text = []
    for line in lines {
      text += Array(line.utf8) + [0x0A]
      ends.append(UInt64(text.count))
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = Glibc.write(descriptor, text, text.count)
    close(descriptor)
  }

  func facts(epoch: UInt32 = 1, agent: AgentKind = .jsonl) -> TopicFacts {
    TopicFacts(
      session: "s", path: path, agent: agent, isDocument: false, epoch: Epoch(epoch), head: ends.last ?? 0,
      witness: Witness(end: ends.last ?? 0, bytes: Array(text.suffix(Witness.span))))
  }
}

@Suite("Archive")
struct ArchiveTests {
  private func lines(_ count: Int) -> [String] {
    (0..<count).map { number in
      let second = String(number % 60)
      return """
        {"n":\(number),"timestamp":"2026-01-01T00:\(number / 60 < 10 ? "0" : "")\(number / 60):\(second.count < 2 ? "0" : "")\(second).000Z","text":"line \(number)"}
        """
    }
  }

  private let raw = Variant(view: .raw, transport: .ssePlain)

  @Test("The index of a session that grows goes on from what it knows")
  func grownIndex() async throws {
    let bench = try ArchiveBench(lookback: 256)
    func row(_ number: Int) -> String {
      #"{"type":"user","uuid":"u\#(number)","sessionId":"s","message":{"role":"user","content":"line \#(number)"}}"#
    }
    var lines = (0..<40).map(row)
    bench.write(lines: lines)
    let first = try await bench.archive.index(
      bench.facts(agent: .claude), from: 0, newestMS: nil, bytes: 1 << 20
    ).get()
    #expect(first.messages == 40)
    #expect(first.isDone)
    // Claude writes old rows again; the first one is far behind what would be looked back for.
    lines += [row(0), row(40)]
    bench.write(lines: lines)
    let second = try await bench.archive.index(
      bench.facts(agent: .claude), from: first.through, newestMS: nil, bytes: 1 << 20
    ).get()
    #expect(second.rows.map(\.text) == ["line 40"])
    #expect(second.through == bench.ends.last)
  }

  @Test("The index is told whether clients read history meanwhile")
  func readersBesideTheIndex() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(3))
    func hasReaders() async throws -> Bool {
      try await bench.archive.index(bench.facts(), from: 0, newestMS: nil, bytes: 1 << 20).get().hasReaders
    }
    #expect(try await !hasReaders())
    _ = try await bench.archive.page(PageRequest(facts: bench.facts(), variant: raw, offset: 0)).get()
    #expect(try await hasReaders())
    #expect(try await !hasReaders())
  }

  @Test("Kept states are bounded by the bytes that they know of; the longest unused one goes")
  func keptStates() {
    func key(_ number: UInt64, offset: UInt64 = 1 << 20) -> RenderStates.Key {
      .init(session: "s\(number)", epoch: Epoch(1), view: .events, include: .standard, offset: offset)
    }
    let state = RenderState(
      lines: LineRenderer(agent: .jsonl, profile: .unknown),
      view: ViewEncoder(view: .events, include: .standard, sessionID: "s", limits: ViewLimits()))
    // Room for one that knows much, however far on it is, and for many that know little.
    var states = RenderStates(capacity: 1_600 << 10)
    states.put(state, for: key(1))
    states.put(state, for: key(2, offset: 100))
    #expect(states.take(key(1)) != nil)
    #expect(states.take(key(1)) == nil)
    states.put(state, for: key(1))
    states.put(state, for: key(3, offset: 1 << 40))
    #expect(states.take(key(1)) == nil)
    #expect(states.take(key(3, offset: 1 << 40)) != nil)
  }

  @Test("Pages from any line on hold exactly the rest of the file", arguments: [0, 1, 7, 299])
  func pages(first: Int) async throws {
    let bench = try ArchiveBench()
    let lines = lines(300)
    bench.write(lines: lines)
    var offset = first == 0 ? 0 : bench.ends[first - 1]
    var got = ""
    while offset < bench.facts().head {
      let page = try await bench.archive.page(PageRequest(facts: bench.facts(), variant: raw, offset: offset))
        .get()
      #expect(page.end > offset)
      got += String(decoding: page.bytes, as: UTF8.self)
      offset = page.end
    }
    let wanted = (first..<300).map { "id: 00000001-\(bench.ends[$0])\ndata: \(lines[$0])\n\n" }.joined()
    #expect(got == wanted)
  }

  @Test("A cursor is found, or the client is told why not")
  func cursors() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(10))
    func locate(_ epoch: UInt32, _ offset: UInt64, _ part: Int? = nil) async -> String {
      let cursor = Cursor(epoch: Epoch(epoch), offset: offset, part: part)
      switch await bench.archive.locate(bench.facts(), .cursor(cursor)) {
      case .at(let found):
        #expect(found.epoch == cursor.epoch)
        return "at \(found.offset)\(found.part.map { ".\($0)" } ?? "")"
      case .reset(let reason): return reason.rawValue
      case .changed: return "changed"
      case .unreadable(let why): return why
      }
    }
    #expect(await locate(1, bench.ends[3]) == "at \(bench.ends[3])")
    #expect(await locate(1, bench.ends[3], 2) == "at \(bench.ends[3]).2")
    #expect(await locate(1, 0) == "at 0")
    #expect(await locate(1, bench.ends[3] - 1) == "not_a_boundary")
    #expect(await locate(1, bench.ends[9] + 1) == "truncated")
    #expect(await locate(2, bench.ends[3]) == "unknown_epoch")
  }

  @Test("A time is found at the first line that reaches it, and `after` behind it")
  func times() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(200))
    for number in [0, 1, 59, 60, 199] {
      let time = Int64(1_767_225_600_000 + number * 1000)
      guard
        case .at(let found) = await bench.archive.locate(
          bench.facts(), .since(milliseconds: time, after: false))
      else {
        Issue.record("not found")
        continue
      }
      #expect(found.offset == (number == 0 ? 0 : bench.ends[number - 1]))
      guard
        case .at(let behind) = await bench.archive.locate(
          bench.facts(), .since(milliseconds: time, after: true))
      else {
        Issue.record("not found")
        continue
      }
      #expect(behind.offset == bench.ends[number])
    }
  }

  @Test("The last N lines are found from the end")
  func tails() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(50))
    for (count, wanted) in [(0, bench.ends[49]), (1, bench.ends[48]), (50, 0), (51, 0)] {
      guard case .at(let found) = await bench.archive.locate(bench.facts(), .tail(count)) else {
        Issue.record("not found")
        continue
      }
      #expect(found.offset == wanted)
    }
  }

  @Test("A file that no longer is what the facts say gives nothing")
  func changed() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(50))
    let facts = bench.facts()
    bench.write(lines: lines(49) + ["{\"n\":49,\"other\":true,\"padding\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"])
    let result = await bench.archive.page(PageRequest(facts: facts, variant: raw, offset: 0))
    guard case .failure(.changed) = result else {
      Issue.record("a page of another content was given")
      return
    }
  }

  @Test("Pages of messages before a cursor join without gap or overlap")
  func history() async throws {
    let bench = try ArchiveBench()
    bench.write(lines: lines(100))
    var before: Cursor?
    var collected: [UInt64] = []
    for _ in 0..<20 {
      let page = try await bench.archive.records(
        bench.facts(), from: .tail(7), before: before, limit: 7
      ).get()
      collected = page.lines.map(\.cursor.offset) + collected
      guard page.hasMoreBefore, let first = page.lines.first else { break }
      before = first.cursor
    }
    #expect(collected == bench.ends)
  }
}
