import Wire

/// The session that is shown: its transcript page by page, then live. Events and answers in, actions out. A value.
///
/// What is held has its end at the transcript's end (`isAttached`) or somewhere before it; what comes live is taken in
/// the first case and counted in the second.
struct OpenSession {
  /// Items beside the window at which more are read.
  private static let margin = 40

  let id: String
  var view = TranscriptView()
  private(set) var stream = StreamState()
  /// Messages that came since the end was last in sight.
  private(set) var unread = 0
  /// Why the transcript cannot be shown.
  private(set) var failure: String?
  var hunt: Hunt?
  /// What was last searched.
  var searched: String?
  /// What there is to say.
  var remark: Remark?
  /// The place that somebody is on the way to.
  var destination: Destination?
  /// The page that is being read. Another one that still comes was asked for before somebody went elsewhere.
  private(set) var awaited: Question.Stretch?
  private var isListening = false
  var isAttached = true
  var hasOlder = false
  var olderFrom: String?
  private(set) var isLoaded = false
  /// Live events that came while pages were read.
  private var waiting: [TranscriptEvent] = []

  init(id: String, size: ScreenSize) {
    self.id = id
    view.resize(size)
  }

  /// What is to be done to show it.
  /// - Parameter destination: the place that is shown first; else the end.
  mutating func open(at destination: Destination? = nil) -> [TerminalAction] {
    self.destination = destination
    return read(.end)
  }

  private var name: StreamName { .transcript(id) }
  var isEmpty: Bool { isLoaded && view.transcript.isEmpty }

  /// Takes what is to be said; it is said once.
  mutating func takeRemark() -> Remark? {
    defer { remark = nil }
    return remark
  }

  // MARK: Pages

  /// Takes a page of history.
  mutating func take(_ page: HistoryPage, of stretch: Question.Stretch) -> [TerminalAction] {
    guard stretch == awaited else { return [] }
    awaited = nil
    if page.reset != nil, stretch != .end {
      return anew(remark: "the transcript was rewritten; this is its end")
    }
    switch stretch {
    case .end: return begin(page) + (destination.map { go(to: $0) } ?? [])
    case .later: return take(since: page)
    case .before:
      older(page)
      if let further = approach(page) { return further }
    case .after:
      newer(page)
      arrive()
    }
    return (hunt.map { self.hunt($0) } ?? []) + more()
  }

  /// A page could not be read.
  /// - Parameter isFinal: whether it is not worth while to ask again.
  mutating func failed(_ stretch: Question.Stretch, _ reason: String, isFinal: Bool) -> [TerminalAction] {
    guard stretch == awaited else { return [] }
    awaited = nil
    hunt = nil
    if destination != nil, isLoaded {
      destination = nil
      remark = .bad(reason)
    }
    if isFinal {
      if isLoaded { remark = .bad(reason) } else { failure = reason }
      return []
    }
    return [.wake(.history, milliseconds: 1000)]
  }

  /// What could not be read is asked for again.
  mutating func retry() -> [TerminalAction] {
    if awaited != nil { return [] }
    return isLoaded && (isAttached || !view.transcript.isEmpty) ? more() : open(at: destination)
  }

  mutating func read(_ stretch: Question.Stretch) -> [TerminalAction] {
    awaited = stretch
    return [.ask(.history(id, stretch))]
  }

  private mutating func begin(_ page: HistoryPage) -> [TerminalAction] {
    view.transcript = Transcript()
    view.transcript.append(page.events, upTo: page.nextAfter)
    hasOlder = page.hasMoreBefore
    olderFrom = page.nextBefore ?? view.transcript.firstID
    (isLoaded, isAttached, unread, failure) = (true, true, 0, nil)
    view.follow()
    settleWaiting()
    if isListening { return catchUp() }
    isListening = true
    stream = StreamState(after: view.transcript.last)
    return [.listen(name, after: stream.lastID)] + more()
  }

  private mutating func older(_ page: HistoryPage) {
    view.transcript.prepend(page.events)
    hasOlder = page.hasMoreBefore
    olderFrom = page.nextBefore ?? view.transcript.firstID
    view.settle()
    // What a search has gone through is let go, too: it may go through all of it.
    if view.transcript.bound(fromEnd: true, keeping: hunt?.from.item ?? view.cursor.item) > 0 {
      isAttached = false
      view.settle()
    }
  }

  private mutating func newer(_ page: HistoryPage) {
    if view.transcript.isEmpty {
      hasOlder = page.hasMoreBefore
      olderFrom = page.nextBefore
    }
    view.transcript.append(page.events, upTo: page.nextAfter)
    bound()
    if !page.hasMoreAfter, !Cursor.isBeyond(stream.lastID, view.transcript.last) {
      isAttached = true
      settleWaiting()
    }
    view.settle()
    if isAttached, view.showsEnd() { unread = 0 }
  }

  private mutating func bound() {
    if view.transcript.bound(fromEnd: false, keeping: hunt?.from.item ?? view.top.item) > 0 {
      hasOlder = true
      olderFrom = view.transcript.firstID
    }
    view.settle()
  }

  /// Reads what lies beside the window, if it is not held.
  mutating func more() -> [TerminalAction] {
    guard isLoaded, awaited == nil, !view.transcript.isEmpty || hasOlder else { return [] }
    let numbers = view.transcript.numbers
    if hasOlder, view.top.item - numbers.lowerBound < Self.margin, let olderFrom {
      return read(.before(olderFrom))
    }
    let lowest = view.top.item + view.size.rows
    if !isAttached, numbers.upperBound - lowest < Self.margin, let last = view.transcript.last {
      return read(.after(last))
    }
    return []
  }

  private mutating func anew(remark text: String) -> [TerminalAction] {
    remark = .bad(text)
    isListening = false
    waiting = []
    hunt = nil
    destination = nil
    return [.hangUp(name)] + open()
  }

  /// Reads what came between a page and what is live.
  private mutating func catchUp() -> [TerminalAction] {
    guard Cursor.isBeyond(stream.lastID, view.transcript.last), let last = view.transcript.last else {
      return more()
    }
    isAttached = false
    return read(.after(last))
  }

  // MARK: Live

  /// Takes an event of the stream.
  mutating func take(_ event: StreamEvent) -> [TerminalAction] {
    switch stream.take(event) {
    case .nothing: return []
    case .reset(let data):
      let reason = JSONSlice(validating: Array(data.utf8))?["reason"]?.string ?? "it was changed"
      return anew(remark: "the transcript was rewritten (\(GridText.line(reason))); this is its end")
    case .caughtUp(let missed):
      if let missed {
        remark = .good(missed == 0 ? "connected again, nothing was missed" : "caught up \(missed)")
      }
      return []
    case .event:
      guard let event = TranscriptEvent(event) else { return [] }
      if awaited == .end {
        waiting.append(event)
      } else {
        live(event)
      }
      return []
    }
  }

  /// What came live is on the screen: one layout for all events of a moment.
  mutating func settle() {
    if isAttached { bound() }
    if isAttached, view.isFollowing || view.showsEnd() { unread = 0 }
  }

  private mutating func live(_ event: TranscriptEvent) {
    if let id = event.id, !Cursor.isBeyond(id, view.transcript.last) { return }
    if isAttached {
      unread += view.transcript.append([event])
    } else if event.name == "message" {
      unread += 1
    }
  }

  private mutating func settleWaiting() {
    let events = waiting
    waiting = []
    for event in events { live(event) }
  }

  /// The stream has ended.
  mutating func ended(_ reason: String) -> [TerminalAction] {
    [.wake(.listen(name), milliseconds: stream.ended(reason))]
  }

  mutating func refused(_ reason: String) {
    if isLoaded { remark = .bad(reason) } else { failure = reason }
    _ = stream.ended(reason)
  }

  func listen() -> [TerminalAction] { isListening ? [.listen(name, after: stream.lastID)] : [] }

  // MARK: Going through

  mutating func toEnd() -> [TerminalAction] {
    unread = 0
    hunt = nil
    destination = nil
    if isAttached {
      view.follow()
      return []
    }
    return open()
  }

  mutating func toStart() -> [TerminalAction] {
    hunt = nil
    destination = nil
    guard hasOlder, let epoch = view.transcript.firstID?.split(separator: "-").first else {
      view.toStart()
      return more()
    }
    // Read from the first byte of the oldest content that is held: what is between is let go.
    view.transcript = Transcript()
    view.pause()
    isAttached = false
    hasOlder = false
    return read(.after("\(epoch)-0"))
  }
}
