import Glibc
import StreamServer
import Wire

extension ControlPlane {
  /// `GET healthz`
  func healthz() -> Response {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", "ok")
      writer.field("service", "tailcast")
      writer.field("pid", getpid())
      writer.field("version", rules.version)
    }
    return .json(writer.take())
  }

  /// `GET version`
  func version() -> Response {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("name", "tailcast")
      writer.field("version", rules.version)
      writer.field("api", "v1")
      writer.field("computer", rules.computer)
    }
    return .json(writer.take())
  }

  /// `GET openapi.json`
  func openAPI(_ call: Call) -> Response {
    EntityTag.tag(.json(document().body), for: call.request)
  }

  /// `GET docs`
  static func docs(_ call: Call) throws(Problem) -> Response { try file("docs.html", call) }

  /// `POST shutdown`: for whoever sits at this machine, never for a page or through a proxy.
  func shutdown(_ call: Call) throws(Problem) -> Response {
    let headers = call.request.head.headers
    guard call.caller.isLocal, headers["origin"] == nil, headers["x-forwarded-for"] == nil else {
      throw Problem(.forbidden, "the server is stopped from its own machine only, and not by a page")
    }
    log.note("shutdown was asked for by \(call.request.peer.text)")
    onShutdown()
    var writer = JSONWriter()
    writer.object { $0.field("status", "stopping") }
    return .json(writer.take(), status: 202)
  }
}
