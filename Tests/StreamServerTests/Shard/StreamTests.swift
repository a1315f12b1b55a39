import StreamServer
import Testing
import Wire

@Suite("Streams of a whole server")
struct StreamTests {
  private let two = [
    #"{"role":"user","content":"hello"}"#,
    #"{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#,
  ]

  @Test("A client that resumes inside a line is greeted with the part it has, not with the whole line")
  func helloCarriesThePart() async throws {
    try await StreamBench.with(two) { bench in
      let first = try await bench.client("view=ui").events(until: "")
      let epoch = try #require(first.first?.id.flatMap { Cursor($0) }).epoch
      let end = two.reduce(0) { $0 + $1.utf8.count + 1 }
      let part = Cursor(epoch: epoch, offset: UInt64(end), part: 1).description
      let greeted = try await bench.client("after=\(part)").events(until: "caught_up")
      #expect(greeted.first?.name == "hello")
      #expect(greeted.first?.id == part)
      #expect(greeted.last?.id == Cursor(epoch: epoch, offset: UInt64(end)).description)
    }
  }

  @Test("A reset names the cursor that the client came with, by its own epoch")
  func resetNamesTheCursor() async throws {
    try await StreamBench.with(two) { bench in
      let foreign = "0badcafe-18"
      let events = try await bench.client("after=\(foreign)").events(until: "caught_up")
      let reset = try #require(events.first { $0.name == "reset" })
      let data = try #require(JSONSlice(validating: Array(reset.data.utf8)[...]))
      #expect(data["requested"]?.string == foreign)
      #expect(data["reason"]?.string == "unknown_epoch")
      #expect(events.filter { $0.name == "message" }.count == 2)
    }
  }

  @Test("A live reader of a replaced transcript is told the cursor that it had, by its own epoch")
  func resetOfALiveReader() async throws {
    try await StreamBench.with(two) { bench in
      let client = try await bench.client("view=events")
      let before = try #require(try await client.events(until: "caught_up").last?.id)
      bench.replace([#"{"role":"user","content":"other"}"#])
      let reset = try #require(try await client.events(until: "reset").last)
      let data = try #require(JSONSlice(validating: Array(reset.data.utf8)[...]))
      #expect(data["requested"]?.string == before)
      #expect(data["cursor"]?.string == reset.id && reset.id != before)
    }
  }

  @Test("A reader that the log has left behind goes on from the file, though nothing more is appended")
  func trimmedReaderIsWoken() async throws {
    var limits = StreamLimits()
    limits.ringBytes = 64 << 10
    try await StreamBench.with(two, limits: limits) { bench in
      let slow = try await bench.client("view=raw&tail=0", receiveBuffer: 4096)
      _ = try await slow.events(until: "caught_up")
      // More than the sockets and the log hold together, in two steps: the second one trims the first.
      let line = #"{"role":"user","content":"\#(String(repeating: "x", count: 8000))"}"#
      var written = 0
      repeat {
        bench.append(Array(repeating: line, count: 64))
        written += 64
        let lagged = await bench.statistics { $0.lagged > 0 || $0.bytesOut > 0 }?.lagged ?? 0
        if lagged > 0 { break }
      } while written < 8_192
      var got = 0
      while got < written, let event = try await slow.next() {
        if event.name == "" { got += 1 }
      }
      #expect(got == written)
      #expect(await bench.statistics { _ in true }?.lagged ?? 0 > 0)
    }
  }

  @Test(
    "A `ui` stream that the server ends in the middle of a step closes the step", arguments: ["", "&tail=0"])
  func endsInsideAStep(start: String) async throws {
    try await StreamBench.with(two) { bench in
      let client = try await bench.client("view=ui\(start)")
      var events: [StreamClient.Event] = []
      while let event = try await client.next() {
        events.append(event)
        if event.data.contains(#""type":"start""#) { break }
      }
      // Its place is known now: what comes is not history.
      bench.append([#"{"role":"assistant","content":"live"}"#])
      while let event = try await client.next() {
        events.append(event)
        if event.data.contains("live") { break }
      }
      await bench.server.drain(within: .seconds(3))
      events += try await client.rest()
      var checker = UIStreamChecker(allowsReopening: true)
      for event in events {
        checker.read(event.data == "[DONE]" ? .done : Frame(event: event.name, data: Array(event.data.utf8)))
      }
      #expect(checker.fault == nil)
      #expect(events.last?.data == "[DONE]")
      #expect(events.suffix(3).first?.data == #"{"type":"finish-step"}"#)
    }
  }

  @Test("A `ui` stream whose transcript is replaced in the middle of a step closes the step first")
  func replacedInsideAStep() async throws {
    try await StreamBench.with(two) { bench in
      let client = try await bench.client("view=ui")
      var events: [StreamClient.Event] = []
      while let event = try await client.next() {
        events.append(event)
        if event.data.contains(#""delta":"b""#) { break }
      }
      bench.replace([#"{"role":"assistant","content":"other"}"#])
      while let event = try await client.next() {
        events.append(event)
        if event.data.contains("other") { break }
      }
      var checker = UIStreamChecker(allowsReopening: true)
      for event in events { checker.read(Frame(event: event.name, data: Array(event.data.utf8))) }
      #expect(checker.fault == nil)
      #expect(events.contains { $0.data.contains("data-reset") })
    }
  }
}
