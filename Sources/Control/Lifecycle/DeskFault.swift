import Store
import StreamServer
import Wire

/// Why a session cannot be steered as asked.
enum DeskFault: Error, Sendable {
  /// No session has this id.
  case unknown(String)
  /// It was found, not started here, and is not of an agent that could be.
  case notManaged(String)
  /// It was closed.
  case closed(String)
  /// Its agent is being started or ended.
  case busy(String)
  /// Its transcript has no whole record yet: where its agent ran is not known.
  case unread(String)
  /// Its agent could not be started.
  case failed(String, reason: String)
  /// Its agent does not run.
  case exited(String)
  /// It has no agent that could be started again.
  case noAgent(String)
  /// The agent's own id of it is not known, so the agent cannot go on with it.
  case noNativeID(String)
  /// It cannot be brought back.
  case notRestorable(String, reason: String)
  /// The directory that it ran in is gone.
  case directoryGone(String)
  /// The agent cannot fork, or not there.
  case forkUnsupported(String)
  /// The conversation cannot go on at the message that was named.
  case checkpointUnsupported(String)
  /// The session has no such message.
  case noSuchMessage(String)
  /// No agent has this name.
  case unknownAgent(String, known: [String])
  /// The agent's session belongs to another one.
  case owned(nativeID: String, by: String)
  /// The session has gone on from what this agent's id names.
  case superseded(nativeID: String, by: String)
  /// The terminals do not work.
  case terminals(TerminalError)
  /// The database does not work.
  case store(StoreError)
}

extension Problem {
  /// What could not be done with a session.
  static func desk(_ fault: DeskFault) -> Problem {
    switch fault {
    case .unknown(let id): .unknownSession(id)
    case .notManaged(let id):
      about(
        id, .sessionNotManaged, "the session was not started here: nothing of it runs in a terminal of ours")
    case .closed(let id): about(id, .sessionClosed, "the session is closed; revive brings it back")
    case .busy(let id): about(id, .sessionBusy, "the session's agent is being started or ended")
    case .unread(let id):
      about(
        id, .sessionBusy,
        "the session's transcript has no whole record yet, so where its agent runs is not known")
    case .failed(let id, let reason): about(id, .agentExited, "the agent could not be started: \(reason)")
    case .exited(let id): about(id, .agentExited, "the session's agent does not run; revive starts it again")
    case .noAgent(let id): about(id, .noAgent, "the session has no agent that could be started again")
    case .noNativeID(let id):
      about(
        id, .noNativeSession, "the agent's own id of the session is not known, so it cannot go on with it")
    case .notRestorable(let id, let reason):
      about(id, .sessionNotRestorable, "the session cannot be brought back: \(reason)")
    case .directoryGone(let path):
      Problem(.directoryGone, "the session's directory is gone: \(quoted(path))") {
        $0.field("directory", path)
      }
    case .forkUnsupported(let reason):
      Problem(.forkUnsupported, "the session cannot be forked: \(reason)") { $0.field("reason", reason) }
    case .checkpointUnsupported(let reason):
      Problem(.forkUnsupported, "the conversation cannot go on at this message: \(reason)") {
        $0.field("reason", reason)
      }
    case .noSuchMessage(let name):
      Problem(.recordNotFound, "the session has no message \(quoted(name))")
    case .unknownAgent(let name, let known):
      .invalid("agent", "\(quoted(name)) is not one of \(known.sorted().joined(separator: ", ")) (agents.…)")
    case .owned(let nativeID, let owner):
      Problem(.nativeSessionOwned, "\(quoted(nativeID)) belongs to the session \(owner)") { json in
        json.field("native_session_id", nativeID)
        json.field("session_id", owner)
      }
    case .superseded(let nativeID, let newest):
      Problem(
        .transcriptSuperseded,
        "the session went on from \(quoted(nativeID)) to \(quoted(newest)); what its agent writes to an older file is "
          + "not followed"
      ) { json in
        json.field("native_session_id", nativeID)
        json.field("newest", newest)
      }
    case .terminals(let error): .terminals(error)
    case .store(let error): .store(error)
    }
  }

  private static func about(_ id: String, _ code: ProblemCode, _ message: String) -> Problem {
    Problem(code, message) { $0.field("session_id", id) }
  }

  /// What tmux could not do.
  static func terminals(_ error: TerminalError) -> Problem {
    switch error {
    case .notInstalled: Problem(.terminalsUnavailable, error.words)
    case .ownedByAnother, .timeout, .lost: Problem(.terminalsUnavailable, error.words)
    case .gone: Problem(.agentExited, error.words)
    case .invalid: Problem(.validationError, error.words)
    case .refused(let text): Problem(.terminalsUnavailable, "tmux refused what it was asked for", inner: text)
    }
  }
}

extension TerminalError {
  /// For people.
  var words: String {
    switch self {
    case .notInstalled(let program):
      "\(program) is not there: install the package tmux, or set terminals.tmux to its path"
    case .ownedByAnother(let who):
      "another Tailcast steers the terminals of this tmux server (\(who)); set terminals.socket to another name"
    case .timeout: "tmux did not answer within terminals.timeout"
    case .lost: "the connection to tmux broke"
    case .gone: "the terminal is gone"
    case .invalid(let reason): reason
    case .refused(let text): "tmux refused: \(text)"
    }
  }
}

extension SessionDesk {
  /// The code of a fault, for an operation.
  static func code(_ fault: DeskFault) -> String { Problem.desk(fault).code.rawValue }
}
