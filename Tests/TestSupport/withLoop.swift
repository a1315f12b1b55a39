import Reactor

/// Starts a loop for the body and ends it after.
public func withLoop(
  name: String = "test", longTurn: Duration = .seconds(3600),
  log: @escaping @Sendable (String) -> Void = { _ in }, _ body: (EventLoop) async throws -> Void
) async throws {
  let loop = try EventLoop(name: name, longTurn: longTurn, log: log)
  loop.start()
  defer {
    loop.stop()
    loop.join()
  }
  try await body(loop)
}
