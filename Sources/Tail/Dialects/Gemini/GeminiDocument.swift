import Wire

/// A Gemini CLI transcript as it was before 0.39: one JSON document that is written anew at every change.
///
/// The cursor of a message is its ordinal: message `n`, counted from 0, is the record from `n` to `n + 1`.
public struct GeminiDocument: Sendable {
  /// The messages in order, each a record of its own.
  public let messages: [JSONSlice]
  /// The document, whose other members are values of the session.
  private let document: JSONSlice

  /// Takes a complete document; nil if it has no list of messages. Half a document is not JSON: keep the old state.
  public init?(document: JSONSlice) {
    guard let list = document["messages"] ?? document["history"], list.kind == .array else { return nil }
    self.document = document
    messages = list.elements
  }

  /// The id of a message, `#n` if it has none.
  public func id(at index: Int) -> String {
    messages[index]["id"]?.string ?? "#\(index)"
  }

  /// Title, session and directory.
  public var meta: [TranscriptEvent] {
    var dialect = GeminiDialect(limits: DecoderLimits())
    var events: [TranscriptEvent] = []
    dialect.readHead(document, into: &events)
    return events
  }

  /// The messages as records with their ordinals.
  public var records: [Record] {
    messages.enumerated().map { Record(json: $1, start: UInt64($0), end: UInt64($0) + 1) }
  }

  /// What each message is now; all that must be kept to compare the next writing with this one.
  public var digest: Digest {
    Digest(
      ids: messages.indices.map { id(at: $0) }, prints: messages.map { fingerprint($0) })
  }

  /// The ids and hashes of a document's messages. Keeps no part of the document alive.
  public struct Digest: Sendable, Hashable {
    /// By ordinal.
    public let ids: [String]
    fileprivate let prints: [UInt64]
    /// A document without messages.
    public static let empty = Digest(ids: [], prints: [])

    fileprivate init(ids: [String], prints: [UInt64]) {
      self.ids = ids
      self.prints = prints
    }
  }

  /// What a new writing of the document did to the one before it.
  public struct Changes: Sendable, Hashable {
    /// The first message that is gone, with all after it; feed `{"$rewindTo":id}` (`rewind`) to the decoder.
    public var retracted: String?
    /// Ordinals of messages that stood there before and have changed.
    public var changed: [Int]
    /// Ordinals of messages that are new.
    public var added: Range<Int>
    /// True when nothing changed.
    public var isEmpty: Bool { retracted == nil && changed.isEmpty && added.isEmpty }
  }

  /// Compares this document with the digest of the one before.
  public func changes(since old: Digest) -> Changes {
    let new = digest
    var shared = 0
    while shared < min(old.ids.count, new.ids.count), old.ids[shared] == new.ids[shared] { shared += 1 }
    return Changes(
      retracted: shared < old.ids.count ? old.ids[shared] : nil,
      changed: (0..<shared).filter { old.prints[$0] != new.prints[$0] },
      added: shared..<new.ids.count)
  }

  /// The record that makes a decoder take back `id` and all after it, standing at `ordinal`.
  public static func rewind(to id: String, at ordinal: Int) -> Record {
    var writer = JSONWriter()
    writer.object { $0.field("$rewindTo", id) }
    return Record(json: JSONSlice(writer.take()), start: UInt64(ordinal), end: UInt64(ordinal))
  }
}
