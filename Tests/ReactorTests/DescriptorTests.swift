import CLinux
import Glibc
import TestSupport
import Testing

@testable import Reactor

@Suite("Descriptors", .timeLimit(.minutes(1)))
struct DescriptorTests {
  @Test("A byte at one end makes the other readable, with its tag")
  func readable() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<String>()
    try await withLoop { loop in
      let sink = Sink(ready: { tag, readiness in
        var byte: UInt8 = 0
        let count = read(pair.near, &byte, 1)
        inbox.put("\(tag) \(readiness == .readable) \(count) \(byte)")
      })
      _ = try await loop.run { try loop.register(pair.near, .readable, sink: sink, tag: 42) }
      write(pair.far, "a", 1)
      #expect(await inbox.next() == "42 true 1 97")
      write(pair.far, "b", 1)
      #expect(await inbox.next() == "42 true 1 98")
    }
  }

  @Test("An interest that is changed is the one that counts")
  func modify() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<Readiness>()
    try await withLoop { loop in
      let registration = Locked<Registration?>(nil)
      let sink = Sink(ready: { _, readiness in
        inbox.put(readiness)
        if let mine = registration.value { loop.modify(mine, .readable) }
      })
      try await loop.run {
        registration.set(try loop.register(pair.near, .writable, sink: sink, tag: 0))
      }
      write(pair.far, "a", 1)
      let first = try #require(await inbox.next())
      #expect(first.contains(.writable))
      #expect(await inbox.next() == .readable)
    }
  }

  @Test(
    "A descriptor that rests is not reported; after that its sink is told, ready or not, and goes on as before"
  )
  func rest() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<String>()
    try await withLoop { loop in
      let registration = Locked<Registration?>(nil)
      let rests = Locked<[Duration]>([.milliseconds(1), .milliseconds(1), .seconds(3_600)])
      let sink = Sink(ready: { tag, readiness in
        var byte: UInt8 = 0
        let count = read(pair.near, &byte, 1)
        inbox.put("\(tag) \(readiness == .readable) \(count > 0 ? String(byte) : "nothing")")
        let times = rests.value
        rests.set(Array(times.dropFirst()))
        if let mine = registration.value, let time = times.first { loop.rest(mine, for: time) }
      })
      try await loop.run {
        registration.set(try loop.register(pair.near, .readable, sink: sink, tag: 7))
      }
      write(pair.far, "a", 1)
      #expect(await inbox.next(3) == ["7 true 97", "7 true nothing", "7 true nothing"])
      // It rests for an hour now: a byte waits, and turns go by.
      write(pair.far, "b", 1)
      for _ in 0..<3 { try await loop.run { inbox.put("a turn") } }
      #expect(await inbox.next(3) == ["a turn", "a turn", "a turn"])
      try await loop.run { if let mine = registration.value { loop.rest(mine, for: .milliseconds(1)) } }
      #expect(await inbox.next() == "7 true 98", "the newer rest counts")
      write(pair.far, "c", 1)
      #expect(await inbox.next() == "7 true 99", "and it is asked about again")
    }
  }

  @Test("A registration that ends while it rests is never told again, nor who has its place")
  func restEnds() async throws {
    let pair = try SocketPair()
    let other = try SocketPair()
    let inbox = Inbox<UInt64>()
    try await withLoop { loop in
      let sink = Sink(ready: { tag, _ in
        var byte: UInt8 = 0
        read(tag == 1 ? pair.near : other.near, &byte, 1)
        inbox.put(tag)
      })
      try await loop.run {
        let registration = try loop.register(pair.near, .readable, sink: sink, tag: 1)
        loop.rest(registration, for: .milliseconds(1))
        loop.modify(registration, [.readable, .writable])
        loop.deregister(registration)
        loop.rest(registration, for: .milliseconds(1))
        _ = try loop.register(other.near, .readable, sink: sink, tag: 2)
        loop.schedule(after: .milliseconds(30), sink: Sink(timer: { inbox.put($0) }), tag: 99)
      }
      write(pair.far, "a", 1)
      #expect(await inbox.next() == 99)
      write(other.far, "a", 1)
      #expect(await inbox.next() == 2)
    }
  }

  @Test("A closed peer is reported as a hang-up")
  func hangup() async throws {
    let pair = try SocketPair()
    let inbox = Inbox<Readiness>()
    try await withLoop { loop in
      let sink = Sink(ready: { _, readiness in inbox.put(readiness) })
      _ = try await loop.run { try loop.register(pair.near, [.hangup], sink: sink, tag: 0) }
      shutdown(pair.far, Int32(SHUT_WR))
      #expect(await inbox.next() == .hangup)
    }
  }

  @Test("A wake-up fetched for a closed descriptor never reaches the next owner of its number and slot")
  func staleWakeUp() async throws {
    let pairs = [try SocketPair(), try SocketPair()]
    let fresh = try SocketPair()
    let inbox = Inbox<UInt64>()
    try await withLoop { loop in
      let registrations = Locked<[Registration]>([])
      let successor = Sink(ready: { tag, _ in
        inbox.put(tag)
        var byte: UInt8 = 0
        read(pairs[0].near, &byte, 1)
        read(pairs[1].near, &byte, 1)
      })
      let sink = Sink(ready: { tag, _ in
        // Both are readable in this batch; the first to be told takes the other one's place.
        let other = Int(1 - tag)
        inbox.put(tag)
        let old = registrations.value
        for registration in old { loop.deregister(registration) }
        dup2(fresh.near, pairs[other].near)
        let new = try? loop.register(pairs[other].near, .readable, sink: successor, tag: 100)
        #expect(new.map { !old.contains($0) } == true)
        #expect(new.map { new in old.contains { $0.slot == new.slot } } == true)
        // A call with the old registration must not touch the new tenant either.
        for registration in old { loop.deregister(registration) }
        loop.post { write(fresh.far, "x", 1) }
        loop.post { inbox.put(7) }
      })
      write(pairs[0].far, "a", 1)
      write(pairs[1].far, "a", 1)
      try await loop.run {
        let both = try pairs.indices.map {
          try loop.register(pairs[$0].near, .readable, sink: sink, tag: UInt64($0))
        }
        registrations.set(both)
      }
      let told = await inbox.next(3)
      #expect(told.first.map { $0 < 2 } == true)
      #expect(Array(told.dropFirst()) == [7, 100])
    }
  }

  @Test("A regular file is refused, and leaves the table as it was")
  func refused() async throws {
    try await withLoop { loop in
      let file = tc_memfd_create("file", TC_MFD_CLOEXEC)
      defer { close(file) }
      let sink = Sink()
      await #expect(throws: SystemError(call: "epoll_ctl", errno: EPERM)) {
        _ = try await loop.run { try loop.register(file, .readable, sink: sink, tag: 0) }
      }
      try await loop.run {}
      #expect(loop.statistics.registered == 0)
    }
  }

  @Test("A loop that has stopped has let go of its sinks")
  func letsGo() async throws {
    let pair = try SocketPair()
    weak var held: Sink?
    try await withLoop { loop in
      let sink = Sink()
      held = sink
      try await loop.run {
        _ = try loop.register(pair.near, .readable, sink: sink, tag: 0)
        loop.schedule(after: .seconds(1000), sink: sink, tag: 0)
        loop.atTurnEnd(sink)
      }
    }
    #expect(held == nil)
  }

  @Test("The table grows, and gives freed slots to new tenants under a new generation")
  func table() {
    var table = RegistrationTable(capacity: 2)
    let sink = Sink()
    let all = (0..<100).map { table.insert(Int32($0), .readable, sink: sink, tag: UInt64($0)) }
    #expect(table.count == 100)
    #expect(Set(all).count == 100)
    _ = table.remove(all[40])
    let again = table.insert(7, .writable, sink: sink, tag: 1000)
    #expect(again.slot == all[40].slot)
    #expect(table.recipient(all[40]) == nil)
    #expect(table.recipient(again)?.tag == 1000)
    #expect(table.recipient(all[99])?.tag == 99)
    #expect(Registration(epollData: again.epollData) == again)
  }
}
