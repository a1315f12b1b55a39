import Testing

@testable import Wire

@Suite("Headers, queries and response heads")
struct HTTPValuesTests {
  @Test("Names are compared without case, order and repetition are kept")
  func headers() {
    let headers: Headers = ["Accept": "a", "X-A": "1", "accept": "b", "Connection": "Upgrade, Keep-Alive"]
    #expect(headers["ACCEPT"] == "a")
    #expect(headers.all("accept") == ["a", "b"])
    #expect(headers["x-b"] == nil)
    #expect(headers.count == 4)
    #expect(headers.pairs.map(\.name) == ["Accept", "X-A", "accept", "Connection"])
    #expect(headers.lists("connection", "upgrade") && headers.lists("connection", "keep-alive"))
    #expect(!headers.lists("connection", "close"))
  }

  @Test("A query is decoded; plus is a space; an empty value differs from none")
  func query() {
    let query = Query(encoded: "a=1&b=x+y%2B%c3%a9&a=2&c&d=&&=e&f=a=b")
    #expect(query.first("a") == "1")
    #expect(query.all("a") == ["1", "2"])
    #expect(query.first("b") == "x y+\u{e9}")
    #expect(query.first("c") == "")
    #expect(query.first("d") == "")
    #expect(query.first("f") == "a=b")
    #expect(query.first("x") == nil)
    #expect(query.pairs.count == 7)
    #expect(query.isWellFormed)
  }

  @Test(
    "Bad escapes, NUL and bad UTF-8 do not decode",
    arguments: ["%", "%4", "%zz", "%00", "a%ff", "%c3", "%e0%80%80"])
  func badEscapes(text: String) {
    #expect(percentDecode(text) == nil)
    let query = Query(encoded: "a=1&b=\(text)")
    #expect(!query.isWellFormed && query.pairs.count == 1)
  }

  @Test("A path keeps its plus")
  func path() {
    #expect(percentDecode("/a+b%20c%2Fd") == "/a+b c/d")
    #expect(percentDecode("") == "")
  }

  @Test("A response head is what it was asked for")
  func response() {
    let head = responseHead(status: 200, headers: [("content-type", "text/event-stream"), ("x", "")])
    #expect(text(head) == "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx: \r\n\r\n")
    #expect(text(responseHead(status: 299, headers: [])) == "HTTP/1.1 299 \r\n\r\n")
  }

  @Test("No header value can add a line")
  func responseInjection() {
    let head = responseHead(status: 302, headers: [("loca\r\ntion ", "/a\r\nSet-Cookie: x\0\u{7f}\ty")])
    #expect(text(head) == "HTTP/1.1 302 Found\r\nlocation: /aSet-Cookie: x\ty\r\n\r\n")
  }
}
