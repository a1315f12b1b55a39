import Wire

/// Going to a place that need not be held.
extension OpenSession {
  /// Goes to a place, as soon as there is something to go through.
  mutating func go(to destination: Destination) -> [TerminalAction] {
    stopHunt()
    self.destination = destination
    guard isLoaded else { return [] }
    switch destination {
    case .time(let time): return read(.later(than: Timestamp(milliseconds: time.milliseconds - 1).iso8601))
    case .record(let cursor, let text):
      if let number = number(of: cursor, exactly: true) {
        arrive(at: number, text)
        return more()
      }
      // What stands before it is read first, so that it is found by its place, whatever it shows.
      clear()
      return read(.before(cursor.description))
    }
  }

  /// What is to be read further for a destination, once the page before it has come.
  /// - Returns: nil when nobody is on the way to a record.
  mutating func approach(_ page: HistoryPage) -> [TerminalAction]? {
    guard case .record(let cursor, _) = destination else { return nil }
    return read(.after(page.nextAfter ?? "\(cursor.epoch)-0"))
  }

  /// The page that has the record is held.
  mutating func arrive() {
    guard case .record(let cursor, let text) = destination else { return }
    if let number = number(of: cursor, exactly: false) {
      arrive(at: number, text)
    } else {
      destination = nil
      remark = .bad("that record is not in the transcript any more")
    }
  }

  /// Takes the page that begins with a moment.
  mutating func take(since page: HistoryPage) -> [TerminalAction] {
    // Somebody has gone elsewhere while it was read.
    guard case .time = destination else { return more() }
    guard !Transcript(page.events).isEmpty else {
      remark = .bad("nothing was written then or later; this is the end")
      return toEnd()
    }
    clear()
    hasOlder = page.hasMoreBefore
    view.transcript.append(page.events, upTo: page.nextAfter)
    olderFrom = page.nextBefore ?? view.transcript.firstID
    isAttached = !page.hasMoreAfter && !Cursor.isBeyond(stream.lastID, view.transcript.last)
    arrive(at: view.transcript.numbers.lowerBound, nil)
    return more()
  }

  /// Nothing is held any more; what is read next may be from anywhere.
  private mutating func clear() {
    view.transcript = Transcript()
    view.pause()
    (isAttached, hasOlder, olderFrom) = (false, false, nil)
  }

  private mutating func arrive(at number: Int, _ text: String?) {
    destination = nil
    if let text { searched = text }
    view.show(item: number, text)
  }

  /// The item that shows a record, or the one before it: an answer stands with its call.
  private func number(of cursor: Cursor, exactly: Bool) -> Int? {
    let places = view.transcript.numbers.compactMap { number in
      view.transcript[number].id.flatMap { Cursor($0) }.map { (number, $0) }
    }
    .filter { $0.1.epoch == cursor.epoch }
    if let exact = places.first(where: { $0.1.offset == cursor.offset }) { return exact.0 }
    return exactly ? nil : (places.last { $0.1.offset < cursor.offset } ?? places.first)?.0
  }
}
