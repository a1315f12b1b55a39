import Glibc
import Reactor
import TestSupport
import Testing

@Suite("Turns", .timeLimit(.minutes(1)))
struct TurnTests {
  @Test("Posts run in their order, whoever posts")
  func order() async throws {
    try await withLoop { loop in
      let seen = Locked<[Int]>([])
      await withTaskGroup { group in
        for poster in 0..<4 {
          group.addTask {
            for index in 0..<2500 { loop.post { seen.withLock { $0.append(poster * 10_000 + index) } } }
          }
        }
      }
      try await loop.run {}
      let values = seen.value
      #expect(values.count == 10_000)
      for poster in 0..<4 {
        let own = values.filter { $0 / 10_000 == poster }
        #expect(own == own.sorted())
      }
    }
  }

  @Test("Posts made before the start wait for it")
  func beforeStart() async throws {
    let loop = try EventLoop(name: "late") { _ in }
    let inbox = Inbox<Int>()
    for index in 0..<3 { loop.post { inbox.put(index) } }
    loop.start()
    #expect(await inbox.next(3) == [0, 1, 2])
    loop.stop()
    loop.join()
  }

  @Test("A turn end comes once, after everything that its turn ran")
  func turnEnd() async throws {
    let inbox = Inbox<[String]>()
    try await withLoop { loop in
      let seen = Locked<[String]>([])
      let note: @Sendable (String) -> Void = { text in seen.withLock { $0.append(text) } }
      let sink = Sink(turn: {
        note("end")
        if seen.value.contains("c") { inbox.put(seen.value) }
      })
      loop.post {
        loop.atTurnEnd(sink)
        note("a")
        // A post made in a turn runs in the same turn.
        loop.post {
          note("b")
          loop.post { note("c") }
        }
      }
      #expect(await inbox.next() == ["a", "b", "c", "end"])
    }
  }

  @Test(
    "What descriptors brought is written before the jobs that it led to, and what jobs brought after them")
  func twoEnds() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<[String]>()
    try await withLoop { loop in
      let seen = Locked<[String]>([])
      let note: @Sendable (String) -> Void = { text in seen.withLock { $0.append(text) } }
      let sink = Sink(
        ready: { _, _ in
          var byte: UInt8 = 0
          _ = read(pair.near, &byte, 1)
          note("event")
          loop.post { note("job") }
        },
        turn: {
          // Ends of turns before the event are of no interest.
          if !seen.value.isEmpty { note("end") }
          if seen.value.count == 4 { inbox.put(seen.value) }
        })
      try await loop.run {
        _ = try loop.register(pair.near, .readable, sink: sink, tag: 0)
        loop.atTurnEnd(sink)
      }
      _ = write(pair.far, "x", 1)
      #expect(await inbox.next() == ["event", "end", "job", "end"])
    }
  }

  @Test("A loop that is asked again takes another turn though nothing is due")
  func again() async throws {
    let inbox = Inbox<Int>()
    try await withLoop { loop in
      let left = Locked(5)
      let sink = Sink(turn: {
        inbox.put(left.value)
        guard left.value > 0 else { return }
        left.withLock { $0 -= 1 }
        loop.again()
      })
      loop.post { loop.atTurnEnd(sink) }
      #expect(await inbox.next(6) == [5, 4, 3, 2, 1, 0])
    }
  }

  @Test("A chain of posts without end leaves sockets their turn")
  func fairness() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<Bool>()
    try await withLoop { loop in
      let done = Locked(false)
      let sink = Sink(ready: { _, _ in
        done.set(true)
        inbox.put(true)
      })
      let chain = Chain(loop: loop, done: done)
      try await loop.run {
        let registration = try loop.register(pair.near, .writable, sink: sink, tag: 0)
        chain.step()
        loop.post { loop.post { if done.value { loop.deregister(registration) } } }
      }
      #expect(await inbox.next() == true)
    }
  }

  @Test("A turn over the limit is told with its length and what it ran")
  func longTurn() async throws {
    let inbox = Inbox<String>()
    try await withLoop(name: "slow", longTurn: .zero, log: { inbox.put($0) }) { loop in
      loop.post { loop.post {} }
      let line = try #require(await inbox.next())
      #expect(line.hasPrefix("loop slow: a turn took "))
      #expect(line.hasSuffix(" ms and ran 0 events, 0 timers, 2 jobs"))
      #expect(loop.statistics.longTurns >= 1)
      #expect(loop.statistics.longestTurn > .zero)
    }
  }

  @Test("Turns under the limit are not told")
  func shortTurns() async throws {
    let told = Locked(0)
    try await withLoop(log: { _ in told.withLock { $0 += 1 } }) { loop in
      for _ in 0..<10 { try await loop.run {} }
      #expect(loop.statistics.turns >= 1)
    }
    #expect(told.value == 0)
  }

  @Test("The statistics count what is registered and scheduled")
  func statistics() async throws {
    let pair = try SocketPair()
    try await withLoop { loop in
      let sink = Sink()
      let (registration, timer) = try await loop.run {
        let registration = try loop.register(pair.near, .readable, sink: sink, tag: 0)
        return (registration, loop.schedule(after: .seconds(1000), sink: sink, tag: 0))
      }
      // The counters are brought up to date after the turn's jobs: wait until that turn is over.
      let inbox = Inbox<LoopStatistics>()
      let end = Sink(turn: { inbox.put(loop.statistics) })
      loop.post {
        loop.atTurnEnd(end)
        loop.again()
      }
      let during = await inbox.next(2)
      #expect(during.last?.registered == 1)
      #expect(during.last?.timers == 1)
      loop.post {
        loop.deregister(registration)
        loop.cancel(timer)
        loop.again()
      }
      let after = await inbox.next(2)
      #expect(after.last?.registered == 0)
      #expect(after.last?.timers == 0)
    }
  }

  @Test("The loops of a group are threads of their own, and one is home")
  func group() async throws {
    let group = try LoopGroup(count: 2) { _ in }
    group.start()
    #expect(group.loops.count == 2)
    #expect(group.home === group.loops[0])
    #expect(group.loops.map(\.name) == ["home", "worker-1"])
    let worker = group.loops[1]
    let seen = try await worker.run { [worker.inLoop, group.home.inLoop] }
    #expect(seen == [true, false])
    let inbox = Inbox<[Bool]>()
    worker.post { group.home.post { inbox.put([worker.inLoop, group.home.inLoop]) } }
    #expect(await inbox.next() == [false, true])
    group.stop()
    group.join()
  }

  @Test("A loop's load is the share of time in which it ran something")
  func load() async throws {
    let idle = try EventLoop(name: "idle") { _ in }
    var none = LoopLoad(of: idle)
    #expect(none.share(of: idle) == 0)
    try await withLoop { loop in
      var load = LoopLoad(of: loop)
      try await loop.run {
        let end = Instant.current() + .milliseconds(5)
        while Instant.current() < end {}
      }
      // A turn is counted once it has ended, and the next post may still be of the same.
      while loop.statistics.busy < .milliseconds(5) { try await loop.run {} }
      let share = load.share(of: loop)
      #expect(share > 0 && share <= 1)
    }
  }

  @Test("A turn that was asked for knows it")
  func askedFor() async throws {
    let inbox = Inbox<Bool>()
    try await withLoop { loop in
      let turns = Locked(0)
      try await loop.run {
        loop.atTurnEnd(
          Sink(turn: {
            inbox.put(loop.isBehind)
            turns.set(turns.value + 1)
            if turns.value == 1 { loop.again() }
          }))
      }
      #expect(await inbox.next(2) == [false, true])
    }
  }
}

/// Posts itself until it is told to end.
private final class Chain: Sendable {
  let loop: EventLoop
  let done: Locked<Bool>

  init(loop: EventLoop, done: Locked<Bool>) {
    self.loop = loop
    self.done = done
  }

  func step() {
    if !done.value { loop.post { self.step() } }
  }
}
