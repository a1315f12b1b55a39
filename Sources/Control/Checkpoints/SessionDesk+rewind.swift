import Tail

/// Going on at an earlier message.
extension SessionDesk {
  /// Has the agent of a session that was started here go on at an earlier message, in the same session: the
  /// conversation up to there becomes the next file of its chain. What was said after it stays in the session's history.
  func rewind(_ id: String, to point: Checkpoint) async throws(DeskFault) -> LongWork {
    guard let session = managed(id), session.isManaged else {
      if await sessions.entry(id) != nil { throw .notManaged(id) }
      throw .unknown(id)
    }
    guard let profile = agentProfile(session), profile.canResume else {
      throw .checkpointUnsupported("agents.\(session.agent).resume is empty")
    }
    if session.state == .initializing || session.state == .closing { throw .busy(session.id) }
    let native = Self.newID()
    let path = try await copy(point, as: native)
    do throws(DeskFault) {
      try await bind(session: session.id, nativeID: native, path: path)
    } catch {
      await copier.discard(path)
      throw error
    }
    return session.isRunning
      ? try await restart(session.id, as: .rewind) : try await revive(session.id, as: .rewind)
  }

  /// Writes the conversation up to a message as the one of a new session of the agent; the path of its file.
  func copy(_ point: Checkpoint, as nativeID: String) async throws(DeskFault) -> String {
    for path in point.paths {
      do throws(TranscriptCopier.Fault) {
        return try await copier.copy(path, upTo: point.uuid, as: nativeID)
      } catch {
        switch error {
        case .noSuchMessage: continue
        case .nothingBefore: throw .checkpointUnsupported("nothing stands before it; start a new session")
        case .noMessage: throw .checkpointUnsupported("it is no message of the user or the agent")
        case .tooLarge:
          throw .checkpointUnsupported("the transcript before it is over sessions.max_copy_bytes")
        case .failed(let reason): throw .checkpointUnsupported("the transcript cannot be copied: \(reason)")
        }
      }
    }
    throw .noSuchMessage(point.name)
  }
}
