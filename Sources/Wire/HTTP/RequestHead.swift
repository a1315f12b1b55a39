/// How the end of a request body is known (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Hashable {
  case none
  /// So many bytes.
  case length(Int)
  case chunked
}

/// The request line and fields of one request; a value, checked by the decoder.
public struct RequestHead: Sendable {
  /// What is asked for.
  public var method: Method
  /// The target as it was sent.
  public var target: String
  /// The path, still percent-encoded, without the query and without an authority; `*` for `OPTIONS *`.
  public var path: String
  /// What stands behind the `?`.
  public var query: Query
  /// 0 or 1: the version is HTTP/1.`minorVersion`.
  public var minorVersion: Int
  /// The fields.
  public var headers: Headers
  /// How the end of the body is known.
  public var body: BodyFraming

  /// A head from its parts; path and query are taken from `target`.
  public init(
    method: Method, target: String, minorVersion: Int = 1, headers: Headers = Headers(),
    body: BodyFraming = .none
  ) {
    self.method = method
    self.target = target
    self.minorVersion = minorVersion
    self.headers = headers
    self.body = body
    let form = TargetForm(target)
    path = String(form?.path ?? target[...])
    query = Query(encoded: form?.query ?? "")
  }

  /// Whether the client means to send another request on this connection (RFC 9112 section 9.3).
  public var keepAlive: Bool {
    minorVersion == 1 ? !headers.lists("connection", "close") : headers.lists("connection", "keep-alive")
  }

  /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
  public var expectsContinue: Bool {
    guard minorVersion == 1, body != .none, let expect = headers["expect"] else { return false }
    return ASCIIText.equalIgnoringCase(expect.utf8, "100-continue".utf8)
  }
}

/// A target in origin-form, absolute-form or asterisk-form (RFC 9112 section 3.2); nil for authority-form.
struct TargetForm {
  var authority: Substring?
  var path: Substring
  var query: Substring?

  init?(_ target: String) {
    var rest = target[...]
    if target == "*" {
      path = rest
      return
    }
    if !rest.hasPrefix("/") {
      guard let length = Self.schemeLength(rest.utf8) else { return nil }
      rest = rest.dropFirst(length)
      let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      authority = rest[..<end]
      rest = rest[end...]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    path = rest.isEmpty ? "/" : rest
  }

  private static func schemeLength(_ text: Substring.UTF8View) -> Int? {
    ["http://", "https://"].first { ASCIIText.equalIgnoringCase($0.utf8, text.prefix($0.utf8.count)) }?.utf8
      .count
  }
}
