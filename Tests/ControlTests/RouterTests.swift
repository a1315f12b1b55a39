import Testing
import Wire

@testable import StreamServer

@Suite struct RouterTests {
  private let router = Router<Int>([
    route(.get, "sessions"), route(.post, "sessions"), route(.get, "sessions/{id}"),
    route(.get, "sessions/patches"),
    route(.get, "sessions/{id}/records/{cursor}"), route(.get, ""),
    route(.get, "live", mounts: [.v1], delivery: .stream),
  ])

  private static func route(
    _ method: Wire.Method, _ pattern: String, mounts: [Mount] = Mount.allCases,
    delivery: Operation.Delivery = .response
  ) -> Route<Int> {
    Route(method, pattern, mounts: mounts, "\(method.name) \(pattern)", answers: [], delivery: delivery) {
      _, _ throws(Problem) in .response(Response(status: 204))
    }
  }

  private func summary(_ method: Wire.Method, _ path: String) -> String {
    switch router.match(method, path) {
    case .found(let route, let mount, let captures):
      let named = captures.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
      return "\(mount.rawValue)|\(route.operation.summary)|\(named)"
    case .methodNotAllowed(let allowed): return "405 \(allowed.joined(separator: ","))"
    case .notFound: return "404"
    case .malformed: return "400"
    }
  }

  @Test(
    "A path leads to its route",
    arguments: [
      ("/sessions", "|GET sessions|"), ("/sessions/", "|GET sessions|"),
      ("/api/sessions", "/api|GET sessions|"),
      ("/api/v1/sessions", "/api/v1|GET sessions|"), ("/", "|GET |"), ("/api", "/api|GET |"),
      ("/sessions/a", "|GET sessions/{id}|id=a"), ("/sessions/patches", "|GET sessions/patches|"),
      ("/sessions/patches/records/x", "|GET sessions/{id}/records/{cursor}|cursor=x,id=patches"),
      ("/sessions/a%2Fb", "|GET sessions/{id}|id=a/b"), ("/sessions/%C3%A4", "|GET sessions/{id}|id=ä"),
      ("/sessions//", "404"), ("//sessions", "404"), ("/sessions/a/b", "404"), ("/nothing", "404"),
      ("/sessions/%zz", "400"), ("/sessions/%00", "400"), ("/sessions/%ff", "400"), ("sessions", "404"),
      ("*", "404"),
    ])
  func leads(path: String, to expected: String) {
    #expect(summary(.get, path) == expected)
  }

  @Test("A known path with another method names the methods that it has")
  func allowed() {
    #expect(summary(.delete, "/sessions") == "405 GET,HEAD,POST")
    #expect(summary(.post, "/sessions/patches") == "405 GET,HEAD")
    #expect(summary(.put, "/api/v1/live") == "405 GET")
  }

  @Test("HEAD is answered wherever GET is, streams aside")
  func head() {
    #expect(summary(.head, "/sessions") == "|GET sessions|")
    #expect(summary(.head, "/api/v1/live") == "405 GET")
  }
}
