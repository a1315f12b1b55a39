import Wire

/// The sessions that are known, in the order in which they are shown: those that wait for somebody first, then by
/// their newest message. A value.
struct SessionList {
  private var rows: [String: SessionRow] = [:]
  /// Sessions that the pages of the list have not named so far.
  private var unnamed: Set<String> = []
  /// The sessions that pass the filter, in order.
  private(set) var shown: [SessionRow] = []
  /// How many there are on the server.
  private(set) var total = 0
  /// Pages that were read.
  private(set) var pages = 0
  var filter = "" { didSet { arrange() } }
  /// Closed ones too.
  var closedToo = false { didSet { arrange() } }
  private(set) var selected: String?
  /// The first row in sight.
  private(set) var top = 0

  subscript(id: String) -> SessionRow? { rows[id] }
  var count: Int { rows.count }
  var hasMore: Bool { pages > 0 && pages * Question.sessionsPerPage < total }
  var selection: SessionRow? { selected.flatMap { rows[$0] } }
  var selectedIndex: Int? { shown.firstIndex { $0.id == selected } }
  /// How many wait for somebody.
  var waiting: Int { rows.values.count { $0.isWaiting && !$0.isHidden } }

  /// Takes a page of the list; what none of its pages names is not there any more.
  mutating func take(page: Int, _ body: [UInt8]) {
    guard let json = JSONSlice(validating: body) else { return }
    if page == 1 { unnamed = Set(rows.keys) }
    for row in (json["sessions"]?.elements ?? []).compactMap(SessionRow.init) {
      rows[row.id] = row
      unnamed.remove(row.id)
    }
    total = json["total"]?.int.flatMap { Int(exactly: $0) } ?? rows.count
    pages = page
    if !hasMore { for id in unnamed { rows[id] = nil } }
    arrange()
  }

  /// Takes a session as it is now.
  mutating func take(_ session: JSONSlice) {
    guard let row = SessionRow(session) else { return }
    rows[row.id] = row
    arrange()
  }

  /// Takes a row of the change feed (STREAMS section 6).
  mutating func take(change name: String, _ data: JSONSlice) {
    guard let payload = data["payload"], let id = data["session_id"]?.string else { return }
    if let session = payload["session"] { return take(session) }
    guard var row = rows[id] else { return }
    switch name {
    case "session.status", "session.closed":
      row.status = payload["status"]?.string ?? row.status
      row.activity = payload["activity"]?.string
    case "agent.activity": row.activity = payload["state"]?.string ?? row.activity
    case "transcript.appended":
      row.updated = (payload["updated_at"]?.string).flatMap { Timestamp($0) } ?? row.updated
    default: return
    }
    rows[id] = row
    arrange()
  }

  // MARK: Moving

  mutating func move(by count: Int) {
    guard !shown.isEmpty else { return }
    let index = (selectedIndex ?? 0) + (selectedIndex == nil ? 0 : count)
    selected = shown[min(max(0, index), shown.count - 1)].id
  }

  mutating func select(index: Int) {
    if shown.indices.contains(index) { selected = shown[index].id }
  }

  mutating func select(_ id: String) { selected = id }

  /// Keeps the selection in sight.
  mutating func settle(rows: Int) {
    if let index = selectedIndex {
      top = min(top, index)
      top = max(top, index - rows + 1)
    }
    top = max(0, min(top, shown.count - rows))
  }

  /// Moves what is in sight; the selection stays in it.
  mutating func scroll(by count: Int, rows: Int) {
    top = max(0, min(top + count, shown.count - rows))
    if let index = selectedIndex { select(index: min(max(index, top), top + rows - 1)) }
  }

  private mutating func arrange() {
    let words = filter.lowercased().split(separator: " ").map(String.init)
    shown = rows.values.filter { row in
      !row.isHidden && (closedToo || row.status != "closed") && (words.isEmpty || row.matches(words))
    }
    shown.sort { left, right in
      if left.isPinned != right.isPinned { return left.isPinned }
      if left.isWaiting != right.isWaiting { return left.isWaiting }
      let (one, other) = (left.updated?.milliseconds ?? 0, right.updated?.milliseconds ?? 0)
      return one != other ? one > other : left.id < right.id
    }
    if selected == nil || selectedIndex == nil { selected = shown.first?.id ?? selected }
  }
}
