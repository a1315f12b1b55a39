import Testing

@testable import Wire

@Suite("Decoding requests")
struct RequestDecoderTests {
  private static let pipelined = Array(
    ("GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
      + "\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"
      + "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      + "4;ext=\"a b\"\r\nwiki\r\n00A \t; y\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n"
      + "DELETE http://h/d HTTP/1.1\r\nhOsT:\th \r\nConnection: x, Close\r\n\r\n").utf8)

  private static let expected = [
    "GET /a [\"x=1\"] 1.1 Host=h none keep=true continue=false", "end",
    "POST /b [] 1.1 Host=h;Content-Length=5;Expect=100-continue length(5) keep=true continue=true",
    "body hello",
    "end", "PUT /c [] 1.1 Host=h;Transfer-Encoding=Chunked chunked keep=true continue=false",
    "body wiki0123456789", "end",
    "DELETE /d [] 1.1 hOsT=h;Connection=x, Close none keep=false continue=false",
    "end",
  ]

  @Test("Pipelined requests come one after the other")
  func pipelining() {
    #expect(transcript(Self.pipelined) == Self.expected)
  }

  @Test("Requests split at any byte are the same requests")
  func everySplit() {
    for cut in 0...Self.pipelined.count {
      #expect(transcript(Self.pipelined, cuts: [cut]) == Self.expected, "cut at \(cut)")
    }
    #expect(transcript(Self.pipelined, cuts: Array(0..<Self.pipelined.count)) == Self.expected)
  }

  @Test("A decoder that has read everything holds no buffer")
  func releases() {
    var decoder = RequestDecoder()
    decoder.append(Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
    #expect(decoder.buffered == 27 && decoder.isInsideRequest)
    guard case .head = decoder.next(), case .end = decoder.next(), case .needsMore = decoder.next() else {
      Issue.record("head and end expected")
      return
    }
    #expect(decoder.buffered == 0 && !decoder.isInsideRequest)
  }

  @Test("What follows an upgrade can be taken out")
  func upgrade() {
    var decoder = RequestDecoder()
    decoder.append(Array("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}".utf8))
    guard case .head = decoder.next(), case .end = decoder.next() else {
      Issue.record("head and end expected")
      return
    }
    #expect(decoder.takeBuffered() == [1, 2])
    #expect(decoder.buffered == 0)
  }

  @Test("The body limit can be raised once the head is known")
  func bodyLimit() {
    let request = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world".utf8)
    for (raised, allowed) in [(nil, false), (10, false), (11, true)] as [(Int?, Bool)] {
      var decoder = RequestDecoder(limits: .init(bodyBytes: 10))
      decoder.append(request)
      guard case .head = decoder.next() else {
        Issue.record("head expected")
        return
      }
      if let raised { decoder.setBodyLimit(raised) }
      switch decoder.next() {
      case .body(let part): #expect(allowed && part.count == 11)
      case .fault(let fault): #expect(!allowed && fault.status == 413)
      default: Issue.record("body or fault expected")
      }
    }
  }

  @Test("A chunked body is refused as soon as a chunk would exceed the limit")
  func chunkedLimit() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    let limits = RequestDecoder.Limits(bodyBytes: 8)
    #expect(transcript(Array((head + "8\r\n12345678\r\n0\r\n\r\n").utf8), limits: limits).last == "end")
    #expect(
      transcript(Array((head + "5\r\n12345\r\n4\r\n").utf8), limits: limits).last
        == "fault 413 body too large")
  }

  @Test("HTTP/1.0 needs no Host and closes unless it asks to stay")
  func oldVersion() {
    #expect(
      transcript(Array("GET / HTTP/1.0\r\n\r\n".utf8)) == [
        "GET / [] 1.0  none keep=false continue=false", "end",
      ])
    #expect(
      transcript(Array("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n".utf8)).first
        == "GET / [] 1.0 Connection=Keep-Alive none keep=true continue=false")
  }

  @Test("A head may fill its limit to the byte")
  func headLimit() {
    let head = Array("GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 60))\r\n\r\n".utf8)
    #expect(transcript(head, limits: .init(headBytes: head.count)).last == "end")
    #expect(transcript(head, limits: .init(headBytes: head.count - 1)).last == "fault 431 head too large")
    #expect(transcript(head, limits: .init(headBytes: 10)).last == "fault 414 request line too long")
    #expect(transcript(head, limits: .init(headers: 1)).last == "fault 431 too many fields")
    #expect(transcript(head, limits: .init(headers: 2)).last == "end")
  }

  @Test("After a fault nothing is read and nothing is kept")
  func afterFault() {
    var decoder = RequestDecoder()
    decoder.append(Array("GET / HTTP/2.0\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
    for _ in 0..<3 {
      guard case .fault(let fault) = decoder.next() else {
        Issue.record("fault expected")
        return
      }
      #expect(fault.status == 505)
      decoder.append(Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
      #expect(decoder.buffered == 0)
    }
  }
}
