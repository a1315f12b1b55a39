import Tail
import Wire

/// Renders the lines of one session's transcript for one view, in file order. It is a value: to begin in the middle
/// of a file, render what comes before and throw the frames away.
///
/// Only `ui` has a memory (the open step, the calls of tools); the other views render each line by itself.
public struct ViewEncoder: Sendable {
  /// The view it renders.
  public let view: ViewKind
  /// What of it is shown.
  public let include: Include
  private let events: EventsView
  private let raw: RawView
  private var ui: UIView

  /// An encoder at the beginning of a transcript. `sessionID` stands in the addresses of images and large values.
  public init(view: ViewKind, include: Include, sessionID: String, limits: ViewLimits = ViewLimits()) {
    let json = ViewJSON(include: include, sessionID: sessionID, limits: limits)
    self.view = view
    self.include = include
    events = EventsView(json: json)
    raw = RawView(json: json)
    ui = UIView(json: json)
  }

  /// The frames of the physical line that ends at `line`: its records, none if it is only damaged, and what they mean.
  public mutating func frames(at line: Cursor, records: [Record], events: [TranscriptEvent]) -> [Frame] {
    switch view {
    case .events: self.events.frames(at: line, events: events)
    case .raw: raw.frames(at: line, records: records, events: events)
    case .ui: ui.frames(at: line, events: events)
    case .agent: self.events.agentFrames(at: line, events: events)
    }
  }

  /// The frames of a line that holds one record or none.
  public mutating func frames(at line: Cursor, record: Record?, events: [TranscriptEvent]) -> [Frame] {
    frames(at: line, records: record.map { [$0] } ?? [], events: events)
  }

  /// The frames of a line that follow its part `part`, for a client that resumes there; in `ui` the preamble comes
  /// first. A part that this view does not have (the position came from another view) repeats the line rather than
  /// losing some of it.
  public mutating func frames(
    after part: Int, at line: Cursor, records: [Record], events: [TranscriptEvent], messageID: String
  ) -> [Frame] {
    if view == .ui { return ui.frames(after: part, at: line, events: events, messageID: messageID) }
    let total = view == .raw ? RawView.parts(records, events) : EventsView.parts(events)
    let all = frames(at: line, records: records, events: events)
    guard part < total else { return all }
    let seen = all.lastIndex { frame in
      if case .part(let number) = frame.id { number <= part } else { false }
    }
    return Array(all[(seen.map { $0 + 1 } ?? 0)...])
  }

  /// What a `ui` stream begins with here, at a position between two lines: `start`, then the step that is open and
  /// the calls that wait for a result. Empty in the other views.
  public func preamble(messageID: String, at cursor: Cursor?) -> [Frame] {
    view == .ui ? ui.preamble(messageID: messageID, at: cursor) : []
  }

  /// What a client lacks that was served by `other` up to here and will be served by this one from here: nothing if
  /// both have rendered the same lines, a step or some calls if one of them began later in the file.
  public func bridge(from other: ViewEncoder) -> [Frame] {
    view == .ui ? ui.bridge(from: other.ui) : []
  }

  /// True while the `ui` stream stands inside a step; false in the other views.
  public var hasOpenStep: Bool { view == .ui && ui.hasOpenStep }

  /// What a `ui` stream ends with: the open step is closed, `finish`, `[DONE]`.
  public static func farewell(_ reason: FinishReason, hasOpenStep: Bool) -> [Frame] {
    closing(hasOpenStep: hasOpenStep) + [
      UIChunk.frame("finish") { $0.field("finishReason", reason.rawValue) }, .done,
    ]
  }

  /// What ends a `ui` stream's step before something else begins: nothing if none is open.
  static func closing(hasOpenStep: Bool) -> [Frame] {
    hasOpenStep ? [UIChunk.frame("finish-step")] : []
  }
}
