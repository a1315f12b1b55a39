import TestSupport
import Testing

@testable import Reactor

@Suite("Timers of a loop", .timeLimit(.minutes(1)))
struct TimerTests {
  @Test("Ten thousand timers of one slot fire in one turn, in order")
  func oneTick() async throws {
    let count: UInt64 = 10_000
    let inbox = Inbox<[UInt64]>()
    try await withLoop { loop in
      let fired = Locked<[UInt64]>([])
      let sink = Sink(
        timer: { tag in fired.withLock { $0.append(tag) } },
        turn: {
          let tags = fired.value
          fired.set([])
          if !tags.isEmpty { inbox.put(tags) }
        })
      try await loop.run {
        loop.atTurnEnd(sink)
        for tag in 0..<count { loop.schedule(after: .milliseconds(15), sink: sink, tag: tag) }
      }
      #expect(await inbox.next() == Array(0..<count))
    }
  }

  @Test("A timer never fires early")
  func notEarly() async throws {
    let inbox = Inbox<Duration>()
    try await withLoop { loop in
      for delay in [0, 1, 9, 10, 11, 25] {
        try await loop.run {
          let start = loop.now
          let sink = Sink(timer: { _ in inbox.put(Instant.current() - start) })
          loop.schedule(after: .milliseconds(delay), sink: sink, tag: 0)
        }
        let waited = try #require(await inbox.next())
        #expect(waited >= .milliseconds(delay))
      }
    }
  }

  @Test("A cancelled timer stays silent, even when its slot fires")
  func cancel() async throws {
    let inbox = Inbox<UInt64>()
    try await withLoop { loop in
      let sink = Sink(timer: { inbox.put($0) })
      try await loop.run {
        loop.schedule(after: .milliseconds(10), sink: sink, tag: 1)
        let second = loop.schedule(after: .milliseconds(10), sink: sink, tag: 2)
        loop.schedule(after: .milliseconds(10), sink: sink, tag: 3)
        loop.cancel(second)
        loop.cancel(second)
      }
      #expect(await inbox.next(2) == [1, 3])
    }
  }

  @Test("A timer that schedules itself again fires again, in a later turn")
  func rearm() async throws {
    let inbox = Inbox<UInt64>()
    try await withLoop { loop in
      let box = Locked<Sink?>(nil)
      let sink = Sink(timer: { tag in
        inbox.put(tag)
        if let sink = box.value, tag < 3 { loop.schedule(after: .zero, sink: sink, tag: tag + 1) }
      })
      box.set(sink)
      try await loop.run { _ = loop.schedule(after: .zero, sink: sink, tag: 1) }
      #expect(await inbox.next(3) == [1, 2, 3])
      box.set(nil)
    }
  }

  @Test("A loop sleeps until its next timer, and for ever without one")
  func timeout() throws {
    let mailbox = try Mailbox()
    let core = try LoopCore(wakeDescriptor: mailbox.wakeDescriptor)
    #expect(core.timeout(at: core.origin) == -1)
    let far = core.schedule(after: .seconds(3600), sink: Sink(), tag: 0)
    #expect(core.timeout(at: core.origin) == 3_600_000)
    let near = core.schedule(after: .microseconds(25_500), sink: Sink(), tag: 0)
    #expect(core.timeout(at: core.origin) == 30)
    #expect(core.timeout(at: core.origin + .microseconds(1)) == 30)
    #expect(core.timeout(at: core.origin + .milliseconds(31)) == 0)
    #expect(core.timers.cancel(near) != nil)
    #expect(core.timeout(at: core.origin) == 3_600_000)
    #expect(core.timers.cancel(far) != nil)
    #expect(core.timeout(at: core.origin) == -1)
  }

  @Test("Instants and durations add up, and stay within the clock's range")
  func instants() {
    let at = Instant(nanoseconds: 1_000)
    #expect(at + .nanoseconds(5) - at == .nanoseconds(5))
    #expect(at - (at + .seconds(2)) == .seconds(-2))
    #expect(at - .seconds(1) == Instant(nanoseconds: 0))
    #expect(Instant(nanoseconds: .max) + .seconds(1) == Instant(nanoseconds: .max))
    #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    #expect(at < at + .nanoseconds(1))
  }
}
