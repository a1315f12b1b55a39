import Wire

/// What a listing says about a session, gathered from the events of the first and the last pages of its transcript.
///
/// Absorb the head before the tail: of most values the last one counts.
public struct SessionSummary: Sendable, Hashable {
  /// Characters of `lastMessage` and `firstPrompt`.
  public static let textLimit = 200

  /// What the session is called, by its user or by the agent.
  public internal(set) var title: String?
  /// The first text of a user, as plain text of at most 200 characters: a title for a session without one.
  public internal(set) var firstPrompt: String?
  /// The agent's id of the session.
  public internal(set) var sessionID: String?
  /// Working directory.
  public internal(set) var cwd: String?
  /// The model that answered last.
  public internal(set) var model: String?
  /// Version of the agent.
  public internal(set) var version: String?
  /// Branch that is checked out.
  public internal(set) var gitBranch: String?
  /// The earliest time of a message, as the agent wrote it.
  public internal(set) var firstTimestamp: String?
  /// The latest time of a message, as the agent wrote it.
  public internal(set) var lastTimestamp: String?
  /// The last text said, as plain text of at most 200 characters.
  public internal(set) var lastMessage: String?
  /// Who said it.
  public internal(set) var lastRole: Role?
  /// Whether a turn runs; nil if no mark was read.
  public internal(set) var turnOpen: Bool?
  /// The session that this one was started or forked from.
  public internal(set) var parentSessionID: String?
  /// True if every message is a sub-agent's; false without messages.
  public internal(set) var isSidechain = false
  /// The session that goes on where this one ends.
  public internal(set) var continuedIn: String?

  var sawMainMessage = false
  var first: Timestamp?
  var last: Timestamp?

  /// Nothing is known.
  public init() {}

  /// Takes in the events of records in file order.
  public mutating func absorb(_ events: [TranscriptEvent]) {
    var newest: (text: JSONSlice, role: Role)?
    for event in events {
      switch event {
      case .message(let message):
        absorb(message)
        if !message.hidden, let text = message.blocks.lazy.compactMap(\.plainText).last {
          newest = (text, message.role)
        }
      case .turn(let turn): turnOpen = turn.state == .started
      case .meta(let key, let value): absorb(key: key, value)
      default: break
      }
    }
    // Only the last text is worth decoding.
    if let newest {
      lastMessage = Self.plain(newest.text)
      lastRole = newest.role
    }
  }

  /// What a chain of files says: this one of those before, `later` of the one after them.
  func continued(by later: SessionSummary) -> SessionSummary {
    var all = later
    all.title = later.title ?? title
    all.firstPrompt = firstPrompt ?? later.firstPrompt
    all.sessionID = later.sessionID ?? sessionID
    all.cwd = later.cwd ?? cwd
    all.model = later.model ?? model
    all.version = later.version ?? version
    all.gitBranch = later.gitBranch ?? gitBranch
    all.firstTimestamp = firstTimestamp ?? later.firstTimestamp
    if later.lastTimestamp == nil { all.lastTimestamp = lastTimestamp }
    if later.lastMessage == nil { (all.lastMessage, all.lastRole) = (lastMessage, lastRole) }
    all.parentSessionID = parentSessionID ?? later.parentSessionID
    return all
  }

  private mutating func absorb(_ message: Message) {
    if !message.sidechain { sawMainMessage = true }
    isSidechain = !sawMainMessage
    if let model = message.model, !message.isError { self.model = model }
    if firstPrompt == nil, message.role == .user, !message.hidden,
      let text = message.blocks.lazy.compactMap(\.plainText).first
    {
      firstPrompt = Self.plain(text)
    }
    // Records are not in the order of their times.
    guard let text = message.timestamp, let time = Timestamp(text) else { return }
    if first.map({ time < $0 }) ?? true { (first, firstTimestamp) = (time, text) }
    if last.map({ time >= $0 }) ?? true { (last, lastTimestamp) = (time, text) }
  }

  private mutating func absorb(key: String, _ value: JSONSlice) {
    guard let text = value.string else { return }
    switch key {
    case MetaKey.title: title = text
    case MetaKey.session: sessionID = text
    case MetaKey.cwd: cwd = text
    case MetaKey.model: model = text
    case MetaKey.version: version = text
    case MetaKey.gitBranch: gitBranch = text
    case MetaKey.parent: parentSessionID = text
    case MetaKey.continuedIn: continuedIn = text
    default: break
    }
  }

  /// The beginning of a JSON string as one line. Works on bytes: what Unicode says of each character would cost
  /// more than all else that a listing reads.
  static func plain(_ json: JSONSlice) -> String {
    var line: [UInt8] = []
    line.reserveCapacity(4 * textLimit)
    var count = 0
    var isGap = false
    for byte in json.stringPrefix(bytes: 4_096).utf8 {
      if byte == 0x20 || (0x09...0x0D).contains(byte) {
        isGap = !line.isEmpty
        continue
      }
      let isContinuation = byte & 0xC0 == 0x80
      if !isContinuation {
        let more = isGap ? 2 : 1
        if count + more > textLimit { break }
        if isGap { line.append(0x20) }
        count += more
        isGap = false
      }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}

extension Block {
  /// What is said, if something is.
  fileprivate var plainText: JSONSlice? {
    if case .text(let text) = self { return text }
    return nil
  }
}

extension JSONSlice {
  /// The text of about the first `limit` bytes of a string; a megabyte is not decoded for its first line.
  fileprivate func stringPrefix(bytes limit: Int) -> String {
    guard kind == .string, utf8Count > limit else { return string ?? "" }
    var position = bytes.startIndex + 1
    let end = bytes.startIndex + limit
    // An escape must not be cut: step over each as a whole.
    while position < end {
      guard bytes[position] == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      position += bytes[position + 1] == UInt8(ascii: "u") ? 6 : 2
    }
    position = min(position, bytes.endIndex - 1)
    // Nor a character of several bytes.
    while position > bytes.startIndex + 1, bytes[position] & 0xc0 == 0x80 { position -= 1 }
    return JSONSlice(Array(bytes[..<position]) + [UInt8(ascii: "\"")]).string ?? ""
  }
}
