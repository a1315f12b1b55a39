import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET sessions/{id}/records/{cursor}`
  func showRecord(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    guard let cursor = call.cursor("cursor") else { throw .invalidCursor("cursor") }
    let facts = try await facts(entry.id)
    let bytes: [UInt8]
    switch await history.line(facts, at: Cursor(epoch: cursor.epoch, offset: cursor.offset)) {
    case .success(let line): bytes = line
    case .failure(let fault): throw .archive(fault)
    }
    guard let block = call.number("block") else {
      let isJSON = JSONSlice(validating: bytes) != nil
      return .response(
        Self.sealed(bytes, isJSON ? "application/json; charset=utf-8" : "application/octet-stream"))
    }
    for case .record(let json, _) in splitLine(bytes[...]) {
      guard let media = decodeMedia(agent: entry.agent, record: json, index: block) else { continue }
      // The text of a base64 value has no escapes but perhaps "\/", which decoding the string takes care of.
      guard let text = media.base64.string, let image = Base64.decode(text.utf8) else { break }
      return .response(Self.sealed(image, Self.shownTypes.contains(media.mediaType) ? media.mediaType : nil))
    }
    throw Problem(.recordNotFound, "the record has no image or document \(block)")
  }

  /// What a browser may show. Transcripts hold whatever an agent read from anywhere: a page among it must never run
  /// as a page of this server.
  private static let shownTypes: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]

  private static func sealed(_ body: [UInt8], _ type: String?) -> Response {
    Response(
      status: 200,
      headers: [
        ("content-type", type ?? "application/octet-stream"), ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("content-disposition", type == nil ? "attachment" : "inline"),
        // A position never gets other content: its epoch would be another one.
        ("cache-control", "private, max-age=31536000, immutable"),
      ], body: body)
  }
}
