import Testing

@testable import Client

@Suite("Progress of a tail")
struct TailProgressTests {
  func event(_ name: String, _ id: String? = nil) -> StreamEvent { StreamEvent(name: name, id: id, data: []) }

  @Test("Without follow the end of the history is the end")
  func finishes() {
    var progress = TailProgress(follow: false)
    #expect(progress.take(event("hello", "e-0")) == .show)
    #expect(progress.take(event("message", "e-5")) == .show)
    #expect(progress.take(event("caught_up", "e-5")) == .finish)
  }

  @Test("A second connection goes on after the last id and greets nobody twice")
  func reconnects() {
    var progress = TailProgress(follow: true)
    progress.connecting()
    for (name, id) in [("hello", "e-0"), ("message", "e-5"), ("caught_up", "e-5")] {
      #expect(progress.take(event(name, id)) == .show)
    }
    progress.connecting()
    #expect(progress.lastID == "e-5")
    #expect(progress.take(event("hello", "e-5")) == .skip)
    #expect(progress.take(event("message", "e-5")) == .skip)
    #expect(progress.take(event("caught_up", "e-5")) == .skip)
    #expect(progress.take(event("message", "e-9.1")) == .show)
    #expect(progress.take(event("message", "e-9")) == .show)
  }

  @Test("A drop before the first record resumes from the id of hello")
  func helloID() {
    var progress = TailProgress(follow: true)
    _ = progress.take(event("hello", "e-0"))
    #expect(progress.lastID == "e-0")
  }

  @Test("Events without id never move the position, a reset does")
  func positions() {
    var progress = TailProgress(follow: true)
    _ = progress.take(event("message", "e-5"))
    _ = progress.take(event("status"))
    #expect(progress.lastID == "e-5")
    #expect(progress.take(event("reset", "f-0")) == .show)
    #expect(progress.lastID == "f-0")
    #expect(progress.take(event("message", "e-5")) == .show)
  }

  @Test("The pause doubles while the server is away, up to 30 s")
  func pauses() {
    var progress = TailProgress(follow: true)
    let pauses = (0..<8).map { _ in
      progress.connecting()
      return progress.pause(retry: 2000)
    }
    #expect(pauses == [2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000])
    _ = progress.take(event("hello"))
    #expect(progress.pause(retry: nil) == 2000)
    #expect(progress.pause(retry: Int.max) == 30_000)
  }
}
