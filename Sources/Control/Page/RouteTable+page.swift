import StreamServer
import Wire

extension RouteTable {
  /// The page that people open.
  static let page: [Route<ControlPlane>] = [
    Route(
      .get, "", mounts: [.root],
      "The page; with the ticket that `tailcast serve` prints, the browser gets its cookie first.",
      parameters: [Parameter("ticket", .text(maximum: 256), "A one-time ticket.")],
      answers: [
        .init(200, "The page.", "text/html"), .init(303, "The cookie is set; go on without the ticket.", nil),
        .init(304, "It is the one that If-None-Match names.", nil),
        .init(401, "How to get in, for a browser without a cookie.", "text/html"),
      ], errors: [.invalidAPIKey], access: .anyone
    ) { plane, call throws(Problem) in .response(try await plane.home(call)) },
    Route(
      .get, "page/{file}", mounts: [.root], "A file of the page: script, style, icon.",
      parameters: [Parameter("file", .text(maximum: 64), in: .path, "Its name.")],
      answers: [
        .init(200, "The file.", "text/javascript"),
        .init(304, "It is the one that If-None-Match names.", nil),
      ], errors: [.fileNotFound]
    ) { _, call throws(Problem) in .response(try ControlPlane.pageFile(call)) },
  ]
}
