import Store
import Wire

/// The entity tag of a response, made of its body (RFC 9110 section 8.8.3).
public enum EntityTag {
  /// The quoted tag of a body.
  public static func of(_ body: [UInt8]) -> String {
    "\"" + Digest.hex(Array(Digest.sha256(body).prefix(12))) + "\""
  }

  /// Adds the tag; answers 304 without a body if the client has it already.
  public static func tag(_ response: Response, for request: Request) -> Response {
    Self.tag(response, as: of(response.body), for: request)
  }

  /// The same for a body whose tag is known.
  public static func tag(_ response: Response, as tag: String, for request: Request) -> Response {
    var tagged = response
    tagged.headers.append(("etag", tag))
    tagged.headers.append(("cache-control", "no-cache"))
    guard request.head.headers.all("if-none-match").contains(where: { names($0, tag) }) else { return tagged }
    tagged.status = 304
    tagged.body = []
    tagged.headers.removeAll { $0.name == "content-type" }
    return tagged
  }

  private static func names(_ header: String, _ tag: String) -> Bool {
    header.split(separator: ",").contains { item in
      var text = item.drop { $0 == " " }
      if text.hasPrefix("W/") { text = text.dropFirst(2) }
      return text == "*" || text.prefix { $0 != " " } == tag
    }
  }
}
