/// The head of a response: status line, fields, empty line (RFC 9112 section 4).
///
/// Control characters are dropped from values and everything that is no token character from names, so that no value
/// can add a field or end the head. Fields stand in the order given; none is added.
public func responseHead(status: Int, headers: [(String, String)]) -> [UInt8] {
  precondition((100...999).contains(status), "a status has three digits")
  var head: [UInt8] = []
  head.reserveCapacity(64 + headers.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 4 })
  head.append(contentsOf: "HTTP/1.1 ".utf8)
  DecimalText.append(UInt64(status), to: &head)
  head.append(UInt8(ascii: " "))
  head.append(contentsOf: reasonPhrase(status).utf8)
  head.append(contentsOf: "\r\n".utf8)
  for (name, value) in headers {
    head.append(contentsOf: name.utf8.lazy.filter(ASCIIText.isToken))
    head.append(contentsOf: ": ".utf8)
    head.append(contentsOf: value.utf8.lazy.filter(ASCIIText.isFieldValue))
    head.append(contentsOf: "\r\n".utf8)
  }
  head.append(contentsOf: "\r\n".utf8)
  return head
}

/// The usual phrase of a status code (RFC 9110 section 15); empty if there is none.
public func reasonPhrase(_ status: Int) -> String {
  switch status {
  case 100: "Continue"
  case 101: "Switching Protocols"
  case 200: "OK"
  case 201: "Created"
  case 202: "Accepted"
  case 204: "No Content"
  case 206: "Partial Content"
  case 301: "Moved Permanently"
  case 302: "Found"
  case 303: "See Other"
  case 304: "Not Modified"
  case 307: "Temporary Redirect"
  case 308: "Permanent Redirect"
  case 400: "Bad Request"
  case 401: "Unauthorized"
  case 403: "Forbidden"
  case 404: "Not Found"
  case 405: "Method Not Allowed"
  case 406: "Not Acceptable"
  case 408: "Request Timeout"
  case 409: "Conflict"
  case 410: "Gone"
  case 411: "Length Required"
  case 412: "Precondition Failed"
  case 413: "Content Too Large"
  case 414: "URI Too Long"
  case 415: "Unsupported Media Type"
  case 416: "Range Not Satisfiable"
  case 417: "Expectation Failed"
  case 421: "Misdirected Request"
  case 422: "Unprocessable Content"
  case 425: "Too Early"
  case 426: "Upgrade Required"
  case 428: "Precondition Required"
  case 429: "Too Many Requests"
  case 431: "Request Header Fields Too Large"
  case 500: "Internal Server Error"
  case 501: "Not Implemented"
  case 502: "Bad Gateway"
  case 503: "Service Unavailable"
  case 504: "Gateway Timeout"
  case 505: "HTTP Version Not Supported"
  case 507: "Insufficient Storage"
  default: ""
  }
}
