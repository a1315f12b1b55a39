import Store
import Testing
import Wire

@testable import Tail

/// Plays the engine's part for one follower: gives contents their identity, keeps the row that the store would have,
/// and collects what was delivered.
final class Reading {
  /// What was delivered of one content.
  struct Stretch {
    var epoch: Epoch?
    /// The restart that was announced with it; nil for the content that was there at the opening.
    var restart: RestartReason?
    /// The position from which lines were delivered.
    var base: UInt64
    var lines: [SeenLine] = []

    var texts: [String] { lines.map(\.text) }
  }

  let opened: OpenedTranscript
  let follower: Follower
  private(set) var stretches: [Stretch]
  private(set) var row: FileIdentityRow?
  private(set) var mostHeld = 0

  init(_ path: String, known: FileIdentityRow? = nil, limits: TailLimits = TailLimits()) throws {
    opened = try OpenedTranscript.open(path, known: known)
    follower = Follower(opened, path: path, limits: limits)
    row = opened.row(path: path, nowMS: 0) ?? known
    stretches = [Stretch(epoch: opened.identity?.epoch, restart: nil, base: opened.boundary)]
  }

  var current: Stretch { stretches[stretches.count - 1] }

  /// One look.
  @discardableResult
  func advance() -> Follower.Progress {
    let progress = follower.advance()
    mostHeld = max(mostHeld, follower.heldBytes)
    guard let first = progress.lines.first else { return progress }
    if follower.identity == nil {
      follower.identify(by: first)
      let fresh = Stretch(epoch: follower.identity?.epoch, restart: follower.takeRestart(), base: 0)
      if current.epoch == nil, current.lines.isEmpty { stretches.removeLast() }
      stretches.append(fresh)
    }
    for line in progress.lines.map(SeenLine.init) {
      #expect(line.start == current.lines.last?.end ?? current.base, "a gap or a repeat")
      stretches[stretches.count - 1].lines.append(line)
    }
    row = follower.row(nowMS: 0)
    return progress
  }

  /// Looks until nothing is left to read.
  @discardableResult
  func settle() -> Follower.Condition {
    for _ in 0..<100_000 {
      let progress = advance()
      if !progress.more { return progress.condition }
    }
    Issue.record("the follower never comes to rest")
    return .missing
  }
}

extension TemporaryFolder {
  /// A file of this text, and who reads on in it.
  func follow(_ file: String, holding text: String, limits: TailLimits = TailLimits()) throws -> Reading {
    append(text, to: file)
    return try Reading(self.file(file), limits: limits)
  }
}
