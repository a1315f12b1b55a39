import Wire

extension TailcastCommand {
  /// Most bytes of a text that is read from standard input: 100,000 characters of four bytes.
  private static let inputLimit = 400_000
  /// Time between two looks at what goes on, in milliseconds: short at first, then so that looking costs nothing.
  private static let steps = (first: 50, last: 1000)

  /// Sends a call and shows what comes back.
  func perform(_ call: ServerCall, _ access: ServerAccess) throws(CommandFailure) {
    var call = call
    if let field = call.inputField { call.set(field, try text(of: input)) }
    let body = try answer(call, access)
    guard let watch = call.watch else { return try show(body, call.view, access) }
    if !access.json { try show(body, call.view, access) }
    try follow(watch, JSONSlice(validating: body), access)
  }

  private func answer(_ call: ServerCall, _ access: ServerAccess) throws(CommandFailure) -> [UInt8] {
    let path = "/api/v1/" + call.path
    let query = call.query.map { ($0.name, $0.value) }
    if call.isLocal { return try access.read(path, query: query) }
    return try access.required().reply(path, method: call.method, query: query, body: call.bodyBytes)
      .success()
  }

  /// Asks until it has come to its end.
  private func follow(
    _ watch: ServerCall.Watch, _ first: JSONSlice?, _ access: ServerAccess
  ) throws(CommandFailure) {
    interruption.watch()
    output.flush()
    let path = AnswerText.expand(watch.path, first, PercentEncoding.encode)
    var step = Self.steps.first
    while true {
      let body = try answer(ServerCall("GET", path), access)
      let json = JSONSlice(validating: body)
      let state = json.flatMap { AnswerText.member($0, watch.member)?.string } ?? ""
      if !watch.goesOn.contains(state) {
        try show(body, watch.view, access)
        guard watch.failures.contains(state) else { return }
        let reason = watch.reasons.compactMap { path in json.flatMap { AnswerText.member($0, path)?.string } }
        throw CommandFailure(.failed, VisibleText.line(reason.first ?? "it ended as \(state)"))
      }
      if !interruption.pause(milliseconds: step) { throw CommandFailure(.interrupted) }
      step = min(step * 2, Self.steps.last)
    }
  }

  private func show(
    _ body: [UInt8], _ view: AnswerView, _ access: ServerAccess
  ) throws(CommandFailure) {
    if access.json {
      // A 204 has nothing to say but that it is done.
      return output.line(json: body.isEmpty ? Array("{}".utf8) : body)
    }
    guard let lines = AnswerText(view: view, body: body, now: .now).lines else {
      if case .facts(let path) = view, !path.isEmpty {
        throw CommandFailure(.notFound, "there is no \(VisibleText.line(path.joined(separator: ".")))")
      }
      throw CommandFailure(.failed, "the answer cannot be read")
    }
    for line in lines where !line.isEmpty || view == .text { output.line(line) }
    if lines.isEmpty { output.note("nothing found") }
  }

  /// What is given on standard input, without the line end that `echo` puts behind it.
  private func text(of input: Input) throws(CommandFailure) -> String {
    switch input.read(limit: Self.inputLimit) {
    case .failure(let fault): throw CommandFailure(.failed, "standard input cannot be read: \(fault)")
    case .success(var bytes):
      if bytes.last == 0x0a { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure(.usage, "standard input is not UTF-8")
      }
      return text
    }
  }
}
