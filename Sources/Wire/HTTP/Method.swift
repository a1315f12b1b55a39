/// A request method (RFC 9110 section 9); case counts.
public enum Method: Sendable, Hashable {
  case get
  case head
  case post
  case put
  case patch
  case delete
  case options
  /// Any other token.
  case other(String)

  /// The method of a token.
  public init(_ token: String) {
    self =
      switch token {
      case "GET": .get
      case "HEAD": .head
      case "POST": .post
      case "PUT": .put
      case "PATCH": .patch
      case "DELETE": .delete
      case "OPTIONS": .options
      default: .other(token)
      }
  }

  /// The token.
  public var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other(let token): token
    }
  }
}
