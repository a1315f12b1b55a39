/// The loops of one process. The first is the home of everything that exists once.
public struct LoopGroup: Sendable {
  /// All loops, `home` first.
  public let loops: [EventLoop]
  /// The loop of the listeners, the watcher and the actors that exist once; it is `loops[0]`.
  public let home: EventLoop

  /// `count` loops that wait for `start()`: `home`, `worker-1`, `worker-2` and so on.
  public init(
    count: Int, longTurn: Duration = .milliseconds(20), log: @escaping @Sendable (String) -> Void
  ) throws(SystemError) {
    precondition(count >= 1, "a group has at least its home loop")
    home = try EventLoop(name: "home", longTurn: longTurn, log: log)
    var loops = [home]
    for index in 1..<count {
      loops.append(try EventLoop(name: "worker-\(index)", longTurn: longTurn, log: log))
    }
    self.loops = loops
  }

  /// Starts every loop's thread.
  public func start() {
    for loop in loops { loop.start() }
  }

  /// Stops the loops, workers first, so that what they post home last still runs.
  public func stop() {
    for loop in loops.reversed() { loop.stop() }
  }

  /// Waits until every loop has ended; from another thread.
  public func join() {
    for loop in loops { loop.join() }
  }
}
