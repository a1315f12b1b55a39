import Dispatch
import Reactor
import Testing

@testable import Tail

@Suite("When events are lost or not to be had")
struct WatchLossTests {
  private let folder = TemporaryFolder()

  @Test("Events beyond what the kernel keeps: everything is listed again and nothing is lost")
  func overflow() async throws {
    folder.makeFolder("root/p")
    folder.makeFolder("root/gone/in")
    folder.append("{\"a\":0}\n", to: "root/p/a.jsonl")
    folder.append("{\"b\":0}\n", to: "root/p/b.jsonl")
    folder.append("{}\n", to: "root/gone/in/c.jsonl")
    let events = max(20_000, (WatchLimits.current()?.queuedEvents ?? 16_384) + 2_000)
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("a")
      _ = try await tail.engine.watch("b")
      let held = DispatchSemaphore(value: 0)
      tail.loop.post { held.wait() }
      // Turn and turn about: equal events side by side would be one.
      for number in 1...(events / 2) {
        folder.append("{\"a\":\(number)}\n", to: "root/p/a.jsonl")
        folder.append("{\"b\":\(number)}\n", to: "root/p/b.jsonl")
      }
      // Nothing of this is told any more.
      folder.append("{}\n", to: "root/p/new.jsonl")
      folder.removeFolder("root/gone")
      folder.makeFolder("root/gone/in/deeper")
      folder.append("{}\n", to: "root/gone/in/deeper/d.jsonl")
      held.signal()
      await tail.expect("a", (1...(events / 2)).map { "{\"a\":\($0)}" })
      await tail.expect("b", (1...(events / 2)).map { "{\"b\":\($0)}" })
      await tail.eventually("not all found again") {
        let found = Set(await tail.engine.entries().filter { $0.status != .closed }.map(\.id))
        return found == ["a", "b", "new", "d"]
      }
      let health = await tail.engine.health()
      #expect(health.overflows >= 1 && health.reconciles >= 1)
      // Directories that were made again are watched again, not only listed.
      for name in ["root/gone/x", "root/gone/in/y", "root/gone/in/deeper/z"] {
        folder.append("{}\n", to: name + ".jsonl")
      }
      await tail.eventually("a directory lost its watch") { await tail.engine.entries().count == 8 }
    }
  }

  @Test("Without events everything is found by polling, and health says why")
  func polling() async throws {
    folder.makeFolder("root/p")
    folder.append("{\"n\":1}\n", to: "root/p/s.jsonl")
    try await withTail(folder, limits: .polling) { tail in
      let health = await tail.engine.health()
      #expect(health.mode == .poll && health.pollReason == "tail.mode is poll" && health.watches == 0)
      #expect(health.polledDirectories == 2)
      _ = try await tail.engine.watch("s")
      folder.append("{\"n\":2}\n", to: "root/p/s.jsonl")
      await tail.expect("s", ["{\"n\":2}"])
      folder.makeFolder("root/q/r")
      folder.append("{}\n", to: "root/q/r/new.jsonl")
      await tail.eventually("not found") { await tail.engine.entry("new") != nil }
      folder.rewrite("root/p/s.jsonl", "{\"x\":1}\n")
      await tail.expect("s", ["{\"x\":1}"])
      folder.removeFolder("root/q")
      await tail.eventually("not closed") { await tail.engine.entry("new")?.status == .closed }
      #expect(await tail.engine.health().polledDirectories == 2)
    }
  }

  @Test(
    "Over the limit of watches the rest is polled, health says so, and watches are taken when they are free")
  func watchLimit() async throws {
    for name in ["a", "b", "c", "d"] { folder.makeFolder("root/\(name)") }
    var limits = TailLimits.quiet
    limits.maxWatches = 3
    limits.pollInterval = .milliseconds(20)
    try await withTail(folder, limits: limits) { tail in
      let health = await tail.engine.health()
      #expect(health.mode == .poll && health.watches == 3 && health.polledDirectories == 2)
      #expect(health.pollReason == "the limit on inotify watches is reached (fs.inotify.max_user_watches)")
      for name in ["a", "b", "c", "d"] { folder.append("{\"n\":1}\n", to: "root/\(name)/s\(name).jsonl") }
      await tail.eventually("not all found") { await tail.engine.entries().count == 4 }
      for name in ["a", "b", "c", "d"] { _ = try await tail.engine.watch("s\(name)") }
      for name in ["a", "b", "c", "d"] { folder.append("{\"n\":2}\n", to: "root/\(name)/s\(name).jsonl") }
      for name in ["a", "b", "c", "d"] { await tail.expect("s\(name)", ["{\"n\":2}"]) }
      for name in ["a", "b"] { folder.removeFolder("root/\(name)") }
      await tail.eventually("still polling") { await tail.engine.health().mode == .inotify }
      #expect(await tail.engine.health().pollReason == nil)
    }
  }

  @Test("A linked file that no watch is left for is looked at with each poll")
  func linkOverLimit() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n", to: "far")
    folder.symlink("../far", at: "root/s.jsonl")
    var limits = TailLimits.quiet
    limits.maxWatches = 1
    limits.pollInterval = .milliseconds(20)
    try await withTail(folder, limits: limits) { tail in
      _ = try await tail.engine.watch("s")
      folder.append("{\"n\":2}\n", to: "far")
      await tail.expect("s", ["{\"n\":2}"])
    }
  }

  @Test("The slow listing finds what gives no event")
  func reconcile() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n", to: "far")
    folder.symlink("../far", at: "root/s.jsonl")
    var limits = TailLimits.quiet
    limits.reconcileInterval = .milliseconds(20)
    try await withTail(folder, limits: limits) { tail in
      folder.append("{\"n\":2}\n", to: "far")
      await tail.eventually("the target's growth is not seen") {
        await tail.engine.entry("s")?.facts.size == 16
      }
    }
  }
}
