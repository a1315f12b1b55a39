import StreamServer
import Wire

/// The one table of routes: router, checks, rate classes, OpenAPI document and route list are made of it.
public enum RouteTable {
  /// Every route of the API, those that are not served yet included.
  static let all: [Route<ControlPlane>] =
    meta + page + access + sessions + streams + search + memory + settings + channels + inventory + entities
    + completion + files + hooks + lifecycle + sending + usage + mcp
    + foreign

  /// The declarations.
  public static var operations: [Operation] { all.map(\.operation) }

  /// The OpenAPI 3.1 document of the table.
  public static func document(version: String) -> [UInt8] {
    OpenAPIDocument(version: version, schemas: Schemas.all, events: FeedCatalogue.all).render(operations)
  }

  /// A path parameter that names a session.
  static let sessionID = Parameter("id", .id, in: .path, "The session's id.")
}
