import Reactor

extension TypingMachine {
  /// What follows from a look.
  mutating func decide(_ screen: AgentScreen, isSeen: Bool, at now: Instant) {
    let began = since ?? now
    since = began
    let spent = now - began
    if isSeen, phase == .entering { return finish(.seen) }
    if screen.hasExited { return finish(.failed(.exited)) }
    if screen.isScrolled { return wait(.scrolled) }
    switch stage {
    case .ready: begin(screen, spent, at: now)
    case .typing(let next): goOn(screen, next, spent)
    case .settling: settle(screen, spent, at: now)
    case .entered: verify(screen, spent, at: now)
    case .unwinding: unwind(screen, spent, at: now)
    case .deciding: resolve(screen, spent, at: now)
    }
  }

  private func steady(_ time: Duration, at now: Instant) -> Bool {
    steadySince.map { now - $0 >= time } ?? false
  }

  /// Nothing is typed yet: waits for an input that is empty.
  private mutating func begin(_ screen: AgentScreen, _ spent: Duration, at now: Instant) {
    switch screen.input {
    case .dialog: wait(.dialog)
    case .absent: wait(.notReady)
    case .text: wait(.draft)
    case .unreadable:
      guard steady(rules.settle, at: now) || spent > rules.settleLimit else {
        return plan.append(.wait(rules.lookInterval))
      }
      type(screen)
    case .empty: type(screen)
    }
  }

  private mutating func type(_ screen: AgentScreen) {
    endHold()
    attempts += 1
    guard attempts <= rules.attempts else { return finish(.failed(.notTyped)) }
    process = screen.pid
    plan.append(.mark(.typing))
    enter(.typing(next: 0))
    typeMore(from: 0)
  }

  /// Some steps, and then a look: a question may have opened meanwhile.
  private mutating func typeMore(from next: Int) {
    let end = min(script.steps.count, next + rules.stepsPerLook)
    for step in script.steps[next..<end] {
      switch step {
      case .paste(let bytes): plan.append(.paste(bytes))
      case .press(let keys): plan.append(.press(keys))
      }
      plan.append(.wait(rules.pace))
    }
    enter(end == script.steps.count ? .settling : .typing(next: end))
  }

  private mutating func goOn(_ screen: AgentScreen, _ next: Int, _ spent: Duration) {
    switch screen.input {
    case .text, .empty, .unreadable: typeMore(from: next)
    case .dialog: disturbed(.dialog)
    case .absent:
      if spent > rules.settleLimit { return disturbed(.notReady) }
      plan.append(.wait(rules.lookInterval))
    }
  }

  /// Something came between: what was typed so far may be incomplete.
  private mutating func disturbed(_ reason: Hold) {
    wait(reason)
    enter(.unwinding)
  }

  /// All is typed: waits until the input shows it and stays as it is.
  private mutating func settle(_ screen: AgentScreen, _ spent: Duration, at now: Instant) {
    switch screen.input {
    case .dialog: return disturbed(.dialog)
    case .text(let visible):
      if steady(rules.settle, at: now), plain.ends(in: visible) { return pressEnter(screen, at: now) }
      if spent > rules.settleLimit { return enter(.unwinding) }
    case .unreadable:
      if steady(rules.settle, at: now) || spent > rules.settleLimit { return pressEnter(screen, at: now) }
    case .empty, .absent:
      if spent > rules.settleLimit { return enter(.unwinding) }
    }
    plan.append(.wait(rules.lookInterval))
  }

  private mutating func pressEnter(_ screen: AgentScreen, at now: Instant) {
    if phase != .entering { plan.append(.mark(.entering)) }
    if stage != .entered {
      enter(.entered)
      enters = 0
      beforeEnter = screen.fingerprint
    }
    enters += 1
    plan += [.press([.enter]), .wait(rules.lookInterval)]
    // Twice as long each time.
    nextEnter = now + min(rules.enterWait * (1 << min(enters - 1, 10)), rules.enterWaitLimit)
  }

  /// Enter was pressed: an empty input, or the row, says that the agent took the text.
  private mutating func verify(_ screen: AgentScreen, _ spent: Duration, at now: Instant) {
    switch screen.input {
    case .empty: return finish(.delivered)
    case .dialog: return wait(.dialog)
    case .absent:
      // A command has opened a page of its own.
      if steady(rules.pageWait, at: now) { return finish(.delivered) }
      return plan.append(.wait(rules.lookInterval))
    case .text(let visible):
      // Somebody types on: the input was empty before.
      if !plain.mayHold(visible) { return finish(.delivered) }
    case .unreadable:
      if screen.fingerprint != beforeEnter, spent > rules.settle { return finish(.delivered) }
    }
    if agent == .codex, !isEscaped, text.hasPrefix("/"), enters > rules.entersOfCommand {
      // Not a command: as text, then.
      isEscaped = true
      script = TypingScript(text, to: agent, escaped: true)
      return enter(.unwinding)
    }
    if spent > rules.enterLimit {
      if screen.input != .unreadable {
        // Marked first: an input that was emptied here must not count as taken after a crash.
        plan += [.mark(.typing), .press([.control("c")]), .wait(rules.clearWait)]
      }
      return finish(.failed(.notTaken))
    }
    if let nextEnter, now >= nextEnter { return pressEnter(screen, at: now) }
    plan.append(.wait(rules.lookInterval))
  }

  /// Takes back what stands in the input, and begins anew once it is empty. The agent has not taken it: the input
  /// holds it, or Enter was not pressed.
  private mutating func unwind(_ screen: AgentScreen, _ spent: Duration, at now: Instant) {
    // A process that has ended took its input with it.
    if let process, process != screen.pid { return enter(phase == .entering ? .deciding : .ready) }
    switch screen.input {
    case .unreadable: finish(.failed(.uncertain))
    case .dialog: wait(.dialog)
    case .absent: wait(.notReady)
    case .empty:
      // Enter has done its work late.
      if phase == .entering { return finish(.delivered) }
      // What was typed may be read late: typed again before that it would stand there twice.
      guard steady(rules.unwindWait, at: now) else { return plan.append(.wait(rules.lookInterval)) }
      enter(.ready)
    case .text(let visible):
      // The input was empty when this machine began to type.
      guard attempts > 0 || plain.mayHold(visible) else { return wait(.draft) }
      endHold()
      // A second Control-C soon after the first would end the agent.
      if let clearedAt, now - clearedAt < rules.clearInterval {
        return plan.append(.wait(rules.lookInterval))
      }
      if phase == .entering { plan.append(.mark(.typing)) }
      clearedAt = now
      plan += [.press([.control("c")]), .wait(rules.clearWait)]
    }
  }

  /// A server before this one may have pressed Enter.
  private mutating func resolve(_ screen: AgentScreen, _ spent: Duration, at now: Instant) {
    if let process, process != screen.pid {
      return spent > rules.recoverLimit
        ? finish(.failed(.uncertain)) : plan.append(.wait(rules.lookInterval))
    }
    switch screen.input {
    case .dialog: return wait(.dialog)
    case .absent: return wait(.notReady)
    case .empty:
      // The text stood there before the mark, so Enter was pressed and taken.
      if steady(rules.clearWait, at: now) { return finish(.delivered) }
    case .text(let visible):
      if plain.ends(in: visible) {
        guard steady(rules.clearWait, at: now) else { break }
        return pressEnter(screen, at: now)
      }
      if spent > rules.recoverLimit { return finish(.failed(.uncertain)) }
    case .unreadable:
      if spent > rules.recoverLimit { return finish(.failed(.uncertain)) }
    }
    plan.append(.wait(rules.lookInterval))
  }
}
