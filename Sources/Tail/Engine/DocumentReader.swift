import Glibc
import Reactor
import Store
import Wire

/// A transcript that is one JSON document, rewritten as a whole at every change (Gemini before 0.39), as it stands at
/// one moment. Positions in it are counts of messages.
struct DocumentReader: Sendable {
  var facts: FileFacts
  private let json: JSONSlice
  private let document: GeminiDocument

  /// Its messages, oldest first.
  var messages: [JSONSlice] { document.messages }

  /// Reads and parses; blocks. A file that is empty or half written fails with EAGAIN: its writer is at work.
  static func read(_ path: String, limit: Int) throws(SystemError) -> DocumentReader {
    let file = try OpenFile(path)
    let facts = try file.facts()
    guard facts.size <= UInt64(limit) else {
      throw SystemError(call: "document over tail.max_document_bytes", errno: EFBIG)
    }
    let bytes = try file.read(at: 0, count: Int(facts.size) + 1)
    guard let json = JSONSlice(validating: bytes[...]), let document = GeminiDocument(document: json) else {
      throw SystemError(call: "parse", errno: EAGAIN)
    }
    return DocumentReader(facts: facts, json: json, document: document)
  }

  /// The agent's own id of the session.
  var sessionID: String? { json["sessionId"]?.string.map(TranscriptName.legal) }

  /// What tells this conversation from any other.
  var firstHash: [UInt8] {
    Digest.sha256(Array((json["sessionId"]?.bytes ?? []) + (json["startTime"]?.bytes ?? [])))
  }

  /// Proof of which messages stand before a position: a hash of their ids.
  func witness(of count: Int) -> Witness {
    var ids: [UInt8] = []
    for index in 0..<min(count, messages.count) { ids += Array(document.id(at: index).utf8) + [0] }
    return Witness(end: UInt64(min(count, messages.count)), bytes: Digest.sha256(ids))
  }

  /// The opening of it, compared with what was stored.
  func opened(known: FileIdentityRow?) -> OpenedTranscript {
    var incarnation = known?.incarnation ?? 0
    var replaced = false
    if let known,
      known.firstHash != firstHash || UInt64(messages.count) < known.position
        || witness(of: Int(known.position)).bytes != known.witness
    {
      incarnation &+= 1
      replaced = true
    }
    let identity = FileIdentity(
      device: facts.device, inode: facts.inode, incarnation: incarnation, firstHash: firstHash)
    return OpenedTranscript(
      facts: facts, identity: identity, incarnation: incarnation, boundary: UInt64(messages.count),
      witness: witness(of: messages.count), replaced: replaced)
  }

  /// What a listing shows.
  func summary() -> SessionSummary {
    var summary = SessionSummary()
    var decoder = TranscriptDecoder(agent: .gemini)
    summary.absorb(document.meta)
    for record in document.records { summary.absorb(decoder.decode(record)) }
    return summary
  }
}
