import Reactor
import Tail

/// Seeing on its screen that an agent asks: also one without hooks is known to wait within a second.
extension SessionDesk {
  /// Looks at the screens of agents for as long as any runs; only at those that were written to since.
  func lookForQuestions() {
    guard !isLookingForQuestions, !isStopped else { return }
    isLookingForQuestions = true
    Task(executorPreference: loop) { await self.lookWhileAgentsRun() }
  }

  private func lookWhileAgentsRun() async {
    var seenAt: [TerminalID: Int64] = [:]
    while !isStopped {
      let running = table.values.filter { $0.terminal != nil && $0.life == .running }
      for id in questions.keys where !running.contains(where: { $0.id == id }) { await shown(nil, by: id) }
      guard !running.isEmpty else { break }
      let second = clockMS() / 1000
      // A tmux that cannot be asked says nothing new.
      let facts = (try? await terminals.list()) ?? []
      for session in running {
        guard let terminal = session.terminal, let one = facts.first(where: { $0.id == terminal }) else {
          continue
        }
        // tmux tells seconds: what was written in the second of a look may have come after it.
        if let wroteAt = one.wroteAt, let seen = seenAt[terminal], wroteAt < seen { continue }
        guard let screen = try? await terminals.screen(terminal) else { continue }
        seenAt[terminal] = second
        if case .dialog(let dialog) = AgentScreen(screen, of: session.kind).input {
          await shown(dialog, by: session.id)
        } else {
          await shown(nil, by: session.id)
        }
      }
      await pause(rules.questionInterval)
    }
    isLookingForQuestions = false
  }

  /// Tells of a question that has appeared or gone. What a hook says of the same is more exact.
  private func shown(_ dialog: AgentScreen.Dialog?, by id: String) async {
    guard questions[id]?.id != dialog?.id else { return }
    questions[id] = dialog
    let isWaiting = await sessions.entry(id)?.reported?.status == .waitingInput
    if let dialog, !isWaiting {
      let activity = [dialog.question, dialog.detail].compactMap { $0 }.joined(separator: " ")
      await sessions.report(
        id,
        ReportedStatus(
          .waitingInput, activity: String(activity.prefix(200)), sinceMS: clockMS(), from: .screen)
      )
    } else if dialog == nil, isWaiting {
      await sessions.report(id, nil)
    }
  }
}
