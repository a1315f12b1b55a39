/// Reads a complete head, given as the bytes of its lines, into a `RequestHead`, or says what is wrong with it.
enum HeadParser {
  static func parse(_ lines: ArraySlice<UInt8>, maximumHeaders: Int) throws(HTTPFault) -> RequestHead {
    var lines = LineReader(lines)
    guard let requestLine = lines.next() else { throw .malformed("no request line") }
    let (method, target, minorVersion) = try parseRequestLine(requestLine)
    var headers = Headers()
    while let line = lines.next() {
      guard headers.count < maximumHeaders else { throw HTTPFault(status: 431, reason: "too many fields") }
      let (name, value) = try parseField(line)
      headers.append(name, value)
    }
    var head = RequestHead(method: method, target: target, minorVersion: minorVersion, headers: headers)
    guard head.query.isWellFormed else { throw .malformed("query is not percent-encoded UTF-8") }
    try checkTarget(head)
    head.body = try framing(head)
    try checkExpectation(head)
    return head
  }

  /// A field line (RFC 9112 section 5); also checks each trailer.
  static func parseField(_ line: ArraySlice<UInt8>) throws(HTTPFault) -> (name: String, value: String) {
    // White space in front is a folded line, white space before the colon has been read in two ways by proxies.
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(ASCIIText.isToken)
    else { throw .malformed("malformed field name") }
    let value = ASCIIText.trimmed(line[(colon + 1)...])
    guard value.allSatisfy(ASCIIText.isFieldValue), let text = String(validating: value, as: UTF8.self) else {
      throw .malformed("malformed field value")
    }
    return (String(decoding: line[..<colon], as: UTF8.self), text)
  }

  private static func parseRequestLine(
    _ line: ArraySlice<UInt8>
  ) throws(HTTPFault) -> (Method, target: String, minorVersion: Int) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(ASCIIText.isToken), !parts[1].isEmpty,
      parts[1].allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") })
    else { throw .malformed("malformed request line") }
    let version = Array(parts[2])
    guard version.count == 8, version.starts(with: "HTTP/".utf8), version[6] == UInt8(ascii: "."),
      ByteScan.isDigit(version[5]), ByteScan.isDigit(version[7])
    else { throw .malformed("malformed version") }
    guard version[5] == UInt8(ascii: "1"), version[7] <= UInt8(ascii: "1") else {
      throw HTTPFault(status: 505, reason: "HTTP/1.0 and HTTP/1.1 only")
    }
    return (
      Method(String(decoding: parts[0], as: UTF8.self)), String(decoding: parts[1], as: UTF8.self),
      Int(version[7] - 0x30)
    )
  }

  private static func checkTarget(_ head: RequestHead) throws(HTTPFault) {
    let hosts = head.headers.all("host")
    guard hosts.count <= 1, hosts.count == 1 || head.minorVersion == 0 else {
      throw .malformed("Host must stand exactly once")
    }
    guard hosts.allSatisfy({ $0.utf8.allSatisfy(ASCIIText.isHost) }) else {
      throw .malformed("malformed Host")
    }
    if head.method == .other("CONNECT") { throw HTTPFault(status: 501, reason: "no tunnels") }
    guard let form = TargetForm(head.target), head.target != "*" || head.method == .options else {
      throw .malformed("malformed target")
    }
    guard let authority = form.authority else { return }
    guard !authority.isEmpty, authority.utf8.allSatisfy(ASCIIText.isHost),
      hosts.allSatisfy({ ASCIIText.equalIgnoringCase($0.utf8, authority.utf8) })
    else { throw .malformed("target and Host differ") }
  }

  /// RFC 9112 section 6.3, without its leniency: two ways to read one length are two requests to somebody.
  private static func framing(_ head: RequestHead) throws(HTTPFault) -> BodyFraming {
    let codings = head.headers.all("transfer-encoding")
    let lengths = head.headers.all("content-length").flatMap { value in
      value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { Array(ASCIIText.trimmed($0)) }
    }
    if let coding = codings.first {
      guard lengths.isEmpty else { throw .malformed("Content-Length beside Transfer-Encoding") }
      guard head.minorVersion == 1 else { throw .malformed("Transfer-Encoding in HTTP/1.0") }
      guard codings.count == 1 else { throw .malformed("Transfer-Encoding stands twice") }
      guard ASCIIText.equalIgnoringCase(coding.utf8, "chunked".utf8) else {
        throw HTTPFault(status: 501, reason: "unknown transfer coding")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .none }
    guard lengths.allSatisfy({ $0 == length }), !length.isEmpty, length.allSatisfy(ByteScan.isDigit) else {
      throw .malformed("malformed Content-Length")
    }
    guard let value = DecimalText.parse(length, leadingZeros: true), let count = Int(exactly: value) else {
      throw HTTPFault(status: 413, reason: "body too large")
    }
    return count == 0 ? .none : .length(count)
  }

  private static func checkExpectation(_ head: RequestHead) throws(HTTPFault) {
    guard head.minorVersion == 1 else { return }
    for expectation in head.headers.all("expect")
    where !ASCIIText.equalIgnoringCase(expectation.utf8, "100-continue".utf8) {
      throw HTTPFault(status: 417, reason: "unknown expectation")
    }
  }
}

/// Lines that end with CRLF, one by one, without it.
private struct LineReader {
  private var rest: ArraySlice<UInt8>

  init(_ lines: ArraySlice<UInt8>) {
    rest = lines
  }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let lineFeed = rest.firstIndex(of: 0x0a) else { return nil }
    defer { rest = rest[(lineFeed + 1)...] }
    return rest[..<(lineFeed - 1)]
  }
}
