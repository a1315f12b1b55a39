import Testing

@testable import Wire

@Suite("Frames of live connections")
struct LiveFrameTests {
  @Test("An event has its lines in order and a blank line at the end")
  func event() {
    var out: [UInt8] = []
    SSE.retry(milliseconds: 2000, into: &out)
    SSE.frame(event: "hello", id: Array("9f3c21aa-0".utf8), data: Array("{}".utf8), into: &out)
    #expect(text(out) == "retry: 2000\nevent: hello\nid: 9f3c21aa-0\ndata: {}\n\n")
    out = []
    SSE.frame(event: nil, id: nil, data: "[DONE]".utf8, into: &out)
    #expect(text(out) == "data: [DONE]\n\n")
    out = []
    SSE.frame(event: "message", id: Cursor(epoch: Epoch(1), offset: 2, part: 3), data: "{}".utf8, into: &out)
    #expect(text(out) == "event: message\nid: 00000001-2.3\ndata: {}\n\n")
    #expect(text(SSE.comment) == ":\n\n")
  }

  @Test("No content can begin a line of its own")
  func injection() {
    var out: [UInt8] = []
    let name: String? = "a\ndata: x"
    SSE.frame(event: name, id: Array("1\r2\n".utf8), data: Array("{\r\n\"a\":1\n}\n\n".utf8), into: &out)
    #expect(text(out) == "event: a data: x\nid: 1 2 \ndata: {  \"a\":1 }  \n\n")
  }

  @Test(
    "A chunk announces its length in hexadecimal",
    arguments: [(1, "1"), (15, "f"), (16, "10"), (255, "ff"), (256, "100"), (4096, "1000"), (65_535, "ffff")])
  func chunk(length: Int, digits: String) {
    let payload = [UInt8](repeating: 0x61, count: length)
    #expect(HTTPChunk.wrap(payload) == Array("\(digits)\r\n".utf8) + payload + Array("\r\n".utf8))
  }

  @Test("An empty payload does not end the body")
  func emptyChunk() {
    #expect(HTTPChunk.wrap([]).isEmpty)
    #expect(text(HTTPChunk.terminal) == "0\r\n\r\n")
  }

  @Test("Chunks decode to what was wrapped")
  func chunkRoundTrip() {
    var decoder = RequestDecoder()
    decoder.append(Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
    for length in [1, 9, 10, 17, 300] { decoder.append(HTTPChunk.wrap([UInt8](repeating: 1, count: length))) }
    decoder.append(HTTPChunk.terminal)
    var total = 0
    while true {
      switch decoder.next() {
      case .head: continue
      case .body(let part): total += part.count
      case .end:
        #expect(total == 337)
        return
      case .needsMore, .fault:
        Issue.record("no end")
        return
      }
    }
  }

  @Test(
    "WebSocket headers at each change of the length form",
    arguments: [
      (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 0xff, 0xff]),
      (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
      (Int.max, [0x81, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ] as [(Int, [UInt8])])
  func webSocket(length: Int, header: [UInt8]) {
    var out: [UInt8] = []
    WebSocketFrame.appendHeader(.text, length: length, to: &out)
    #expect(out == header)
  }

  @Test("Control frames stay within 125 bytes and a reason within its characters")
  func control() {
    var out: [UInt8] = []
    WebSocketFrame.append(.ping, [UInt8](repeating: 1, count: 200), to: &out)
    #expect(out.count == 127 && out[0] == 0x89 && out[1] == 125)
    out = []
    WebSocketFrame.appendClose(code: 1001, reason: String(repeating: "\u{e9}", count: 100), to: &out)
    #expect(out.count == 2 + 2 + 122 && out[1] == 124 && out[2] == 3 && out[3] == 0xe9)
    #expect(String(validating: out[4...], as: UTF8.self) != nil)
  }
}
