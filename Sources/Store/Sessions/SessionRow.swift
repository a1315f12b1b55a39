/// What the head and the tail of a session's transcript said, kept so that a restart reads no file.
public struct SessionRow: Sendable, Hashable {
  /// The session's id.
  public var id: String
  /// The agent's name.
  public var agent: String
  /// The newest file of the session's chain.
  public var path: String
  /// The title, once known.
  public var title: String?
  /// The agent's working directory.
  public var cwd: String?
  /// The newest model.
  public var model: String?
  /// When the session began, milliseconds since 1970.
  public var createdMS: Int64?
  /// When it last changed, milliseconds since 1970.
  public var updatedMS: Int64?
  /// The beginning of the newest message.
  public var lastMessage: String?
  /// When the newest message was written, milliseconds since 1970.
  public var lastMessageMS: Int64?
  /// How many messages; nil until they have been counted.
  public var messages: Int?
  /// How many turns; nil until they have been counted.
  public var turns: Int?
  /// The status, `unreadable` among them.
  public var status: String
  /// Why, when the status needs a reason.
  public var reason: String?
  /// The session that this one was forked from or is a sub-agent of.
  public var parent: String?
  /// Bytes of the file when it was read.
  public var bytes: UInt64
  /// The file's modification time when it was read, nanoseconds since 1970.
  public var mtimeNS: Int64
  /// `st_dev`.
  public var device: UInt64
  /// `st_ino`.
  public var inode: UInt64
  /// Whatever else the reader wants back: JSON, opaque to the store.
  public var summary: [UInt8]

  /// A session as its file said.
  public init(
    id: String, agent: String, path: String, title: String? = nil, cwd: String? = nil, model: String? = nil,
    createdMS: Int64? = nil, updatedMS: Int64? = nil, lastMessage: String? = nil, lastMessageMS: Int64? = nil,
    messages: Int? = nil, turns: Int? = nil, status: String, reason: String? = nil, parent: String? = nil,
    bytes: UInt64, mtimeNS: Int64, device: UInt64, inode: UInt64, summary: [UInt8] = []
  ) {
    self.id = id
    self.agent = agent
    self.path = path
    self.title = title
    self.cwd = cwd
    self.model = model
    self.createdMS = createdMS
    self.updatedMS = updatedMS
    self.lastMessage = lastMessage
    self.lastMessageMS = lastMessageMS
    self.messages = messages
    self.turns = turns
    self.status = status
    self.reason = reason
    self.parent = parent
    self.bytes = bytes
    self.mtimeNS = mtimeNS
    self.device = device
    self.inode = inode
    self.summary = summary
  }
}

extension SessionRow {
  static let columns = [
    "id", "agent", "path", "title", "cwd", "model", "created_ms", "updated_ms", "last_message",
    "last_message_ms", "messages", "turns", "status", "reason", "parent", "bytes", "mtime_ns", "device",
    "inode", "summary",
  ]

  init(_ row: Statement) {
    self.init(
      id: row.text(0), agent: row.text(1), path: row.text(2), title: row.optionalText(3),
      cwd: row.optionalText(4), model: row.optionalText(5), createdMS: row.optionalInt64(6),
      updatedMS: row.optionalInt64(7), lastMessage: row.optionalText(8), lastMessageMS: row.optionalInt64(9),
      messages: row.optionalInt(10), turns: row.optionalInt(11), status: row.text(12),
      reason: row.optionalText(13), parent: row.optionalText(14), bytes: row.uint64(15),
      mtimeNS: row.int64(16), device: row.uint64(17), inode: row.uint64(18), summary: row.blob(19))
  }

  func save(in database: Database) throws(StoreError) {
    try database.run(
      Self.upsert, id, agent, path, title, cwd, model, createdMS, updatedMS, lastMessage, lastMessageMS,
      messages,
      turns, status, reason, parent, bytes, mtimeNS, device, inode, summary)
  }

  /// An update in place, not a replacement: the row keeps the number under which its title is found.
  private static let upsert = {
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let updates = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    return """
      INSERT INTO sessions(\(columns.joined(separator: ", "))) VALUES (\(marks))
      ON CONFLICT(id) DO UPDATE SET \(updates)
      """
  }()
}
