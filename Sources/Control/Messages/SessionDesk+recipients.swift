extension SessionDesk: Recipients {
  /// The terminal of a session, whose agent is started where it does not run.
  func recipient(_ session: String) async throws(RecipientFault) -> Recipient {
    do throws(DeskFault) {
      let terminal = try await ensureTerminal(session)
      return Recipient(terminal: terminal, agent: managed(session)?.kind)
    } catch {
      switch error {
      case .closed: throw .closed
      case .busy, .unread, .terminals(.timeout), .terminals(.lost), .store: throw .later(Self.reason(error))
      default: throw .never(Self.reason(error))
      }
    }
  }

  /// The terminal of a session whose agent runs; nothing is started for it.
  func running(_ session: String) throws(DeskFault) -> Recipient {
    guard let found = managed(session), found.isManaged else { throw .notManaged(session) }
    switch found.state {
    case .closing, .closed: throw .closed(found.id)
    case .initializing where found.terminal == nil: throw .busy(found.id)
    default: break
    }
    guard let terminal = found.terminal, found.isRunning || found.state == .initializing else {
      throw .exited(found.id)
    }
    return Recipient(terminal: terminal, agent: found.kind)
  }

  /// What the terminal of a session is called, whether its agent runs or has left its last screen there.
  func terminalName(_ session: String) throws(DeskFault) -> String {
    guard let found = managed(session), found.isManaged else { throw .notManaged(session) }
    if found.state == .closing || found.state == .closed { throw .closed(found.id) }
    guard found.terminal != nil, let name = found.terminalName else { throw .exited(found.id) }
    return name
  }
}
