import Tail
import Wire

/// Renders the `ui` view: the chunks of an AI SDK UI message stream (STREAMS section 5), of which one stream is one
/// assistant message. It remembers the open step and the calls of tools.
struct UIView: Sendable {
  let json: ViewJSON
  private var state: UIState

  init(json: ViewJSON) {
    self.json = json
    state = UIState(limits: json.limits)
  }

  static func parts(_ events: [TranscriptEvent]) -> Int {
    events.reduce(0) { $0 + UIPart.parts(of: $1).count }
  }

  mutating func frames(at line: Cursor, events: [TranscriptEvent]) -> [Frame] {
    render(at: line, events: events, cut: nil).frames
  }

  /// What follows part `cut` of a line, headed by the preamble for a client that has the parts before it.
  mutating func frames(after cut: Int, at line: Cursor, events: [TranscriptEvent], messageID: String)
    -> [Frame]
  {
    let before = self
    let rendering = render(at: line, events: events, cut: cut)
    guard let kept = rendering.kept else {
      return before.preamble(messageID: messageID, at: line) + rendering.frames
    }
    var between = before
    between.state = kept.state
    let place = FrameID.part(cut).cursor(at: line)
    return between.preamble(messageID: messageID, at: place) + rendering.frames[kept.frames...]
  }

  func preamble(messageID: String, at cursor: Cursor?) -> [Frame] {
    let start = UIChunk.frame("start", id: cursor.map { $0.part.map(FrameID.part) ?? .record }) {
      $0.field("messageId", messageID)
    }
    return [start] + bridge(from: UIView(json: json))
  }

  /// What a client lacks that has seen what `other` rendered, to be legally sent what this one renders next.
  func bridge(from other: UIView) -> [Frame] {
    var frames: [Frame] = []
    if state.step == nil, other.state.step != nil { frames.append(UIChunk.frame("finish-step")) }
    if state.step != nil, other.state.step == nil { frames.append(UIChunk.frame("start-step")) }
    guard json.include.contains(.tools) else { return frames }
    for call in state.calls.open where other.state.calls.find(call.id)?.isOpen != true {
      frames.append(UIChunk.inputAvailable(call))
    }
    return frames
  }

  var hasOpenStep: Bool { state.step != nil }

  private mutating func render(at line: Cursor, events: [TranscriptEvent], cut: Int?) -> UIRender {
    let plan = events.map(UIPart.parts(of:))
    var render = UIRender(json: json, state: state)
    // A second reference would make the renderer copy the call book for every line.
    state = UIState(limits: json.limits)
    render.line = line
    render.numbers = PartNumbers(total: plan.reduce(0) { $0 + $1.count })
    render.cut = cut
    for (index, event) in events.enumerated() {
      render.render(event, parts: plan[index], index: index)
    }
    state = render.state
    return render
  }
}

/// Why a `ui` stream ends; the AI SDK's words.
public enum FinishReason: String, Sendable, CaseIterable {
  /// The turn ended by itself.
  case stop
  /// A limit on the answer's length.
  case length
  /// The provider withheld content.
  case contentFilter = "content-filter"
  /// The model waits for its tools.
  case toolCalls = "tool-calls"
  /// An error.
  case error
  /// Anything else: the turn was aborted, the session or the stream ended.
  case other
}
