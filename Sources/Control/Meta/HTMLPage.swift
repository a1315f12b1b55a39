import StreamServer

/// The few plain pages of the server: no script, no style from elsewhere.
enum HTMLPage {
  static func response(title: String, body: String) -> Response {
    let page = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
      <meta name="viewport" content="width=device-width">
      <style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
      code{font-family:ui-monospace,monospace}td{padding:.1rem .8rem .1rem 0;vertical-align:top}.absent{opacity:.55}</style>
      </head><body>\(body)</body></html>

      """
    return Response(
      status: 200,
      headers: [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
      ], body: Array(page.utf8))
  }

  /// The list of all routes.
  static func routes(_ operations: [Operation]) -> String {
    let rows = operations.map { operation in
      let paths = operation.paths.map { "<code>\(escaped($0.path))</code>" }.joined(separator: "<br>")
      let note = operation.absence.map { " <em>501: \(escaped($0))</em>" } ?? ""
      return """
        <tr\(operation.absence == nil ? "" : " class=\"absent\"")><td><code>\(operation.method.name)</code></td>\
        <td>\(paths)</td><td>\(escaped(operation.summary))\(note)</td></tr>
        """
    }
    return """
      <h1>Routes</h1><p>The same as <a href="/openapi.json">/openapi.json</a>, for reading.</p>
      <table>\(rows.joined(separator: "\n"))</table>
      """
  }

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
