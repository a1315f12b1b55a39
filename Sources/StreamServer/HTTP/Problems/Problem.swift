import Wire

/// Why a request is refused, as the client will read it (API section 8). Made in one place per feature.
public struct Problem: Error, Sendable {
  /// What clients act on.
  public var code: ProblemCode
  /// One sentence for people; names the setting that would change the answer, never what went on inside.
  public var message: String
  /// More for programs: a JSON object.
  public var details: JSONSlice?
  /// Header fields of the response beside the usual ones.
  public var headers: [(name: String, value: String)] = []
  /// What the log is told and the client is not.
  public var inner: String?
  /// The status code; the kind's own unless a decoder was more exact.
  public var status: Int
  /// The request's id, once known.
  public var requestID: String?

  /// A problem.
  public init(_ code: ProblemCode, _ message: String, inner: String? = nil) {
    self.code = code
    self.message = message
    self.inner = inner
    status = code.kind.status
  }

  /// A problem with details; the body writes the members of the object.
  public init(_ code: ProblemCode, _ message: String, details: (inout JSONWriter) -> Void) {
    self.init(code, message)
    var writer = JSONWriter()
    writer.object(details)
    self.details = JSONSlice(writer.take())
  }

  /// The same with a header field.
  public func with(_ name: String, _ value: String) -> Problem {
    var copy = self
    copy.headers.append((name, value))
    return copy
  }

  /// The response to a request that came by `mount`.
  public func response(requestID: String, mount: Mount) -> Response {
    var named = self
    named.requestID = requestID
    var response = Response.json(named.body(mount: mount), status: status)
    response.headers += headers
    return response
  }

  /// `{"error":{code,kind,message,details?,retryable,request_id}}`; without a mount's prefix also `detail`, the
  /// message as a string.
  public func body(mount: Mount = .root) -> [UInt8] {
    var writer = JSONWriter(reserving: 256)
    writer.object { writer in
      writer.key("error")
      writer.object { writer in
        writer.field("code", code.rawValue)
        writer.field("kind", code.kind.rawValue)
        writer.field("message", message)
        writer.fieldIfPresent("details", details)
        writer.field("retryable", code.kind.isRetryable)
        writer.fieldOrNull("request_id", requestID)
      }
      if mount == .root { writer.field("detail", message) }
    }
    return writer.take()
  }
}

extension Problem {
  /// A request that could not be read, with the decoder's own status.
  public init(_ fault: HTTPFault, requestID: String) {
    let code: ProblemCode =
      switch fault.status {
      case 408: .requestTimeout
      case 413: .payloadTooLarge
      case 414, 431: .headTooLarge
      case 501, 505: .notImplemented
      default: .malformedRequest
      }
    self.init(code, fault.reason)
    status = fault.status
    self.requestID = requestID
  }
}

extension Problem {
  /// A parameter or field that is not of its form.
  public static func invalid(_ field: String, _ message: String) -> Problem {
    Problem(.validationError, "\(field): \(message)") { writer in
      writer.field("field", field)
      writer.field("reason", message)
    }
  }

  /// A cursor that cannot be read.
  public static func invalidCursor(_ field: String) -> Problem {
    Problem(.invalidCursor, "\(field) is not a cursor of this server") { $0.field("field", field) }
  }

  /// Text of a client as it may stand in a message: printable, at most 80 characters.
  public static func quoted(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }
    return "\"" + kept.joined() + (text.unicodeScalars.count > 80 ? "…" : "") + "\""
  }
}
