/// How the writers append: a value decided before they start.
struct WritePlan: Sendable {
  /// Lines per second to each transcript; 0 for as many as the disk takes.
  var rate: Double
  /// Lines in one `write`.
  var linesPerWrite: Int
  /// Lines to each transcript in all, a multiple of `linesPerWrite`.
  var lines: Int

  /// Nanoseconds from the start to write number `index` over `files` transcripts, which take turns evenly.
  func due(_ index: Int, files: Int) -> UInt64 {
    guard rate > 0 else { return 0 }
    return UInt64(Double(index) * Double(linesPerWrite) / (rate * Double(files)) * 1e9)
  }
}

/// What the writers did.
struct WriteSummary: Sendable {
  /// Lines appended to all transcripts.
  var lines = 0
  var bytes: UInt64 = 0
  /// Nanoseconds of the monotonic clock.
  var startedAt: UInt64 = 0
  var endedAt: UInt64 = 0
  /// The longest time by which a write came after it was due, in nanoseconds.
  var latest: UInt64 = 0

  /// Seconds from the first write to the last.
  var seconds: Double { Double(endedAt - startedAt) / 1e9 }
}
