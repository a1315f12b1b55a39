import CLinux
import Glibc
import Reactor
import TestSupport

extension EventLoop {
  /// The body's result, from the loop's thread.
  func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      post { continuation.resume(with: Result(catching: body)) }
    }
  }
}

/// Values put by any thread, awaited in order by one test.
final class Inbox<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func put(_ value: Value) { continuation.yield(value) }

  func next() async -> Value? {
    for await value in stream { return value }
    return nil
  }

  func next(_ count: Int) async -> [Value] {
    var values: [Value] = []
    while values.count < count, let value = await next() { values.append(value) }
    return values
  }
}

/// A sink of every kind that passes on what it is told.
final class Sink: ReadinessSink, TimerSink, TurnSink {
  private let onReady: @Sendable (UInt64, Readiness) -> Void
  private let onTimer: @Sendable (UInt64) -> Void
  private let onTurn: @Sendable () -> Void

  init(
    ready: @escaping @Sendable (UInt64, Readiness) -> Void = { _, _ in },
    timer: @escaping @Sendable (UInt64) -> Void = { _ in },
    turn: @escaping @Sendable () -> Void = {}
  ) {
    onReady = ready
    onTimer = timer
    onTurn = turn
  }

  func ready(_ tag: UInt64, _ readiness: Readiness) { onReady(tag, readiness) }
  func timerFired(_ tag: UInt64) { onTimer(tag) }
  func turnEnded() { onTurn() }
}

/// Two connected non-blocking stream sockets, closed at the end.
final class SocketPair: Sendable {
  let near: Int32
  let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let kind = TC_SOCK_STREAM | TC_SOCK_NONBLOCK | TC_SOCK_CLOEXEC
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError(call: "socketpair") }
    near = ends[0]
    far = ends[1]
  }

  deinit {
    close(near)
    close(far)
  }
}
