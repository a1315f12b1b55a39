import Glibc
import Wire

extension TailcastCommand {
  /// Connections in a row that may fail before a `tail` without `-f` gives up.
  private static let attempts = 5

  /// `tailcast tail`.
  func tail(_ request: TailRequest, _ access: ServerAccess) throws(CommandFailure) {
    // Every event is written whole before the next is read: there is nothing to clean up.
    if request.follow { signal(SIGINT) { _ in _exit(0) } }
    let screen = TailScreen(output: output, view: request.view, json: access.json)
    guard try tailFromServer(request, access, screen) else {
      do throws(LocalFault) {
        var progress = TailProgress(follow: request.follow)
        try local(access.configuration).read(request) { event in
          let goesOn = screen.show(event, &progress)
          output.flush()
          return goesOn
        }
      } catch {
        throw error.failure
      }
      return
    }
  }

  /// False when no server runs and none was named; nothing was shown then.
  private func tailFromServer(
    _ request: TailRequest, _ access: ServerAccess, _ screen: TailScreen
  ) throws(CommandFailure) -> Bool {
    let follower = StreamFollower(request: request, screen: screen)
    var isNoted = false
    while let failure = try attempt(follower, access) {
      let progress = follower.progress
      if !follower.hasBegun, case .unreachable = failure {
        if !access.isExplicit { return false }
        throw CommandFailure(failure)
      }
      if !request.follow, progress.failures >= Self.attempts { throw CommandFailure(failure) }
      // One remark for each time that the server is away, none when it only rotates the stream.
      if progress.failures == 0 { isNoted = false }
      if !isNoted, progress.failures > 0 || !progress.wasSentAway {
        output.note("\(failure.message); trying again")
        isNoted = true
      }
      poll(nil, 0, Int32(progress.pause(retry: follower.retry)))
    }
    return true
  }

  /// One connection; nil when everything asked for has been shown, or why it did not come to that.
  private func attempt(
    _ follower: StreamFollower, _ access: ServerAccess
  ) throws(CommandFailure) -> RequestFailure? {
    follower.progress.connecting()
    // A server that was started anew may have another address; its run file says which.
    guard let connection = try access.connection() else { return .unreachable(access.notRunning.message) }
    let ending: StreamFollower.Ending
    do throws(RequestFailure) { ending = try follower.follow(connection) } catch { return error }
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
