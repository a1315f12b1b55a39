import Client
import Testing

@Suite("SSE parser")
struct SSEParserTests {
  static let stream = Array(
    ("\u{feff}retry: 2000\r\nevent: hello\r\nid: 9f3c21aa-0\r\ndata: {\"a\":1}\r\n\r\n"
      + ": a comment\n\nid: 9f3c21aa-7.1\nevent:message\ndata: žluť\ndata:second\n\n"
      + "data\rdata\r\r" + "unknown: x\nevent: lost\n\ndata:  two blanks\n\n" + "event: unfinished\ndata: x\n")
      .utf8)

  static let events: [StreamEvent] = [
    StreamEvent(name: "hello", id: "9f3c21aa-0", data: Array("{\"a\":1}".utf8)),
    StreamEvent(name: "message", id: "9f3c21aa-7.1", data: Array("žluť\nsecond".utf8)),
    StreamEvent(name: "message", id: nil, data: Array("\n".utf8)),
    StreamEvent(name: "message", id: nil, data: Array(" two blanks".utf8)),
  ]

  @Test("A stream split at any byte is the same stream")
  func splitAnywhere() throws {
    for cut in 0...Self.stream.count {
      var parser = SSEParser()
      let events = try parser.feed(Array(Self.stream[..<cut])) + parser.feed(Array(Self.stream[cut...]))
      #expect(events == Self.events, "cut at \(cut)")
      #expect(parser.lastEventID == "9f3c21aa-7.1")
      #expect(parser.retry == 2000)
    }
  }

  @Test("A stream in pieces of any size is the same stream", arguments: 1...9)
  func pieces(size: Int) throws {
    var parser = SSEParser()
    var events: [StreamEvent] = []
    for start in stride(from: 0, to: Self.stream.count, by: size) {
      events += try parser.feed(Array(Self.stream[start..<min(start + size, Self.stream.count)]))
      events += try parser.feed([UInt8]())
    }
    #expect(events == Self.events)
  }

  @Test("An event is delivered with its last byte, not with the next event")
  func deliveredAtOnce() throws {
    var parser = SSEParser()
    #expect(try parser.feed(Array("data: x\n".utf8)).isEmpty)
    #expect(try parser.feed(Array("\n".utf8)).count == 1)
    #expect(try parser.feed(Array("data: x\r\n\r".utf8)).count == 1)
    #expect(try parser.feed(Array("\ndata: y\n\n".utf8)).map(\.data) == [Array("y".utf8)])
  }

  @Test("An id with NUL and a retry with a sign are ignored")
  func badFields() throws {
    var parser = SSEParser(lastEventID: "a")
    let events = try parser.feed(Array("id: b\0c\nretry: -1\ndata: x\n\n".utf8))
    #expect(events.map(\.id) == [nil])
    #expect(parser.lastEventID == "a")
    #expect(parser.retry == nil)
  }

  @Test("An id without data still moves the position")
  func idAlone() throws {
    var parser = SSEParser()
    #expect(try parser.feed(Array("id: 7\n\ndata: x\n\n".utf8)).map(\.id) == [nil])
    #expect(parser.lastEventID == "7")
  }

  @Test("An event over the limit is an overflow, not a growing buffer")
  func overflow() throws {
    var parser = SSEParser(limit: 10)
    #expect(try parser.feed(Array("data: 1\n\n".utf8)).count == 1)
    #expect(throws: SSEParser.Overflow.self) { try parser.feed(Array("data: 0123456789".utf8)) }
    var lines = SSEParser(limit: 10)
    _ = try lines.feed(Array("data: 12345\n".utf8))
    #expect(throws: SSEParser.Overflow.self) { try lines.feed(Array("data: 12345".utf8)) }
  }
}
