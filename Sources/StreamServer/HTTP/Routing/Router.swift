import Wire

/// Finds the route of a method and a path. A value, made once of the table; read on any thread.
///
/// A literal segment beats a parameter, one trailing slash is ignored, GET also answers HEAD.
public struct Router<Owner: Sendable>: Sendable {
  /// What a path leads to.
  public enum Match: Sendable {
    /// A route, and the decoded segments that its pattern names.
    case found(Route<Owner>, mount: Mount, captures: [String: String])
    /// The path is known with other methods only.
    case methodNotAllowed(allowed: [String])
    /// No route has the path.
    case notFound
    /// The path cannot be percent-decoded.
    case malformed
  }

  /// The table.
  public let routes: [Route<Owner>]
  private var nodes: [Node] = [Node()]

  private struct Node {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var endpoints: [Endpoint] = []
  }

  private struct Endpoint {
    var method: Method
    var route: Int
    var mount: Mount
    var names: [String]
  }

  /// A router for the table.
  public init(_ routes: [Route<Owner>]) {
    self.routes = routes
    for (index, route) in routes.enumerated() {
      for (mount, _, pattern) in route.operation.paths { insert(index, mount: mount, pattern) }
    }
  }

  private mutating func insert(_ route: Int, mount: Mount, _ pattern: PathPattern) {
    let prefix = PathPattern(String(mount.rawValue.dropFirst())).segments
    var node = 0
    for segment in prefix + pattern.segments { node = child(of: node, segment) }
    let method = routes[route].operation.method
    precondition(
      !nodes[node].endpoints.contains { $0.method == method },
      "two routes for \(method.name) \(mount.rawValue)/\(pattern.text)")
    nodes[node].endpoints.append(
      Endpoint(method: method, route: route, mount: mount, names: pattern.parameters))
  }

  private mutating func child(of node: Int, _ segment: PathPattern.Segment) -> Int {
    switch segment {
    case .literal(let text):
      if let known = nodes[node].literals[text] { return known }
      nodes[node].literals[text] = nodes.count
    case .parameter:
      if let known = nodes[node].parameter { return known }
      nodes[node].parameter = nodes.count
    }
    nodes.append(Node())
    return nodes.count - 1
  }

  /// What a request is for. `path` is percent-encoded.
  public func match(_ method: Method, _ path: String) -> Match {
    guard path.hasPrefix("/") else { return .notFound }
    var parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    var segments: [String] = []
    for part in parts {
      guard let text = percentDecode(Substring(part)) else { return .malformed }
      segments.append(text)
    }
    var captured: [String] = []
    guard let node = find(segments[...], from: 0, &captured) else { return .notFound }
    let endpoints = nodes[node].endpoints
    if let endpoint = endpoints.first(where: { answers($0, method) }) {
      let captures = Dictionary(zip(endpoint.names, captured), uniquingKeysWith: { first, _ in first })
      return .found(routes[endpoint.route], mount: endpoint.mount, captures: captures)
    }
    return .methodNotAllowed(allowed: allowed(endpoints))
  }

  private func find(_ segments: ArraySlice<String>, from node: Int, _ captured: inout [String]) -> Int? {
    guard let segment = segments.first else { return nodes[node].endpoints.isEmpty ? nil : node }
    guard !segment.isEmpty else { return nil }
    let rest = segments.dropFirst()
    let depth = captured.count
    if let next = nodes[node].literals[segment], let found = find(rest, from: next, &captured) {
      return found
    }
    captured.removeSubrange(depth...)
    guard let next = nodes[node].parameter else { return nil }
    captured.append(segment)
    return find(rest, from: next, &captured)
  }

  private func answers(_ endpoint: Endpoint, _ method: Method) -> Bool {
    endpoint.method == method || (method == .head && routes[endpoint.route].operation.answersHead)
  }

  private func allowed(_ endpoints: [Endpoint]) -> [String] {
    var names = endpoints.map(\.method.name)
    if endpoints.contains(where: { routes[$0.route].operation.answersHead }) { names.append("HEAD") }
    return names.sorted()
  }
}
