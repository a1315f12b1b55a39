import Wire

/// All that the TUI knows: keys, answers and events in, actions out. A value, without a terminal and without a clock.
struct TerminalModel {
  /// Which part keys go to.
  enum Pane { case sessions, transcript }

  /// What lies over the rest.
  enum Overlay: Equatable {
    case help
    case details([Span])
  }

  /// Columns from which list and transcript stand beside each other.
  static let wide = 110
  /// How long a remark is shown, in milliseconds.
  private static let remarkTime = 6000

  var size: ScreenSize
  var list = SessionList()
  /// What is shown in the place of the list.
  var found: SearchResults?
  var open: OpenSession?
  var pane = Pane.sessions
  var prompt: Prompt?
  var overlay: Overlay?
  var overlayTop = 0
  var feed = StreamState()
  var remark: Remark?
  var mouse = true
  /// What the agent asks, while it is being answered.
  var pending: PendingQuestion?
  /// Texts that are not sent yet, by session.
  var drafts: [String: String] = [:]
  /// Messages whose way to the agent is still shown.
  var outgoing: [OutgoingText] = []

  init(size: ScreenSize) { self.size = size }

  /// What is to be done first.
  /// - Parameter session: the session to show; else the list.
  mutating func begin(session: String?) -> [TerminalAction] {
    let actions: [TerminalAction] = [.listen(.feed, after: nil), .wake(.minute, milliseconds: 60_000)]
    return actions + (session.map { show($0) } ?? [])
  }

  /// Takes what happened.
  mutating func take(_ input: TerminalInput) -> [TerminalAction] {
    var actions: [TerminalAction]
    switch input {
    case .key(let key): actions = take(key)
    case .resized(let size):
      self.size = size
      arrange()
      actions = [.redraw] + (open?.more() ?? [])
    case .answered(let question, let result): actions = take(question, result)
    case .event(.feed, let event): actions = takeFeed(event)
    case .event(.transcript(let id), let event): actions = open?.id == id ? open?.take(event) ?? [] : []
    case .ended(.feed, let reason):
      actions = [.wake(.listen(.feed), milliseconds: feed.ended(reason))]
    case .ended(.transcript(let id), let reason): actions = open?.id == id ? open?.ended(reason) ?? [] : []
    case .refused(.feed, let reason):
      _ = feed.ended(reason)
      actions = say(.bad(reason))
    case .refused(.transcript(let id), let reason):
      if open?.id == id { open?.refused(reason) }
      actions = []
    case .alarm(let alarm): actions = take(alarm)
    }
    if let remark = open?.takeRemark() { actions += say(remark) }
    return actions
  }

  /// Brings everything in its place after a number of inputs.
  mutating func settle() -> [TerminalAction] {
    open?.settle()
    list.settle(rows: listRows)
    return open?.more() ?? []
  }

  mutating func say(_ remark: Remark) -> [TerminalAction] {
    self.remark = remark
    return [.wake(.notice, milliseconds: Self.remarkTime)]
  }

  private mutating func take(_ alarm: Alarm) -> [TerminalAction] {
    switch alarm {
    case .listen(.feed): return [.listen(.feed, after: feed.lastID)]
    case .listen(.transcript(let id)): return open?.id == id ? open?.listen() ?? [] : []
    case .history: return open?.retry() ?? []
    case .notice:
      remark = nil
      return []
    case .minute: return [.wake(.minute, milliseconds: 60_000)]
    }
  }

  // MARK: Sessions

  /// Shows a session.
  /// - Parameter destination: the place that is shown; else the end, or what was shown of it before.
  mutating func show(_ id: String, at destination: Destination? = nil) -> [TerminalAction] {
    pane = .transcript
    if open?.id == id { return destination.flatMap { open?.go(to: $0) } ?? [] }
    var actions: [TerminalAction] = open.map { [.hangUp(.transcript($0.id))] } ?? []
    var session = OpenSession(id: id, size: transcriptSize)
    actions += session.open(at: destination)
    open = session
    list.select(id)
    nameAgent()
    return actions + [.ask(.session(id))]
  }

  private mutating func takeFeed(_ event: StreamEvent) -> [TerminalAction] {
    let news = feed.take(event)
    let wasLive = feed.phase == .live
    feed.enterLive()
    switch news {
    case .nothing:
      if event.name != "hello" || wasLive { return [] }
      // The list is read once the feed tells what changes from then on, and again after each absence.
      return readList() + sendAgain()
    case .reset: return readList()
    case .caughtUp: return []
    case .event:
      guard let data = JSONSlice(validating: event.data) else { return [] }
      if event.name.hasPrefix("message.") { return takeDelivery(event.name, data) }
      list.take(change: event.name, data)
      nameAgent()
      return []
    }
  }

  /// Reads the list anew, and the open session, which it need not name.
  func readList() -> [TerminalAction] {
    [.ask(.sessions(page: 1, closedToo: list.closedToo))] + (open.map { [.ask(.session($0.id))] } ?? [])
  }

  private mutating func take(_ question: Question, _ result: Result<Reply, RequestFailure>)
    -> [TerminalAction]
  {
    let body: [UInt8]
    switch result {
    case .failure(let failure): return failed(question, failure.message, isFinal: false)
    case .success(let reply):
      guard (200..<300).contains(reply.status) else {
        return failed(
          question, reply.failure.message,
          isFinal: (reply.status < 500 && reply.status != 429) || reply.status == 501)
      }
      body = reply.body
    }
    switch question {
    case .sessions(let page, let closedToo):
      guard closedToo == list.closedToo else { return [] }
      list.take(page: page, body)
      nameAgent()
      return list.hasMore && list.count < 1000 ? [.ask(.sessions(page: page + 1, closedToo: closedToo))] : []
    case .session:
      if let session = JSONSlice(validating: body)?["session"] { list.take(session) }
      nameAgent()
      return []
    case .history(let id, let stretch):
      guard open?.id == id else { return [] }
      guard let page = HistoryPage(body) else {
        return open?.failed(stretch, "the answer cannot be read", isFinal: true) ?? []
      }
      return open?.take(page, of: stretch) ?? []
    case .search(let words):
      if found?.words == words { found?.take(body) }
      return []
    case .send(let text): return sent(text, body)
    case .pending(let id):
      if prompt?.purpose == .answer, open?.id == id { pending = PendingQuestion(body) }
      arrange()
      return []
    case .interrupt: return say(.good("the agent was told to stop"))
    case .answer: return say(.good("answered"))
    }
  }

  private mutating func failed(_ question: Question, _ reason: String, isFinal: Bool) -> [TerminalAction] {
    switch question {
    case .history(let id, let stretch):
      return open?.id == id ? open?.failed(stretch, reason, isFinal: isFinal) ?? [] : []
    case .send(let text): return refused(text, reason, isFinal: isFinal)
    case .search(let words):
      guard found?.words == words else { return [] }
      found = nil
      arrange()
      return say(.bad(reason))
    // The feed says it when it is back, and the list is read then.
    case .sessions, .session: return isFinal ? say(.bad(reason)) : []
    case .interrupt, .answer, .pending: return say(.bad(reason))
    }
  }

  private mutating func nameAgent() {
    guard let id = open?.id, let agent = list[id]?.agent, !agent.isEmpty else { return }
    open?.view.agent = agent == "jsonl" ? "Log" : agent.prefix(1).uppercased() + agent.dropFirst()
  }

  // MARK: Layout

  var isWide: Bool { size.columns >= Self.wide }

  /// Columns of the list; all of them where it stands alone. What was found needs more: it is text.
  var listColumns: Int {
    if !isWide { return size.columns }
    return found == nil ? min(48, size.columns / 3) : min(90, size.columns / 2)
  }

  /// Rows of the list: one below the head, the last for what can be done.
  var listRows: Int { max(1, size.rows - 2 - promptRows) }

  /// The place of the transcript.
  var transcriptSize: ScreenSize {
    let columns = isWide ? size.columns - listColumns - 1 : size.columns
    return ScreenSize(columns: columns, rows: max(1, size.rows - 2 - promptRows - outgoingShown.count))
  }

  /// Rows of what is typed above the last row.
  var promptRows: Int {
    if prompt?.purpose == .answer, let pending { return min(pending.lines.count + 1, size.rows / 2) }
    guard let prompt, prompt.purpose == .message else { return 0 }
    return min(prompt.field.rows(size.columns - 3).rows.count, max(1, size.rows / 3)) + 1
  }

  /// The messages to the shown session that are on their way, the last two of them.
  var outgoingShown: [OutgoingText] { Array(outgoing.filter { $0.session == open?.id }.suffix(2)) }

  /// Gives every part its place.
  mutating func arrange() {
    let size = transcriptSize
    open?.view.resize(size)
    let rows = listRows
    list.settle(rows: rows)
    found?.settle(rows: rows)
  }
}
