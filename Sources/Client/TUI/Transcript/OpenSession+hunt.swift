/// Looking for something in the transcript, also where it is not held.
extension OpenSession {
  /// Searches a text, from the cursor on.
  mutating func search(_ text: String) -> [TerminalAction] {
    searched = text.isEmpty ? nil : text
    return text.isEmpty ? [] : find(.text(text), forward: true)
  }

  /// Finds the next or the previous one of something.
  mutating func find(_ aim: Aim, forward: Bool) -> [TerminalAction] {
    if let running = hunt, awaited != nil {
      // Another search takes the place of the one that waits for a page.
      hunt = Hunt(aim: aim, forward: forward, from: view.cursor, mayTurn: running.mayTurn)
      return []
    }
    // At the end there is nothing further on; there the last one is meant.
    let mayTurn = forward && !view.isOn(aim)
    return hunt(Hunt(aim: aim, forward: forward, from: view.cursor, mayTurn: mayTurn))
  }

  mutating func stopHunt() { hunt = nil }

  mutating func hunt(_ hunt: Hunt) -> [TerminalAction] {
    self.hunt = nil
    if view.find(hunt.aim, forward: hunt.forward, from: hunt.from) {
      settle()
      return more()
    }
    let numbers = view.transcript.numbers
    var next = hunt
    if !hunt.forward, hasOlder, let olderFrom {
      next.from = TranscriptView.Place(item: numbers.lowerBound, line: 0)
      self.hunt = next
      return awaited == nil ? read(.before(olderFrom)) : []
    }
    if hunt.forward, !isAttached, let last = view.transcript.last {
      next.from = TranscriptView.Place(item: numbers.upperBound, line: -1)
      self.hunt = next
      return awaited == nil ? read(.after(last)) : []
    }
    if hunt.mayTurn {
      return self.hunt(Hunt(aim: hunt.aim, forward: false, from: view.cursor, mayTurn: false))
    }
    remark = .bad("no \(hunt.forward ? "later" : "earlier") \(hunt.aim.name)")
    return []
  }
}
