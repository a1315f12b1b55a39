import Wire

/// One stream over any number of connections: where it goes on, what was missed, when to come back. A value.
struct StreamState {
  enum Phase: Equatable {
    /// No connection; why.
    case offline(String)
    case connecting
    /// What was missed is being read.
    case replaying
    case live
  }

  /// First and longest time between two attempts, in milliseconds.
  private static let pauses = (first: 300, longest: 10_000)

  private(set) var phase = Phase.connecting
  /// The position to go on from.
  private(set) var lastID: String?
  /// Whether the server reads what this client gets from the file, not from memory.
  private(set) var isLagging = false
  private var failures = 0
  private var isReturning = false
  private var missed = 0

  /// What an event of the stream means to who listens.
  enum News: Equatable {
    case nothing
    /// To be shown.
    case event
    /// All that was missed has come: so many messages, if the connection had been lost.
    case caughtUp(missed: Int?)
    /// What follows does not continue what came before.
    case reset(reason: String)
  }

  init(after lastID: String? = nil) { self.lastID = lastID }

  /// Takes the next event.
  mutating func take(_ event: StreamEvent) -> News {
    failures = 0
    if phase != .live { phase = .replaying }
    if let id = event.id { lastID = id.isEmpty ? nil : id }
    switch event.name {
    case "hello":
      // Where there is no transcript yet there is none to catch up with.
      if JSONSlice(validating: event.data)?["cursor"]?.isNull == true { phase = .live }
      return .nothing
    case "bye": return .nothing
    case "lagged":
      isLagging = true
      return .nothing
    case "caught_up":
      phase = .live
      isLagging = false
      defer { (isReturning, missed) = (false, 0) }
      return .caughtUp(missed: isReturning ? missed : nil)
    case "reset": return .reset(reason: String(decoding: event.data, as: UTF8.self))
    default:
      if phase == .replaying, event.name == "message" { missed += 1 }
      return .event
    }
  }

  /// The feed has no end of its history: what it greets with is live.
  mutating func enterLive() { phase = .live }

  /// The connection has ended; after how many milliseconds to come back.
  /// - Parameter reason: why; a stream that the server only rotates comes back before anybody sees it gone.
  mutating func ended(_ reason: String) -> Int {
    if phase == .live { (isReturning, missed) = (true, 0) }
    defer { failures += 1 }
    if failures > 0 || phase != .live { phase = .offline(reason) } else { phase = .connecting }
    return failures == 0 ? 0 : min(Self.pauses.first << min(failures - 1, 10), Self.pauses.longest)
  }
}
