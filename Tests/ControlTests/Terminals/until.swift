/// Waits until `body` has something; asks again every few milliseconds.
func until<Value>(
  _ what: String, within limit: Duration = .seconds(20), _ body: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + limit
  while true {
    if let value = try await body() { return value }
    guard ContinuousClock.now < end else { throw Late(what: what) }
    try await Task.sleep(for: .milliseconds(5))
  }
}

struct Late: Error {
  var what: String
}
