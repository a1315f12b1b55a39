import CPage
import Store
import StreamServer

/// One file of the page at `/`, from the program itself. A value.
struct PageFile: Sendable {
  /// Its bytes.
  let bytes: [UInt8]
  /// Its media type.
  let type: String
  /// Its entity tag.
  let tag: String

  /// All files by name.
  static let all: [String: PageFile] = {
    var files: [String: PageFile] = [:]
    for index in 0..<tc_page_count() {
      let file = tc_page_file(index)
      let name = String(cString: file.name)
      let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
      files[name] = PageFile(bytes: bytes, type: mediaType(of: name), tag: EntityTag.of(bytes))
    }
    return files
  }()

  private static func mediaType(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }

  /// The answer. Nothing that stands in a transcript can load, run or frame anything with these headers: scripts and
  /// styles come from files of the page alone, and connections go to this server alone.
  func response(to request: Request) -> Response {
    let response = Response(
      status: 200,
      headers: [
        ("content-type", type), ("content-security-policy", Self.policy),
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("x-frame-options", "DENY"),
      ], body: bytes)
    return EntityTag.tag(response, as: tag, for: request)
  }

  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    + "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
