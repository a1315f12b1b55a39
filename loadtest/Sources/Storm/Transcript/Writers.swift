import Reactor
import Synchronization

/// Appends to all transcripts on a thread of its own, so that a busy swarm does not delay what it measures.
actor Writers {
  private let thread: ThreadExecutor
  private let transcripts: [Transcript]
  private let publisher: Publisher?
  private let stopRequested = Atomic<Bool>(false)

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// `publisher` has every line posted too; nil when the server follows the files.
  init(_ transcripts: [Transcript], _ publisher: Publisher?) throws(SystemError) {
    self.transcripts = transcripts
    self.publisher = publisher
    thread = try ThreadExecutor(name: "writers")
  }

  /// Ends `run` early, from any thread.
  nonisolated func stop() { stopRequested.store(true, ordering: .relaxed) }

  /// Ends the thread; nothing may be asked of it afterwards.
  nonisolated func end() { thread.stop() }

  /// Appends `lines` lines to each transcript at once.
  func preload(lines: Int) throws(SystemError) {
    for transcript in transcripts {
      var left = lines
      while left > 0, !stopRequested.load(ordering: .relaxed) {
        let step = min(left, 1024)
        try append(step, to: transcript)
        left -= step
      }
    }
  }

  /// Carries out `plan`, blocking this actor's thread until it is done or stopped. A write that is late is
  /// made at once, and its lines carry the time at which they are really appended.
  func run(_ plan: WritePlan) throws(SystemError) -> WriteSummary {
    var summary = WriteSummary()
    let writes = plan.lines / plan.linesPerWrite * transcripts.count
    let start = Clock.monotonic() + 1_000_000
    summary.startedAt = start
    let sizeBefore = size
    for index in 0..<writes where !stopRequested.load(ordering: .relaxed) {
      let due = start + plan.due(index, files: transcripts.count)
      let now = Clock.monotonic()
      if now < due {
        Clock.sleep(until: due)
      } else if plan.rate > 0 {
        summary.latest = max(summary.latest, now - due)
      }
      try append(plan.linesPerWrite, to: transcripts[index % transcripts.count])
      summary.lines += plan.linesPerWrite
    }
    summary.endedAt = max(start, Clock.monotonic())
    summary.bytes = size - sizeBefore
    return summary
  }

  private func append(_ lines: Int, to transcript: Transcript) throws(SystemError) {
    let first = transcript.count
    try transcript.append(lines: lines)
    guard let publisher else { return }
    for line in first..<first + lines {
      try publisher.post(transcript.line(line), session: transcript.session)
    }
  }

  private var size: UInt64 {
    transcripts.reduce(0) { $0 + ($1.count > 0 ? $1.end($1.count - 1) : 0) }
  }
}
