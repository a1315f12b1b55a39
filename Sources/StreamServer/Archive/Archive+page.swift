import Tail
import Wire

extension Archive {
  /// A page of at most `page_bytes` (or one line), encoded for a variant, up to the facts' head.
  func page(_ request: PageRequest) -> Result<Page, ArchiveFault> {
    guard let epoch = request.facts.epoch else { return .failure(.changed) }
    let shareable =
      request.part == nil && request.opening == nil && !request.untilTurn && !request.repeatsLast
    let key = PageCache.Key(
      session: request.facts.session, epoch: epoch, variant: request.variant, offset: request.offset)
    if shareable, let page = pages[key] { return .success(page) }
    hasReaders = true
    return Result { () throws(ArchiveFault) in
      let page = try reading(request.facts) { (file) throws(TranscriptFile.Fault) in
        try render(request, file, epoch)
      }
      if shareable, page.isFull { pages.put(page, for: key) }
      return page
    }
  }

  private func render(
    _ request: PageRequest, _ file: TranscriptFile, _ epoch: Epoch
  ) throws(TranscriptFile.Fault) -> Page {
    let variant = request.variant
    let encoder = FrameEncoder(variant: variant, session: request.facts.session)
    let first = request.part == nil ? request.offset : try file.lineStart(endingAt: request.offset)
    var state = try state(file, at: first, view: variant.view, include: variant.include)
    var bytes: [UInt8] = []
    // A page ends after the line that fills it. Ten thousand readers of a short transcript must not each hold a full one.
    let rest = request.facts.isDocument ? .max : request.facts.head - min(first, request.facts.head)
    let most = limits.pageBytes + limits.pageBytes / 8
    bytes.reserveCapacity(rest < UInt64(most / 2) ? Int(rest) * 2 + FrameEncoder.overhead : most)
    var end = first
    var part = request.part
    var endsTurn = false
    if let opening = request.opening, part == nil {
      let at = Cursor(epoch: epoch, offset: first)
      for frame in state.view.preamble(messageID: opening, at: at) {
        encoder.append(frame, line: at, into: &bytes)
      }
    }
    // Within a message the rest of it follows, headed by the preamble.
    if request.repeatsLast, part == nil, first > 0 {
      let line = Cursor(epoch: epoch, offset: first)
      let events = try lastMessage(file, before: first)
      for frame in state.view.frames(at: line, record: nil, events: events) {
        encoder.append(frame, line: line, into: &bytes)
      }
    }
    try file.items(from: first) { item in
      let line = Cursor(epoch: epoch, offset: item.end)
      let (records, events) = state.lines.read(item)
      let frames: [Frame]
      if let seen = part {
        frames = state.view.frames(
          after: seen, at: line, records: records, events: events, messageID: request.opening ?? "")
        part = nil
      } else {
        frames = state.view.frames(at: line, records: records, events: events)
      }
      for frame in frames { encoder.append(frame, line: line, into: &bytes) }
      end = item.end
      endsTurn = request.untilTurn && events.endsTurn
      return bytes.count < limits.pageBytes && !endsTurn
    }
    let isFull = bytes.count >= limits.pageBytes
    if isFull {
      states.put(
        state,
        for: .init(
          session: request.facts.session, epoch: epoch, view: variant.view, include: variant.include,
          offset: end))
    }
    return Page(
      bytes: bytes, end: max(end, first), isFull: isFull, endsTurn: endsTurn,
      isStepOpen: state.view.hasOpenStep)
  }

  /// The message before an ordinal of a document, as an update that replaces all of it.
  private func lastMessage(
    _ file: TranscriptFile, before offset: UInt64
  ) throws(TranscriptFile.Fault) -> [TranscriptEvent] {
    var lines = LineRenderer(agent: file.facts.agent, profile: .unknown)
    var events: [TranscriptEvent] = []
    try file.items(from: offset - 1) { item in
      events = lines.read(item).events
      return false
    }
    return events.compactMap { event in
      guard case .message(let message) = event, let uuid = message.uuid else { return nil }
      return .update(MessageUpdate(uuid: uuid, message: message, changed: Array(message.blocks.indices)))
    }
  }
}
