/// The positions of a stream that carries several sessions: `A:cursor,B:cursor`; `A:` has no transcript yet.
public struct CursorSet: Sendable, Hashable, CustomStringConvertible {
  /// The position in one session.
  public struct Entry: Sendable, Hashable {
    /// Id of the session: printable ASCII without a comma.
    public var session: String
    /// Nil while the session has no transcript.
    public var cursor: Cursor?

    /// A position in a session.
    public init(session: String, cursor: Cursor?) {
      self.session = session
      self.cursor = cursor
    }
  }

  /// In the order of the text; each session once.
  public private(set) var entries: [Entry] = []

  /// No session.
  public init() {}

  /// Strict: nil for an empty text, an unreadable cursor, a session named twice, or more than `limit` sessions.
  public init?(_ text: some StringProtocol, limit: Int = 256) {
    var seen: Set<String> = []
    for item in Array(text.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard entries.count < limit, let colon = item.lastIndex(of: UInt8(ascii: ":")), colon > item.startIndex,
        item.allSatisfy({ (0x21...0x7e).contains($0) })
      else { return nil }
      let session = String(decoding: item[..<colon], as: UTF8.self)
      guard seen.insert(session).inserted else { return nil }
      let rest = item[(colon + 1)...]
      let cursor = Cursor(bytes: rest)
      guard cursor != nil || rest.isEmpty else { return nil }
      entries.append(Entry(session: session, cursor: cursor))
    }
  }

  /// The position in a session; setting one that is not there yet adds it at the end.
  public subscript(session: String) -> Cursor? {
    get { entries.first { $0.session == session }?.cursor }
    set {
      if let index = entries.firstIndex(where: { $0.session == session }) {
        entries[index].cursor = newValue
      } else {
        entries.append(Entry(session: session, cursor: newValue))
      }
    }
  }

  /// Appends the text form.
  public func append(to target: inout [UInt8]) {
    for (index, entry) in entries.enumerated() {
      if index > 0 { target.append(UInt8(ascii: ",")) }
      target.append(contentsOf: entry.session.utf8)
      target.append(UInt8(ascii: ":"))
      entry.cursor?.append(to: &target)
    }
  }

  /// The text form.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
