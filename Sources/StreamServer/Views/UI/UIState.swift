import Wire

/// What a `ui` stream must remember from one record to the next.
struct UIState: Sendable {
  struct Step: Sendable {
    /// The agent's id of the model call, if it has one.
    var key: String?
    /// A tool has answered since the step began: without a key this is where a step ends.
    var isAnswered = false
  }

  /// The step between its `start-step` and its `finish-step`.
  var step: Step?
  /// The newest usage of the step, sent at its end.
  var usage: JSONSlice?
  /// Calls that were sent; none where `include` leaves tools out.
  var calls: CallBook
  var shown: ShownMessages

  init(limits: ViewLimits) {
    calls = CallBook(limit: limits.rememberedCalls)
    shown = ShownMessages(limit: limits.rememberedMessages)
  }
}

/// How many blocks of the newest messages were shown: a later update of such a message either adds blocks, which
/// become parts, or changes old ones, which a text part cannot.
struct ShownMessages: Sendable {
  private let limit: Int
  private var messages: [(uuid: String, blocks: Int)] = []

  init(limit: Int) {
    self.limit = limit
  }

  mutating func note(_ uuid: String, blocks: Int) {
    messages.removeAll { $0.uuid == uuid }
    messages.append((uuid, blocks))
    if messages.count > limit { messages.removeFirst() }
  }

  /// Nil for a message that is not remembered.
  func blocks(of uuid: String) -> Int? {
    messages.last { $0.uuid == uuid }?.blocks
  }
}
