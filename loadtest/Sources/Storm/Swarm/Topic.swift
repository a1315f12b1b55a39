/// What all readers of one transcript share: the file, its epoch, and the frames that were checked. Confined to
/// the swarm's loop.
final class Topic {
  let transcript: Transcript
  /// The epoch that the first `hello` named; all others must name the same.
  var epoch: UInt32?
  var frames: VerifiedFrames

  init(_ transcript: Transcript, frameBytes: Int) {
    self.transcript = transcript
    frames = VerifiedFrames(capacity: frameBytes)
  }
}
