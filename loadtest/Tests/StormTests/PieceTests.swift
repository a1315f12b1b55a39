import Glibc
import Testing

@testable import Storm

/// Calls `body` with the bytes of `text`.
func with<Result>(_ text: String, _ body: (Stretch) -> Result) -> Result {
  let bytes = Array(text.utf8)
  return bytes.withUnsafeBufferPointer { buffer in
    body(Stretch(buffer.baseAddress ?? Stretch.empty.base, buffer.count))
  }
}

struct PieceTests {
  @Test(
    "A position is read strictly and written back the same",
    arguments: [
      ("9f3c21aa-0", true), ("9f3c21aa-18442.1", true), ("00000000-1234567890123456789", true),
      ("9F3c21aa-0", false), ("9f3c21a-0", false), ("9f3c21aa-", false), ("9f3c21aa-1.", false),
      ("9f3c21aa-1x", false), ("9f3c21aa_1", false), ("", false), ("9f3c21aa-12345678901234567890", false),
    ])
  func position(_ text: String, _ legal: Bool) {
    let position = with(text) { Position($0) }
    #expect((position != nil) == legal)
    guard let position else { return }
    var written: [UInt8] = []
    position.append(to: &written)
    #expect(String(decoding: written, as: UTF8.self) == text)
  }

  @Test("A head is read once its blank line has come")
  func head() throws {
    let text = "HTTP/1.1 101 X\r\nTransfer-Encoding: chunked\r\nsec-websocket-accept: abc=\r\n\r\n"
    for cut in 0..<text.utf8.count {
      #expect(with(String(decoding: text.utf8.prefix(cut), as: UTF8.self)) { ResponseHead($0) } == nil)
    }
    let head = try #require(with(text + "body") { ResponseHead($0) })
    #expect(head.status == 101)
    #expect(head.chunked)
    #expect(head.accept == "abc=")
    #expect(head.length == text.utf8.count)
  }

  @Test("A head that is none has no status")
  func noHead() throws {
    #expect(try #require(with("SSH-2.0\r\n\r\n") { ResponseHead($0) }).status == 0)
  }

  @Test("An envelope is the event that it carries, in the server's order or any other")
  func envelope() {
    for text in [
      #"{"op":"event","topic":"transcript:s","event":"message","id":"9f3c21aa-5","data":{"a":"}"}}"#
    ] {
      with(text) { bytes in
        guard case .event(let event) = Envelope.read(bytes) else {
          Issue.record("no event")
          return
        }
        #expect(event.name == "message")
        #expect(event.id == "9f3c21aa-5")
        #expect(event.data == #"{"a":"}"}"#)
      }
    }
    with(#"{"op":"ack","ref":1}"#) { bytes in
      guard case .ack = Envelope.read(bytes) else {
        Issue.record("no ack")
        return
      }
    }
    with(#"{"op":"error","ref":1,"code":"X"}"#) { bytes in
      guard case .refused = Envelope.read(bytes) else {
        Issue.record("no refusal")
        return
      }
    }
  }

  @Test("A masked frame unmasks to its payload", arguments: [0, 1, 125, 126, 65_535, 65_536])
  func mask(_ length: Int) {
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var frame: [UInt8] = []
    WebSocketScanner.appendMasked(opcode: 2, payload, mask: 0x1234_5678, to: &frame)
    let header = length < 126 ? 2 : length < 65_536 ? 4 : 10
    #expect(frame[0] == 0x82)
    #expect(frame[1] & 0x80 == 0x80)
    let key = Array(frame[header..<header + 4])
    let body = frame[(header + 4)...].enumerated().map { $1 ^ key[$0 & 3] }
    #expect(body == payload)
  }

  @Test("Lines have the wanted length, and their content is found again")
  func lines() {
    var pattern = LinePattern(name: "s", sizes: 160...400, seed: 7)
    for sequence in 0..<500 {
      var line: [UInt8] = []
      pattern.append(sequence, wall: 1_763_719_999_123_456_789, to: &line)
      #expect((160...400).contains(line.count))
      #expect(line.last == 0x0a)
      line.removeLast()
      with(String(decoding: line, as: UTF8.self)) { bytes in
        let content = LinePattern.content(of: bytes)
        #expect(content.starts(with: "s "))
        #expect(bytes.count > content.count)
        #expect(content.index(of: UInt8(ascii: "\"")) == nil)
      }
    }
  }

  @Test(
    "Figures have three digits that count",
    arguments: [
      (999 as UInt64, "1.00 µs"), (12_345, "12.3 µs"), (1_234_567, "1.23 ms"), (99_960_000, "100.0 ms"),
      (250_000_000, "250 ms"), (3_000_000_000, "3.00 s"),
    ])
  func figures(_ nanoseconds: UInt64, _ text: String) {
    #expect(Figure.time(nanoseconds) == text)
  }

  @Test("What /proc says of this process is plausible")
  func process() throws {
    let sample = try ProcessSample(pid: getpid())
    #expect(sample.resident > 1 << 20)
    #expect(sample.peakResident >= sample.resident)
    #expect(sample.descriptors >= 3)
    #expect(throws: (any Error).self) { try ProcessSample(pid: -1) }
    #expect(try ProcessSample(pids: []) == nil)
    let twice = try #require(try ProcessSample(pids: [getpid(), getpid()]))
    #expect(twice.cpu >= 2 * sample.cpu)
  }
}
