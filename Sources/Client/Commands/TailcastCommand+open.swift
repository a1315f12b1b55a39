import Glibc
import Reactor
import Wire

extension TailcastCommand {
  /// `tailcast open`: the server's page in a browser, which a one-time ticket lets in.
  func openBrowser(isPrintOnly: Bool, _ access: ServerAccess) throws(CommandFailure) {
    let connection = try access.required()
    let body = try connection.reply("/api/v1/auth/ticket", method: "POST").success()
    guard let ticket = JSONSlice(validating: body)?["ticket"]?.string else {
      throw CommandFailure(.failed, "the answer cannot be read")
    }
    let base: String?
    if case .url(let url, _) = connection.endpoint {
      base = url
    } else {
      base = RunFile.ofLiveServer(state: access.configuration.state)?.url
    }
    guard let base else {
      throw CommandFailure(
        .failed, "the server listens on its Unix socket only (listen.tcp), where no browser comes")
    }
    let url = "\(base)/?ticket=\(PercentEncoding.encode(ticket))"
    if access.json {
      var writer = JSONWriter()
      writer.object { $0.field("url", url) }
      output.line(json: writer.take())
    } else {
      output.line(VisibleText.line(url))
    }
    if isPrintOnly || access.json { return }
    output.flush()
    var browser = Spawn("xdg-open", [url])
    browser.output = .null
    browser.error = .null
    browser.newSession = true
    do throws(SystemError) { _ = try browser.start() } catch {
      output.note("no browser was opened (xdg-open: \(error)); the address is good once")
    }
  }
}
