import Reactor
import Store
import Tail
import Wire

extension MessageQueue {
  /// Types a session's messages one after the other, until none waits.
  func run(_ session: String) {
    guard let lane = lanes[session], !lane.isRunning, !isStopped else { return }
    if !lane.watched.isEmpty { look(session) }
    guard !lane.waiting.isEmpty else { return }
    lane.isRunning = true
    Task(executorPreference: loop) { await self.drain(session) }
  }

  private func drain(_ session: String) async {
    let lane = lane(session)
    while !isStopped, let id = lane.waiting.first {
      lane.current = id
      if await deliver(id, lane, session) {
        lane.waiting.removeFirst()
        lane.exits = 0
      }
      lane.current = nil
      lane.held = nil
      lane.isTyping = false
    }
    lane.isRunning = false
  }

  /// Brings one message to its end; false if it has to be tried again.
  private func deliver(_ id: String, _ lane: MessageLane, _ session: String) async -> Bool {
    let message: OutgoingMessage
    do {
      guard let found = try await self.message(id)?.0, found.state == .queued else { return true }
      message = found
      let recipient: Recipient
      do throws(RecipientFault) {
        recipient = try await recipients.recipient(session)
      } catch {
        return try await unreachable(message, lane, error)
      }
      return try await type(message, to: recipient, lane)
    } catch {
      note("messages: the queue cannot be stored: \(error)")
      await pause(rules.typing.retry)
      return false
    }
  }

  private func unreachable(
    _ message: OutgoingMessage, _ lane: MessageLane, _ fault: RecipientFault
  ) async throws(StoreError) -> Bool {
    switch fault {
    case .later:
      try await hold(message, lane, .notReady)
      await pause(rules.typing.holdInterval)
      return false
    case .closed:
      try await settle(message.id, .failed, fault: message.phase == .entering ? .uncertain : .closed)
    case .never(let why):
      try await settle(
        message.id, .failed, fault: message.phase == .entering ? .uncertain : .unreachable,
        reason: message.phase == .entering ? nil : why)
    }
    return true
  }

  /// Does what the machine says.
  private func type(
    _ message: OutgoingMessage, to recipient: Recipient, _ lane: MessageLane
  ) async throws(StoreError) -> Bool {
    var machine = TypingMachine(
      message.text, to: recipient.agent, rules: rules.typing, phase: message.phase, process: message.process)
    if message.phase == .entering { lane.watch(message) }
    lane.isTyping = message.phase != nil
    var event = TypingMachine.Event.done
    var losses = 0
    while !isStopped {
      let action = machine.next(event, at: loop.now)
      event = .done
      switch action {
      case .finish(let outcome): return try await finish(message, outcome, lane, phase: machine.phase)
      case .hold(let reason): try await hold(message, lane, reason)
      case .wait(let time): await pause(time)
      case .mark where lane.interrupts > 0 && !lane.isTyping:
        // Nothing is typed yet, and what the screen showed may be otherwise after the interrupt.
        event = .lost
      case .mark(let phase):
        lane.isTyping = true
        try await mark(message, phase, machine.process, lane)
      case .look, .paste, .press:
        do throws(TerminalError) {
          event = try await act(action, message, recipient, lane, mayBeSeen: machine.phase == .entering)
          losses = 0
        } catch {
          losses += 1
          if error == .gone || losses > rules.lossesInARow {
            note("messages: the terminal of \(message.session) cannot be used: \(error)")
            await pause(rules.typing.retry)
            // Asked again, the desk finds or makes a terminal; what was typed so far is known from its mark.
            return false
          }
          event = .lost
        }
      }
    }
    return false
  }

  private func act(
    _ action: TypingMachine.Action, _ message: OutgoingMessage, _ recipient: Recipient, _ lane: MessageLane,
    mayBeSeen: Bool
  ) async throws(TerminalError) -> TypingMachine.Event {
    switch action {
    case .paste(let bytes): try await terminals.paste(bytes, into: recipient.terminal)
    case .press(let keys): try await terminals.press(keys, in: recipient.terminal)
    default:
      let screen = AgentScreen(try await terminals.screen(recipient.terminal), of: recipient.agent)
      guard mayBeSeen else { return .looked(screen, isSeen: false) }
      // A transcript that the tail says nothing new of is looked at less often than a screen.
      let isDue = lane.lookedAt.map { loop.now - $0 >= rules.scanInterval } ?? true
      if lane.isWatched(message.id), isDue || lane.looksAgain { await scan(lane, message.session) }
      // It is watched since Enter was marked; what is watched no longer has been found.
      return .looked(screen, isSeen: !lane.isWatched(message.id))
    }
    return .done
  }

  /// Stored before it is done. Until a first Enter the transcript's end moves on: rows before it are not this message.
  private func mark(
    _ message: OutgoingMessage, _ phase: TypingMachine.Phase, _ process: Int32?, _ lane: MessageLane
  ) async throws(StoreError) {
    let facts = try? await sessions.facts(message.session)
    let position = facts.flatMap { facts in facts.epoch.map { Cursor(epoch: $0, offset: facts.head) } }
    let kept = lane.isWatched(message.id)
    let id = message.id
    if kept {
      try await store.write { (database) throws(StoreError) in
        try database.run("UPDATE outgoing SET phase = ? WHERE id = ?", phase.rawValue, id)
      }
      return
    }
    try await store.write { (database) throws(StoreError) in
      try database.mark(id, phase, position: position, process: process)
    }
    guard phase == .entering else { return }
    var marked = message
    marked.position = position
    lane.watch(marked)
  }

  /// Says why a message waits.
  private func hold(
    _ message: OutgoingMessage, _ lane: MessageLane, _ reason: TypingMachine.Hold?
  ) async throws(StoreError) {
    guard lane.held != reason else { return }
    lane.held = reason
    let change = message.change(clockMS(), held: reason)
    try await feed.commit { (_) throws(StoreError) in ((), [change]) }
  }

  private func finish(
    _ message: OutgoingMessage, _ outcome: TypingMachine.Outcome, _ lane: MessageLane,
    phase: TypingMachine.Phase?
  ) async throws(StoreError) -> Bool {
    switch outcome {
    case .seen: break
    case .delivered:
      try await settle(message.id, .delivered)
      look(message.session)
    case .failed(.exited) where phase == nil && lane.exits < rules.exitsInARow:
      lane.exits += 1
      // It ended before anything was typed: the desk may start it anew, or says that it cannot.
      try await hold(message, lane, .notReady)
      await pause(rules.typing.holdInterval)
      return false
    case .failed(let fault):
      lane.watched.removeAll { $0.id == message.id }
      try await settle(message.id, .failed, fault: fault)
    }
    return true
  }

  /// Moves a message on, with its row of the feed.
  private func settle(
    _ id: String, _ state: OutgoingMessage.State, fault: MessageFault? = nil, reason: String? = nil
  ) async throws(StoreError) {
    let now = clockMS()
    try await feed.commit { (database) throws(StoreError) in
      let message = try database.settle(id, state, fault: fault, reason: reason, nowMS: now)
      return ((), message.map { [$0.change(now)] } ?? [])
    }
  }
}
