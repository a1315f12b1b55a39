import Testing

@testable import Wire

@Suite("Requests that two parties could read in two ways")
struct HostileRequestTests {
  private static let host = "Host: h\r\n"

  @Test(
    "Hostile heads are refused with the right status",
    arguments: [
      (400, "GET / HTTP/1.1\nHost: h\n\n"), (400, "GET / HTTP/1.1\r\nHost: h\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\rC: d\r\n\r\n"), (400, "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"), (400, "GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost : h\r\n\r\n"), (400, "GET / HTTP/1.1\r\n: h\r\nHost: h\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nNoColon\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\u{7f}\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nA\u{e9}: b\r\n\r\n"), (400, "GET / HTTP/1.1\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
      (400, "GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n"), (400, "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), (400, "GET http://i/ HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET http:/// HTTP/1.1\r\nHost: \r\n\r\n"), (400, "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"), (501, "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"),
      (400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"), (400, "GET x HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET /#f HTTP/1.1\r\nHost: h\r\n\r\n"), (400, "GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET /?a=%zz HTTP/1.1\r\nHost: h\r\n\r\n"), (400, "GET /?a=%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"), (400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
      (400, "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"), (400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET /\r\n\r\n"), (400, "G(T / HTTP/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET / http/1.1\r\nHost: h\r\n\r\n"),
      (400, "GET / HTTP/1.10\r\nHost: h\r\n\r\n"), (400, "GET / HTTP/11\r\nHost: h\r\n\r\n"),
      (505, "GET / HTTP/1.2\r\nHost: h\r\n\r\n"), (505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
      (505, "GET / HTTP/0.9\r\nHost: h\r\n\r\n"), (505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      (400, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), (400, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
      (417, "GET / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n"),
    ])
  func heads(status: Int, request: String) {
    expectFault(status, request)
  }

  @Test(
    "Hostile framing is refused",
    arguments: [
      (400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      (400, "Content-Length: 5\r\nContent-Length: 6\r\n"),
      (400, "Content-Length: 5, 6\r\n"), (400, "Content-Length: 5,\r\n"),
      (400, "Content-Length: 5\r\nContent-Length: 05\r\n"),
      (400, "Content-Length: +5\r\n"), (400, "Content-Length: -5\r\n"), (400, "Content-Length: 0x5\r\n"),
      (400, "Content-Length: 5 5\r\n"), (400, "Content-Length: \r\n"), (400, "Content-Length: 5.0\r\n"),
      (413, "Content-Length: 99999999999999999999\r\n"), (413, "Content-Length: 9223372036854775807\r\n"),
      (413, "Content-Length: 1048577\r\n"), (501, "Transfer-Encoding: gzip\r\n"),
      (501, "Transfer-Encoding: gzip, chunked\r\n"), (501, "Transfer-Encoding: chunked, identity\r\n"),
      (501, "Transfer-Encoding: identity\r\n"), (501, "Transfer-Encoding: xchunked\r\n"),
      (501, "Transfer-Encoding: \"chunked\"\r\n"), (501, "Transfer-Encoding: \r\n"),
      (400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      (400, "Transfer-Encoding : chunked\r\n"), (400, "Transfer-Encoding:\u{b}chunked\r\n"),
    ])
  func framing(status: Int, fields: String) {
    expectFault(status, "POST / HTTP/1.1\r\n" + Self.host + fields + "\r\n0\r\n\r\n")
  }

  @Test("Chunked coding does not exist in HTTP/1.0")
  func oldVersion() {
    expectFault(400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
  }

  @Test("The same length said twice is one length")
  func sameLengthTwice() {
    for fields in [
      "Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2, 2\r\n", "Content-Length: 02\r\n",
    ] {
      #expect(
        transcript(Array(("POST / HTTP/1.1\r\n" + Self.host + fields + "\r\nok").utf8)).suffix(2) == [
          "body ok", "end",
        ])
    }
  }

  @Test(
    "Hostile chunks are refused",
    arguments: [
      (400, "\r\n"), (400, "g\r\n"), (400, "-1\r\n"), (400, "+1\r\n"), (400, "0x1\r\n"), (400, " 1\r\n"),
      (400, "1 \r\nx\r\n"),
      (400, "1\nx\r\n"), (400, "1\r\nxy\r\n"), (400, "1\r\nx\n"), (400, "1\r\nx\r\r\n"),
      (400, "1;a\u{0}\r\n"),
      (400, "1;a\rb\r\n"), (400, "1 x\r\n"), (400, "10000000000000000\r\n"), (400, "00000000000000001\r\n"),
      (413, "ffffffffffffffff\r\n"), (413, "8000000000000000\r\n"), (413, "7fffffffffffffff\r\n"),
      (413, "100001\r\n"),
      (400, "0\r\nbad trailer\r\n\r\n"), (400, "0\r\nA : b\r\n\r\n"), (400, "0\r\nA: b\n\r\n"),
      (400, "0\r\n\n"),
      (400, "0\r\n A: b\r\n\r\n"), (400, "1\r\nx\r\n\r\n"),
    ])
  func chunks(status: Int, body: String) {
    expectFault(status, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
  }

  @Test("Extensions and trailers are bounded")
  func bounds() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    expectFault(400, head + "1;" + String(repeating: "x", count: 1024) + "\r\n")
    expectFault(431, head + "0\r\n" + String(repeating: "a: b\r\n", count: 101) + "\r\n")
    expectFault(431, head + "0\r\na: " + String(repeating: "x", count: 16 * 1024) + "\r\n\r\n")
    expectFault(414, "GET /" + String(repeating: "x", count: 16 * 1024))
    expectFault(431, "GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 16 * 1024))
    expectFault(431, "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "a: b\r\n", count: 100) + "\r\n")
  }

  /// The fault comes however the bytes are cut.
  private func expectFault(_ status: Int, _ request: String) {
    let input = Array(request.utf8)
    let whole = transcript(input)
    #expect(whole.last?.hasPrefix("fault \(status) ") == true, "\(whole)")
    let middle = input.count / 2
    #expect(transcript(input, cuts: [middle]) == whole)
    if input.count < 2000 {
      #expect(transcript(input, cuts: Array(0..<input.count)) == whole)
    }
  }
}
