import TestSupport
import Testing

@testable import Reactor

@Suite("Timer wheel")
struct TimerWheelTests {
  private let sink = Sink()

  private func drain(_ wheel: inout TimerWheel) -> [UInt64] {
    var tags: [UInt64] = []
    while let due = wheel.popDue() { tags.append(due.tag) }
    return tags
  }

  @Test(
    "A timer is due at its tick and not before",
    arguments: [1, 2, 63, 64, 65, 4095, 4096, 4097, 262_144, 16_777_217, 1 << 34] as [UInt64])
  func exact(tick: UInt64) {
    var wheel = TimerWheel(capacity: 4)
    _ = wheel.insert(at: tick, sink: sink, tag: 1)
    #expect(wheel.nextTick == tick)
    wheel.advance(to: tick - 1)
    #expect(drain(&wheel) == [])
    #expect(wheel.nextTick == tick)
    wheel.advance(to: tick)
    #expect(drain(&wheel) == [1])
    #expect(wheel.nextTick == nil)
  }

  @Test("A timer in the past is due at the next tick")
  func past() {
    var wheel = TimerWheel(capacity: 4)
    wheel.advance(to: 1000)
    _ = wheel.insert(at: 3, sink: sink, tag: 1)
    #expect(wheel.nextTick == 1001)
  }

  @Test("A timer that fired or was cancelled cannot be cancelled again, whoever has its place")
  func tokens() {
    var wheel = TimerWheel(capacity: 1)
    let first = wheel.insert(at: 5, sink: sink, tag: 1)
    #expect(wheel.cancel(first) != nil)
    #expect(wheel.cancel(first) == nil)
    let second = wheel.insert(at: 5, sink: sink, tag: 2)
    #expect(second.slot == first.slot)
    #expect(wheel.cancel(first) == nil)
    wheel.advance(to: 5)
    #expect(drain(&wheel) == [2])
    #expect(wheel.cancel(second) == nil)
    #expect(wheel.count == 0)
  }

  @Test("A timer can be cancelled while it waits among the due ones")
  func cancelDue() {
    var wheel = TimerWheel(capacity: 4)
    let tokens = (0..<3).map { wheel.insert(at: 9, sink: sink, tag: UInt64($0)) }
    wheel.advance(to: 9)
    _ = wheel.cancel(tokens[1])
    #expect(drain(&wheel) == [0, 2])
  }

  @Test("The wheel fires what a sorted list would, in its order", arguments: 0..<20)
  func model(round: UInt64) {
    let seed = UInt64.random(in: 0 ... .max) &+ round
    var random = SeededGenerator(seed: seed)
    var wheel = TimerWheel(capacity: 1)
    var model: [(tick: UInt64, tag: UInt64, token: TimerToken)] = []
    var now: UInt64 = 0
    for tag in 0..<2000 as Range<UInt64> {
      switch random.next() % 8 {
      case 0..<5:
        let tick = now + 1 + random.next() % (1 << (random.next() % 30))
        let token = wheel.insert(at: tick, sink: sink, tag: tag)
        // After the equal ones: equal ticks fire in the order of insertion.
        let place = model.firstIndex { $0.tick > tick } ?? model.count
        model.insert((tick, tag, token), at: place)
      case 5:
        guard let victim = model.indices.randomElement(using: &random) else { continue }
        #expect(wheel.cancel(model.remove(at: victim).token) != nil, "seed \(seed)")
      default:
        // Often exactly to what the wheel asks for, as the loop does.
        let asked = wheel.nextTick ?? now
        #expect(asked <= model.first?.tick ?? .max, "seed \(seed)")
        now = random.next() % 2 == 0 ? max(now, asked) : now + random.next() % 5000
        wheel.advance(to: now)
        let expected = model.prefix { $0.tick <= now }.map(\.tag)
        model.removeFirst(expected.count)
        #expect(drain(&wheel) == expected, "seed \(seed)")
      }
      #expect(wheel.count == model.count, "seed \(seed)")
    }
  }
}
