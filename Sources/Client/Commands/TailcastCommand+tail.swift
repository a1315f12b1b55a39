import Wire

extension TailcastCommand {
  /// Connections in a row that may fail before a `tail` without `-f` gives up.
  private static let attempts = 5

  /// `tailcast tail`.
  func tail(_ request: TailRequest, _ access: ServerAccess) throws(CommandFailure) {
    if request.follow { interruption.watch() }
    do throws(CommandFailure) {
      try show(request, access)
    } catch {
      // What is followed has no other end.
      if !request.follow || error.code != .interrupted { throw error }
    }
  }

  /// Shows what was asked for over any number of connections.
  private func show(_ request: TailRequest, _ access: ServerAccess) throws(CommandFailure) {
    let screen = TailScreen(output: output, view: request.view, json: access.json)
    let follower = StreamFollower(request: request, screen: screen)
    var isNoted = false
    while let failure = try attempt(follower, access) {
      let progress = follower.progress
      if case .unreachable = failure, !(request.follow && follower.hasBegun) {
        if access.isExplicit || access.isPrivate { throw CommandFailure(failure) }
        // A follower that lost its server waits for it to return instead: a server of its own would hold the
        // state directory against the one that is being started anew.
        try access.openPrivate(stays: request.follow)
        continue
      }
      if !request.follow, progress.failures >= Self.attempts { throw CommandFailure(failure) }
      // One remark for each time that the server is away, none when it only rotates the stream.
      if progress.failures == 0 { isNoted = false }
      if !isNoted, progress.failures > 0 || !progress.wasSentAway {
        output.note("\(failure.message); trying again")
        isNoted = true
      }
      let pause = progress.pause(retry: follower.retry)
      if !interruption.pause(milliseconds: pause) { throw CommandFailure(.interrupted) }
    }
  }

  /// One connection; nil when everything asked for has been shown, or why it did not come to that.
  private func attempt(
    _ follower: StreamFollower, _ access: ServerAccess
  ) throws(CommandFailure) -> RequestFailure? {
    follower.progress.connecting()
    // A server that was started anew may have another address; its run file says which.
    guard let connection = try access.connection() else { return .unreachable(access.notRunning.message) }
    let ending: StreamFollower.Ending
    do throws(RequestFailure) {
      ending = try follower.follow(connection)
    } catch {
      if error == .interrupted { throw CommandFailure(error) }
      return error
    }
    switch ending {
    case .finished: return nil
    case .ended: return .broken("the server ended the stream")
    case .refused(let reply):
      // A server that is starting or full is asked again, but only by who was once let in.
      guard reply.status >= 500, follower.hasBegun else { throw reply.failure }
      return .broken(reply.failure.message)
    }
  }
}
