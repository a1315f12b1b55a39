import CLinux
import Reactor
import TestSupport
import Testing

private actor Counter {
  private let loop: EventLoop
  private(set) var count = 0

  init(_ loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func add() -> Bool {
    loop.preconditionIsolated()
    count += 1
    return loop.inLoop
  }

  func addAcross(_ other: Elsewhere) async -> Bool {
    count += 1
    _ = await other.thread()
    count += 1
    return loop.inLoop
  }
}

extension Counter: TimerSink {
  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.count += Int(tag) }
  }
}

private actor Elsewhere {
  func thread() -> Int32 { tc_gettid() }
}

private actor Stored {
  private let executor: ThreadExecutor
  private var order: [Int] = []

  init(_ executor: ThreadExecutor) { self.executor = executor }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func note(_ value: Int) -> Bool {
    executor.preconditionIsolated()
    order.append(value)
    return executor.inThread
  }

  func all() -> [Int] { order }
}

@Suite("Executors", .timeLimit(.minutes(1)))
struct ExecutorTests {
  @Test("An actor of the loop runs on its thread, and is back there after an await")
  func pinned() async throws {
    try await withLoop { loop in
      let counter = Counter(loop)
      #expect(await counter.add())
      #expect(await counter.addAcross(Elsewhere()))
      #expect(await counter.count == 3)
    }
  }

  @Test("A plain callback on the loop may assume its actor's isolation")
  func assumed() async throws {
    try await withLoop { loop in
      let counter = Counter(loop)
      try await loop.run {
        loop.assertIsolated()
        counter.timerFired(5)
      }
      #expect(await counter.count == 5)
    }
  }

  @Test("A thousand tasks that call an actor are all counted")
  func contended() async throws {
    try await withLoop { loop in
      let counter = Counter(loop)
      await withTaskGroup { group in
        for _ in 0..<1000 { group.addTask { _ = await counter.add() } }
      }
      #expect(await counter.count == 1000)
    }
  }

  @Test("A task that prefers the loop stays on it, across awaits and through other actors")
  func preference() async throws {
    try await withLoop { loop in
      let home = try await loop.run { tc_gettid() }
      let other = Elsewhere()
      let threads = await Task(executorPreference: loop) {
        var threads = [tc_gettid()]
        await Task.yield()
        threads.append(tc_gettid())
        threads.append(await other.thread())
        threads.append(tc_gettid())
        async let child = tc_gettid()
        threads.append(await child)
        return threads
      }.value
      #expect(threads == Array(repeating: home, count: 5))
    }
  }

  @Test("A task that was started on the loop without the preference leaves it")
  func noPreference() async throws {
    try await withLoop { loop in
      let inbox = Inbox<Bool>()
      loop.post { Task.detached { inbox.put(loop.inLoop) } }
      #expect(await inbox.next() == false)
    }
  }

  @Test("An actor on a thread executor runs there, in the order of the calls")
  func threadExecutor() async throws {
    let executor = try ThreadExecutor(name: "storage")
    let stored = Stored(executor)
    for value in 0..<100 { #expect(await stored.note(value)) }
    #expect(await stored.all() == Array(0..<100))
    executor.stop()
    executor.join()
  }

  @Test("Background work waits for the rest, but not for ever", arguments: [1, 3, 64])
  func priorities(backgroundEvery: Int) async throws {
    let executor = try ThreadExecutor(name: "archive", backgroundEvery: backgroundEvery)
    let stored = Stored(executor)
    let gate = Inbox<Void>()
    let release = Locked<Bool>(false)
    // Holds the thread until both kinds are queued; a test must not wait for time instead.
    executor.post {
      gate.put(())
      while !release.value {}
    }
    await gate.next()
    var expected: [Int] = []
    let tasks = Inbox<Bool>()
    let low = Enqueued(executor: executor, priority: .background, inbox: tasks, stored: stored)
    let high = Enqueued(executor: executor, priority: .userInitiated, inbox: tasks, stored: stored)
    low.start(-1)
    for value in 0..<5 { high.start(value) }
    release.set(true)
    for _ in 0..<6 { _ = await tasks.next() }
    expected = Array(0..<5)
    // The job that held the thread is one of the row.
    expected.insert(-1, at: min(5, backgroundEvery - 1))
    #expect(await stored.all() == expected)
    executor.stop()
    executor.join()
  }

  @Test("A thread executor finishes what is queued before it ends")
  func drains() async throws {
    let executor = try ThreadExecutor(name: "storage")
    let ran = Locked(0)
    for _ in 0..<1000 { executor.post { ran.withLock { $0 += 1 } } }
    executor.stop()
    executor.join()
    #expect(ran.value == 1000)
  }
}

/// Starts tasks of one priority that note a value on the executor's thread.
private struct Enqueued {
  let executor: ThreadExecutor
  let priority: TaskPriority
  let inbox: Inbox<Bool>
  let stored: Stored

  func start(_ value: Int) {
    Task(executorPreference: executor, priority: priority) { [inbox, stored] in
      inbox.put(await stored.note(value))
    }
  }
}
