import TestSupport
import Testing
import Wire

@testable import StreamServer

@Suite("Streams over a chain of files")
struct ChainStreamTests {
  @Test("Whatever is appended, begun, joined, left and restarted, a client receives all files in order")
  func model() async throws {
    let seed = testSeed()
    for round in 0..<UInt64(testRounds(4)) { try await run(seed: seed &+ round) }
  }

  private func run(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let folder = StreamFolder()
    var chain = ChainModel(folder, &random)
    var readers: [ChainReader] = []
    var limits = StreamLimits()
    limits.ringBytes = 4096
    limits.pageBytes = 4096
    for round in 0..<3 {
      // What is written while no server runs counts as well.
      if round > 0 { chain.append(&random) }
      let loops = Int.random(in: 1...2, using: &random)
      try await StreamBench.with([], limits: limits, loops: loops, in: folder) { bench in
        for index in readers.indices { try await readers[index].connect(to: bench) }
        for _ in 0..<40 {
          switch Int.random(in: 0..<12, using: &random) {
          case 0..<5: try await write(&chain, bench, &random)
          case 5: try await chain.begin(bench, &random)
          case 6..<9 where readers.count < 16:
            readers.append(try await join(chain, readers, bench, &random))
          case 9 where !readers.isEmpty:
            let index = readers.indices.randomElement(using: &random) ?? 0
            try await readers[index].connect(to: bench)
          default:
            if let index = readers.indices.randomElement(using: &random) {
              try await readers[index].read(all: chain)
            }
          }
          for _ in 0..<Int.random(in: 0...2, using: &random) { await bench.nextTick() }
        }
        for index in readers.indices { try await readers[index].read(all: chain) }
        await bench.server.drain(within: .milliseconds(20))
        for index in readers.indices { try await readers[index].readToEnd() }
      }
      for reader in readers {
        #expect(reader.numbers == chain.numbers.suffix(reader.numbers.count), "\(reader.start)")
        switch reader.from {
        case .place(let place):
          #expect(reader.numbers.count == chain.numbers.count - place, "\(reader.start)")
        case .atLeast(let count): #expect(reader.numbers.count >= count, "\(reader.start)")
        }
        #expect(reader.resets == 0, "\(reader.start)")
      }
    }
    print("chain: \(chain.numbers.count) lines in \(chain.files) files, \(readers.count) readers")
  }

  private func write(
    _ chain: inout ChainModel, _ bench: StreamBench, _ random: inout SeededGenerator
  ) async throws {
    guard Bool.random(using: &random) else { return chain.append(&random) }
    let rest = chain.appendCut(&random)
    await bench.nextTick()
    chain.finish(rest)
  }

  /// A reader from the beginning, from somewhere in the middle, or from the last lines on.
  private func join(
    _ chain: ChainModel, _ readers: [ChainReader], _ bench: StreamBench, _ random: inout SeededGenerator
  ) async throws -> ChainReader {
    let view = ["raw", "events"].randomElement(using: &random) ?? "raw"
    var reader: ChainReader
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let count = Int.random(in: 1...30, using: &random)
      reader = ChainReader("view=\(view)&tail=\(count)", .atLeast(min(count, 1)))
    case 1:
      let known = readers.compactMap { reader -> (Cursor, Int)? in
        guard case .place(let place) = reader.from, let end = reader.ends.randomElement(using: &random) else {
          return nil
        }
        return (end.cursor, place + end.count)
      }
      guard let (cursor, place) = known.randomElement(using: &random) else { fallthrough }
      reader = ChainReader("view=\(view)&after=\(cursor)", .place(place))
    default:
      reader = ChainReader("view=\(view)", .place(0))
    }
    try await reader.connect(to: bench)
    return reader
  }

  @Test("A `ui` stream goes on in the next file as the same message, live and from the file")
  func ui() async throws {
    func assistant(_ text: String) -> String { #"{"role":"assistant","content":"\#(text)"}"# }
    func isLast(_ event: StreamClient.Event) -> Bool { event.data.contains(#""delta":"four""#) }
    try await StreamBench.with([#"{"role":"user","content":"go"}"#, assistant("one")]) { bench in
      let live = try await bench.client("view=ui")
      _ = await bench.statistics { $0.subscriptions == 1 }
      bench.append([assistant("two")])
      try await bench.bind("n2")
      bench.append([assistant("three"), assistant("four")], to: "n2")
      var streams: [[StreamClient.Event]] = []
      for client in [live, try await bench.client("view=ui")] {
        var events: [StreamClient.Event] = []
        while let event = try await client.next() {
          events.append(event)
          if isLast(event) { break }
        }
        streams.append(events)
      }
      for events in streams {
        var checker = UIStreamChecker()
        for event in events { checker.read(Frame(event: event.name, data: Array(event.data.utf8))) }
        #expect(checker.fault == nil)
        #expect(!events.contains { $0.data.contains("data-reset") })
        let texts = ["one", "two", "three", "four"].filter { text in
          events.contains { $0.data.contains("\"delta\":\"\(text)\"") }
        }
        #expect(texts.count == 4)
      }
      let resumed = try await bench.client("view=ui&after=\(try #require(streams[0].compactMap(\.id).first))")
      var rest: [StreamClient.Event] = []
      while let event = try await resumed.next() {
        rest.append(event)
        if isLast(event) { break }
      }
      #expect(rest.contains { $0.data.contains("three") })
    }
  }

  @Test("A turn that ends with a file ends the stream that waits for it, though the next file comes at once")
  func untilTurn() async throws {
    let log = ByteLog(at: 0, limit: 1 << 20)
    log.append([1, 2], marks: [.init(offset: 9, position: 2, endsTurn: true)], headOffset: 9)
    log.restart()
    log.append([3], marks: [.init(offset: 5, position: 1, endsTurn: false)], headOffset: 5)
    #expect(log.turnEnd(after: 0)?.position == 2)
    #expect(log.turnEnd(after: 2) == nil)
  }
}

/// The lines that a session's files hold, and the agent that writes them. Lines are numbered; the first one of a file
/// may be a copy of another file's.
private struct ChainModel {
  /// The lines that are whole, in the order of the chain.
  private(set) var numbers: [Int] = []
  private(set) var files = 1
  private let folder: StreamFolder
  private var next = 0
  private var file = "s"
  private var firsts: [Int] = []

  init(_ folder: StreamFolder, _ random: inout SeededGenerator) {
    self.folder = folder
    firsts = [0]
    append(&random)
  }

  /// The number of the newest line, which no other line has.
  var newest: Int { numbers.last ?? 0 }

  static func line(_ number: Int) -> String {
    let padding = String(repeating: "x", count: number * 37 % 700)
    return #"{"role":"user","content":"line \#(number) \#(padding)"}"# + "\n"
  }

  private mutating func make(_ count: Int) -> [Int] {
    let made = Array(next..<(next + count))
    next += count
    return made
  }

  mutating func append(_ random: inout SeededGenerator) {
    let made = make(Int.random(in: 1...20, using: &random))
    folder.write(made.map(Self.line).joined(), to: file)
    numbers += made
  }

  /// Appends lines of which the last is cut; gives what it lacks.
  mutating func appendCut(_ random: inout SeededGenerator) -> String {
    let made = make(Int.random(in: 1...5, using: &random))
    let text = made.map(Self.line).joined()
    let cut = text.utf8.count - Int.random(in: 1...40, using: &random)
    folder.write(String(text.prefix(cut)), to: file)
    numbers += made
    return String(text.dropFirst(cut))
  }

  func finish(_ rest: String) { folder.write(rest, to: file) }

  /// Begins the next file: bound before or after it is written, whole or with a cut line first, while the older one
  /// still grows.
  mutating func begin(_ bench: StreamBench, _ random: inout SeededGenerator) async throws {
    files += 1
    let name = "n\(files)"
    let bindsFirst = Bool.random(using: &random)
    if bindsFirst {
      try await bench.bind(name)
      if Bool.random(using: &random) { await bench.nextTick() }
    }
    var text = ""
    var made: [Int] = []
    if Bool.random(using: &random), let copied = firsts.randomElement(using: &random) { made.append(copied) }
    made += make(Int.random(in: 1...8, using: &random))
    firsts.append(made[0])
    text = made.map(Self.line).joined()
    if Bool.random(using: &random) {
      let cut = Int.random(in: 1..<20, using: &random)
      folder.write(String(text.prefix(cut)), to: name)
      text.removeFirst(cut)
      if Bool.random(using: &random) { await bench.nextTick() }
    }
    if Bool.random(using: &random) { append(&random) }
    folder.write(text, to: name)
    file = name
    numbers += made
    if !bindsFirst {
      if Bool.random(using: &random) { await bench.nextTick() }
      try await bench.bind(name)
    }
  }
}

/// A client that keeps what it received and comes back to where it was.
private struct ChainReader {
  /// What is known of where it began.
  enum Start {
    /// Before the line of this place in the chain.
    case place(Int)
    /// Before at least so many lines.
    case atLeast(Int)
  }

  let start: String
  let from: Start
  private(set) var numbers: [Int] = []
  /// The cursors of whole lines, each with how many lines it had by then.
  private(set) var ends: [(cursor: Cursor, count: Int)] = []
  private(set) var resets = 0
  private var last: String?
  private var client: StreamClient?

  init(_ start: String, _ from: Start) {
    self.start = start
    self.from = from
  }

  /// Connects, or comes back with its cursor.
  mutating func connect(to bench: StreamBench) async throws {
    let view = start.split(separator: "&")[0]
    client = try await bench.client(last.map { "\(view)&after=\($0)" } ?? start, receiveBuffer: 4096)
  }

  /// Reads until it has every line that is whole.
  mutating func read(all chain: ChainModel) async throws {
    if case .place(let place) = from, place + numbers.count >= chain.numbers.count { return }
    while numbers.last != chain.newest {
      guard let event = try await client?.next() else {
        Issue.record("the stream \(start) ended before line \(chain.newest)")
        return
      }
      take(event)
    }
  }

  mutating func readToEnd() async throws {
    while let event = try await client?.next() { take(event) }
    client = nil
  }

  private mutating func take(_ event: StreamClient.Event) {
    if let id = event.id { last = id }
    if event.name == "reset" { resets += 1 }
    guard event.name.isEmpty || event.name == "message", let place = event.data.firstRange(of: "line ") else {
      return
    }
    guard let number = Int(event.data[place.upperBound...].prefix { $0.isNumber }) else { return }
    numbers.append(number)
    if let cursor = event.id.flatMap({ Cursor($0) }), cursor.part == nil {
      ends.append((cursor, numbers.count))
    }
  }
}
