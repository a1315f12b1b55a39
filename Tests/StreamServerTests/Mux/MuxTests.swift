import TestSupport
import Testing
import Wire

@testable import StreamServer

@Suite("Terminals over a socket, as values")
struct MuxTests {
  private func read(_ text: String) throws -> MuxRequest {
    try MuxRequest(#require(JSONSlice(validating: Array(text.utf8))))
  }

  @Test("What a client asks for is read, each member by its name")
  func requests() throws {
    let size = TerminalSize(columns: 80, rows: 24)
    #expect(
      try read(#"{"ch":"terminal","op":"open","id":"a","cols":80,"rows":24}"#)
        == .open("a", size, watches: false))
    #expect(
      try read(#"{"ch":"terminal","op":"open","id":"a","cols":80,"rows":24,"watch":true}"#)
        == .open("a", size, watches: true))
    #expect(
      try read(#"{"ch":"terminal","op":"resize","id":"a","cols":80,"rows":24}"#) == .resize("a", size))
    #expect(try read(#"{"ch":"terminal","op":"data","id":"a","data":"AP9h"}"#) == .data("a", [0, 255, 97]))
    #expect(try read(#"{"ch":"terminal","op":"close","id":"a"}"#) == .close("a"))
  }

  @Test(
    "A message that lacks something is refused by the name of what it lacks",
    arguments: [
      ("ch", #"{"op":"close","id":"a"}"#), ("op", #"{"ch":"terminal","id":"a"}"#),
      ("id", #"{"ch":"terminal","op":"close"}"#), ("data", #"{"ch":"terminal","op":"data","id":"a"}"#),
      ("cols", #"{"ch":"terminal","op":"open","id":"a","cols":19,"rows":24}"#),
      ("rows", #"{"ch":"terminal","op":"resize","id":"a","cols":80,"rows":1001}"#),
      ("data", #"{"ch":"terminal","op":"data","id":"a","data":"=AAA"}"#),
    ])
  func refusals(field: String, text: String) throws {
    let refusal = #expect(throws: MuxRefusal.self) { try read(text) }
    #expect(refusal?.code == "VALIDATION_ERROR")
    #expect(refusal?.message.contains(field) == true)
  }

  @Test("A binary message is the terminal's number, highest byte first, and its bytes")
  func frames() {
    let frame = TerminalFrame(number: 0x0102_0304, bytes: [9, 8])
    #expect(frame.encoded == [1, 2, 3, 4, 9, 8])
    #expect(TerminalFrame([1, 2, 3, 4, 9, 8]) == frame)
    #expect(TerminalFrame([1, 2, 3, 4])?.bytes.isEmpty == true)
    #expect(TerminalFrame([1, 2, 3]) == nil)
  }

  @Test("Bytes survive base64 at every length", arguments: 0...10)
  func base64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
    let text = Base64.encode(bytes)
    #expect(text.utf8.count == (count + 2) / 3 * 4)
    #expect(Base64.decode(text.utf8) == bytes)
  }

  @Test("Above one limit a terminal is read no further, and again only below the other")
  func pausing() {
    var limits = MuxLimits()
    (limits.pauseBytes, limits.resumeBytes) = (100, 30)
    var queue = TerminalQueue(limits)
    func show(_ count: Int) { [UInt8](repeating: 7, count: count).withUnsafeBytes { queue.append($0) } }
    show(100)
    #expect(!queue.isPaused)
    show(1)
    #expect(queue.isPaused)
    #expect(queue.take(70).count == 70 && queue.isPaused)
    #expect(queue.take(1).count == 1 && !queue.isPaused)
    show(70)
    #expect(!queue.isPaused && queue.count == 100)
  }

  @Test("What was shown is sent in order and whole, whatever the sizes of reads and slices")
  func order() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    var limits = MuxLimits()
    (limits.pauseBytes, limits.resumeBytes) = (64, 16)
    var queue = TerminalQueue(limits)
    var shown: [UInt8] = []
    var sent: [UInt8] = []
    for _ in 0..<2_000 {
      if !queue.isPaused, Bool.random(using: &random) {
        let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        bytes.withUnsafeBytes { queue.append($0) }
        shown += bytes
      } else {
        sent += queue.take(Int.random(in: 1...50, using: &random))
      }
      #expect(queue.count == shown.count - sent.count && queue.count <= 64 + 40, "seed \(seed)")
    }
    sent += queue.take(.max / 2)
    #expect(sent == shown && queue.isEmpty, "seed \(seed)")
  }
}
