import Tail
import Wire

/// One line on its way through the `ui` view: the frames so far and the state after them.
struct UIRender {
  let json: ViewJSON
  var state: UIState
  var line = Cursor(epoch: Epoch(0), offset: 0)
  var numbers = PartNumbers(total: 0)
  /// The part after which a client resumes, if it resumes inside this line.
  var cut: Int?
  private(set) var frames: [Frame] = []
  /// How many frames stand before the cut, and the state there.
  private(set) var kept: (frames: Int, state: UIState)?

  init(json: ViewJSON, state: UIState) {
    self.json = json
    self.state = state
  }

  mutating func send(_ frame: Frame) {
    frames.append(frame)
  }

  /// Renders one part: `body` sends its frames, the last of them with the id. A part that is not shown takes its
  /// number all the same, so ids do not depend on `include`.
  mutating func part(isShown: Bool, _ body: (inout UIRender, FrameID) -> Void) {
    let id = numbers.next()
    if isShown { body(&self, id) }
    if let cut, id == .part(cut) { kept = (frames.count, state) }
  }

  /// Opens the step of a model call unless it is open, and closes the one before.
  mutating func enterStep(_ key: String?) {
    if let step = state.step {
      if step.key == key, key != nil || !step.isAnswered { return }
      closeStep()
    }
    state.step = UIState.Step(key: key)
    send(UIChunk.frame("start-step"))
  }

  /// Closes the open step, if any; its usage is told first, while the client still counts it to the step.
  mutating func closeStep() {
    guard state.step != nil else { return }
    sendUsage()
    state.step = nil
    send(UIChunk.frame("finish-step"))
  }

  /// Agents repeat the usage of a call on each of its records; the last one is told at the end of the step.
  mutating func note(usage: JSONSlice) {
    state.usage = usage.detached()
    if state.step == nil { sendUsage() }
  }

  private mutating func sendUsage() {
    guard let usage = state.usage else { return }
    state.usage = nil
    send(
      UIChunk.frame("message-metadata", reserving: 64 + usage.utf8Count) { writer in
        writer.key("messageMetadata")
        writer.object { $0.field("usage", usage) }
      })
  }
}
