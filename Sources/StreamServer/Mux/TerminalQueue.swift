/// What a terminal has shown and its viewer was not sent yet, and whether to read on. A value.
///
/// One that floods fills its own queue and is then read no further, so that tmux holds it back: it costs others nothing.
struct TerminalQueue {
  private let pauseBytes: Int
  private let resumeBytes: Int
  private var bytes: [UInt8] = []
  private var taken = 0
  /// Whether the terminal is to be read no further for now.
  private(set) var isPaused = false

  init(_ limits: MuxLimits) {
    pauseBytes = limits.pauseBytes
    resumeBytes = limits.resumeBytes
  }

  var count: Int { bytes.count - taken }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
    if count > pauseBytes { isPaused = true }
  }

  /// The next bytes, at most so many.
  mutating func take(_ most: Int) -> ArraySlice<UInt8> {
    let end = min(taken + most, bytes.count)
    let slice = bytes[taken..<end]
    taken = end
    if isEmpty {
      // A terminal at rest keeps no buffer.
      (bytes, taken) = ([], 0)
    } else if taken >= pauseBytes {
      bytes.removeFirst(taken)
      taken = 0
    }
    if count <= resumeBytes { isPaused = false }
    return slice
  }
}
