import Tail
import Wire

extension Archive {
  /// Reads one page for the search index and the time index. Called again and again in the background: requests of
  /// clients come in between.
  ///
  /// - Parameter newestMS: the newest timestamp before `offset`, as the index has it.
  public func index(
    _ facts: TopicFacts, from offset: UInt64, newestMS: Int64?, bytes: Int
  ) -> Result<IndexedPage, ArchiveFault> {
    guard let epoch = facts.epoch else {
      return .success(IndexedPage(rows: [], times: [], through: 0, isDone: true, messages: 0, turns: 0))
    }
    return Result { () throws(ArchiveFault) in
      try reading(facts) { (file) throws(TranscriptFile.Fault) in
        var state = try state(file, at: offset, view: .events, include: .standard)
        var page = IndexedPage(rows: [], times: [], through: offset, isDone: false, messages: 0, turns: 0)
        var newest = newestMS ?? .min
        var nextTime = offset + Self.timeSpan
        try file.items(from: offset) { item in
          let (records, events) = state.lines.read(item)
          for record in records {
            if let time = RecordTime.milliseconds(of: record.json) { newest = max(newest, time) }
          }
          let cursor = Cursor(epoch: epoch, offset: item.end)
          page.add(events, at: cursor)
          if !facts.isDocument { page.addCalls(events, of: facts.agent, at: cursor) }
          page.through = item.end
          if item.end >= nextTime, newest > .min, !facts.isDocument {
            page.times.append((item.end, newest))
            nextTime = item.end + Self.timeSpan
          }
          return item.end - offset < UInt64(bytes)
        }
        // The last entry says what the next page has to begin with: a gap in the newest time would hide records.
        if newest > .min, !facts.isDocument, page.times.last?.offset != page.through {
          page.times.append((page.through, newest))
        }
        if facts.isDocument {
          var lines = LineRenderer(agent: facts.agent, profile: .unknown)
          try file.items(from: 0) { item in
            page.addCalls(
              lines.read(item).events, of: facts.agent, at: Cursor(epoch: epoch, offset: item.end))
            return true
          }
        }
        page.isDone = page.through >= facts.head
        page.hasReaders = hasReaders
        hasReaders = false
        // Also at the end: when the session grows, the next page begins there. A document may be rewritten before it.
        if !page.isDone || !facts.isDocument {
          states.put(
            state,
            for: .init(
              session: facts.session, epoch: epoch, view: .events, include: .standard, offset: page.through))
        }
        return page
      }
    }
  }

  /// One entry of the time index for about this many bytes.
  private static let timeSpan: UInt64 = 64 << 10
}

extension IndexedPage {
  mutating func add(_ events: [TranscriptEvent], at cursor: Cursor) {
    for event in events {
      switch event {
      case .turn(let turn) where turn.state == .started: turns += 1
      case .damaged(let damage): damages.append(damage)
      case .message(let message) where !message.hidden:
        messages += 1
        var text = ""
        for case .text(let slice) in message.blocks {
          if !text.isEmpty { text += "\n" }
          text += slice.string ?? ""
        }
        if !text.isEmpty {
          rows.append(Row(cursor: cursor, role: message.role, timestamp: message.timestamp, text: text))
        }
      default: break
      }
    }
  }

  mutating func addCalls(_ events: [TranscriptEvent], of agent: AgentKind, at cursor: Cursor) {
    for event in events {
      switch event {
      case .message(let message):
        guard let usage = message.usage else { continue }
        add(usage, call: message.call, model: message.model, of: agent, at: cursor)
      case .usage(let usage): add(usage.json, call: usage.call, model: usage.model, of: agent, at: cursor)
      default: break
      }
    }
  }

  private mutating func add(
    _ usage: JSONSlice, call: UInt64?, model: String?, of agent: AgentKind, at cursor: Cursor
  ) {
    // What an agent wrote in the place of a model used nothing.
    guard let tokens = TokenUsage(usage, of: agent), tokens.total > 0 else { return }
    let key = call ?? UInt64(cursor.epoch.value) << 32 ^ cursor.offset
    if calls.last?.key == key { calls.removeLast() }
    calls.append(ModelCall(key: key, model: model, tokens: tokens))
  }
}
