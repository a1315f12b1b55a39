import StreamServer
import Tail
import Testing
import Wire

@Suite("Frames on the wire")
struct FrameEncoderTests {
  private func encode(_ transport: Transport, _ frame: Frame, session: String = "s1") -> [UInt8] {
    let variant = Variant(view: .events, transport: transport)
    var bytes: [UInt8] = []
    FrameEncoder(variant: variant, session: session).append(frame, line: line, into: &bytes)
    return bytes
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("SSE has the event, the id and the data, each on a line of its own")
  func plain() {
    let frame = Frame(event: "turn", data: Array("{}".utf8), id: .part(2))
    #expect(text(encode(.ssePlain, frame)) == "event: turn\nid: 9f3c21aa-18442.2\ndata: {}\n\n")
    #expect(text(encode(.ssePlain, Frame(data: Array("{}".utf8)))) == "data: {}\n\n")
    #expect(text(encode(.ssePlain, .done)) == "data: [DONE]\n\n")
  }

  @Test("A chunk announces exactly the bytes of its frame", arguments: [0, 1, 15, 200, 255, 4096, 70_000])
  func chunked(size: Int) throws {
    let data = [UInt8](repeating: UInt8(ascii: "7"), count: size)
    for frame in [Frame(data: data), Frame(event: "message", data: data, id: .record)] {
      let bytes = encode(.sseChunked, frame)
      let head = try #require(bytes.firstIndex(of: 13))
      let length = try #require(Int(text(Array(bytes[..<head])), radix: 16))
      #expect(Array(bytes[(head + 2)...].prefix(length)) == encode(.ssePlain, frame))
      #expect(Array(bytes[(head + 2 + length)...]) == [13, 10])
    }
  }

  @Test("A WebSocket message names its topic, and its data is JSON", arguments: [1, 60, 126, 70_000])
  func webSocket(size: Int) throws {
    let data = [UInt8](repeating: UInt8(ascii: "7"), count: size)
    let bytes = encode(.webSocket, Frame(event: "message", data: data, id: .record), session: "a\"b")
    #expect(bytes[0] == 0x81)
    let header = bytes[1] < 126 ? 2 : bytes[1] == 126 ? 4 : 10
    let length = header == 2 ? Int(bytes[1]) : bytes[2..<header].reduce(0) { $0 << 8 | Int($1) }
    #expect(bytes.count == header + length)
    let payload = try #require(JSONSlice(validating: Array(bytes[header...])))
    #expect(payload["op"]?.string == "event")
    #expect(payload["topic"]?.string == "transcript:a\"b")
    #expect(payload["event"]?.string == "message")
    #expect(payload["id"]?.string == "9f3c21aa-18442")
    #expect(payload["data"].map { Array($0.bytes) } == data)
  }

  @Test("On a WebSocket the end of a ui stream is a JSON string")
  func webSocketDone() {
    let expected = #"{"op":"event","topic":"transcript:s1","event":"message","data":"[DONE]"}"#
    #expect(text(Array(encode(.webSocket, .done).dropFirst(2))) == expected)
  }

  @Test("A caller's own id takes the place of the position")
  func ownID() {
    let encoder = FrameEncoder(variant: Variant(view: .events, transport: .ssePlain), session: "s1")
    var bytes: [UInt8] = []
    encoder.append(Frame(data: [0x31], id: .record), idText: Array("A:1,B:2".utf8), into: &bytes)
    #expect(text(bytes) == "id: A:1,B:2\ndata: 1\n\n")
  }

  @Test("An encoded record knows where each frame ends and what id it carries")
  func encodedRecord() {
    let variant = Variant(view: .events, transport: .ssePlain)
    let frames = [
      Frame(data: [0x31], id: .part(1)), Frame(event: "meta", data: [0x32]), Frame(data: [0x33], id: .record),
    ]
    let encoded = EncodedRecord(frames, at: line, encoder: FrameEncoder(variant: variant, session: "s1"))
    #expect(encoded.ids == [.part(1), nil, .record])
    #expect(encoded.ends.last == encoded.bytes.count)
    var start = 0
    for (frame, end) in zip(frames, encoded.ends) {
      #expect(Array(encoded.bytes[start..<end]) == encode(.ssePlain, frame))
      start = end
    }
  }
}
