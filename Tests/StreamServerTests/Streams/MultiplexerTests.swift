import Testing
import Wire

@testable import StreamServer

@Suite("Multiplexer")
struct MultiplexerTests {
  private func compose(_ multiplexer: inout Multiplexer, _ frames: String, session: String) -> String {
    var target: [UInt8] = []
    Array(frames.utf8).withUnsafeBytes {
      multiplexer.compose($0, session: session, isChunked: false, into: &target)
    }
    return String(decoding: target, as: UTF8.self)
  }

  @Test("Every id is the set of all positions, and every event says whose it is")
  func ids() {
    var positions = CursorSet()
    positions["A"] = nil
    positions["B"] = Cursor(epoch: Epoch(0xAB), offset: 7)
    var multiplexer = Multiplexer(positions)
    #expect(
      compose(
        &multiplexer, "id: 000000aa-5\nevent: message\ndata: {\"x\":1}\n\nevent: status\ndata: {}\n\n",
        session: "A")
          == """
          id: A:000000aa-5,B:000000ab-7
          event: message
          data: {"session_id":"A","x":1}

          event: status
          data: {"session_id":"A"}


          """)
    #expect(
      compose(&multiplexer, "id: 000000ab-9.2\ndata: {\"session_id\":\"B\"}\n\n", session: "B")
        == "id: A:000000aa-5,B:000000ab-9.2\ndata: {\"session_id\":\"B\"}\n\n")
  }
}
