import Tail

/// The order of sessions, and what lists filter them by: keys only, kept up to date by the news of the tail, so that
/// a page of ten thousand sessions costs no reading and little copying. A value inside the control plane.
struct SessionIndex: Sendable {
  /// What a list sorts by.
  enum Order: String, Sendable, CaseIterable {
    case created = "created_at"
    case updated = "updated_at"
    case lastMessage = "last_message_at"
  }

  /// The keys of one session.
  struct Row: Sendable {
    var id: String
    var agent: String
    var status: String
    var project: String?
    var projectID: String?
    var mode: String?
    var tags: [String]
    /// The session that this one is a sub-agent of.
    var parent: String?
    var createdMS: Int64
    var updatedMS: Int64
    var lastMessageMS: Int64

    func key(_ order: Order) -> Int64 {
      switch order {
      case .created: createdMS
      case .updated: updatedMS
      case .lastMessage: lastMessageMS
      }
    }
  }

  private(set) var rows: [String: Row] = [:]
  /// Ids by key, oldest first, as they were when a list last asked.
  private var sorted: [Order: [String]] = [:]
  /// The sessions whose key has changed since; nobody may ask for long, so it costs an insertion.
  private var moved: [Order: Set<String>] = [:]

  /// Puts a session in, or its new keys.
  mutating func put(_ view: SessionView) {
    let row = Row(view)
    let old = rows.updateValue(row, forKey: row.id)
    for order in Order.allCases where sorted[order] != nil && old?.key(order) != row.key(order) {
      moved[order, default: []].insert(row.id)
    }
  }

  /// A session's transcript grew, and nothing else of it changed. Happens with every line, so it asks for no more than
  /// the transcript.
  /// - Returns: false when the session is not here.
  mutating func grew(_ entry: SessionEntry) -> Bool {
    guard let index = rows.index(forKey: entry.id) else { return false }
    let updatedMS = entry.updatedMS
    guard rows.values[index].updatedMS < updatedMS else { return true }
    rows.values[index].updatedMS = updatedMS
    if sorted[.updated] != nil { moved[.updated, default: []].insert(entry.id) }
    // Without a message's own time the file's stands for it.
    guard entry.summary.lastTimestamp == nil else { return true }
    rows.values[index].lastMessageMS = updatedMS
    if sorted[.lastMessage] != nil { moved[.lastMessage, default: []].insert(entry.id) }
    return true
  }

  /// Takes a session out.
  mutating func remove(_ id: String) {
    guard rows.removeValue(forKey: id) != nil else { return }
    sorted = [:]
  }

  /// The ids of the sessions that pass, in order.
  mutating func ids(by order: Order, descending: Bool, where passes: (Row) -> Bool) -> [String] {
    let ordered = sort(order)
    var ids: [String] = []
    for id in ordered {
      if let row = rows[id], passes(row) { ids.append(id) }
    }
    return descending ? ids.reversed() : ids
  }

  /// Equal keys are ordered by id, so that pages of one state never overlap. Only what has moved is sorted anew.
  private mutating func sort(_ order: Order) -> [String] {
    let known = sorted.removeValue(forKey: order) ?? []
    let moved = known.isEmpty ? Set(rows.keys) : self.moved.removeValue(forKey: order) ?? []
    guard !moved.isEmpty else {
      sorted[order] = known
      return known
    }
    self.moved[order] = nil
    let late = moved.compactMap { id in rows[id].map { ($0.key(order), id) } }.sorted { $0 < $1 }
    var merged: [String] = []
    merged.reserveCapacity(rows.count)
    var next = 0
    for id in known where !moved.contains(id) {
      guard let row = rows[id] else { continue }
      while next < late.count, late[next] < (row.key(order), id) {
        merged.append(late[next].1)
        next += 1
      }
      merged.append(id)
    }
    merged += late[next...].map(\.1)
    sorted[order] = merged
    return merged
  }
}

extension SessionIndex.Row {
  init(_ view: SessionView) {
    self.init(
      id: view.id, agent: view.agent, status: view.status, project: view.projectPath,
      projectID: view.managed?.projectID, mode: view.managed?.mode, tags: view.managed?.tags ?? [],
      parent: view.entry.parent, createdMS: view.createdMS, updatedMS: view.updatedMS,
      lastMessageMS: view.entry.lastMessageMS ?? view.updatedMS)
  }
}
