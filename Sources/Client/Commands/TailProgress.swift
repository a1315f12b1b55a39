/// How far a watched transcript was shown: events in, what to do out. Owned by one `tail`; outlives its connections.
struct TailProgress {
  /// What to do with an event.
  enum Action: Equatable {
    case show
    case skip
    /// Everything that was asked for has been shown.
    case finish
  }

  /// Whether to go on after the end of the history.
  let follow: Bool
  /// The id to resume from; nil until the server named one.
  private(set) var lastID: String?
  /// The id of the last event that was shown.
  private var shownID: String?
  /// True once the connection before this one delivered its `hello`.
  private var wasGreeted = false
  private var wasCaughtUp = false
  /// Connections in a row that delivered nothing.
  private(set) var failures = 0
  /// The last connection ended because the server said so.
  private(set) var wasSentAway = false

  init(follow: Bool) { self.follow = follow }

  /// A connection is about to be made.
  mutating func connecting() {
    failures += 1
    wasSentAway = false
  }

  /// Takes the next event.
  mutating func take(_ event: StreamEvent) -> Action {
    failures = 0
    defer { if let id = event.id { lastID = id.isEmpty ? nil : id } }
    switch event.name {
    case "hello":
      // The greeting of a connection that goes on with an older one is no news.
      defer { wasGreeted = true }
      return wasGreeted ? .skip : .show
    case "caught_up":
      defer { wasCaughtUp = true }
      if !follow { return .finish }
      return wasCaughtUp ? .skip : .show
    case "bye":
      wasSentAway = true
      return follow ? .skip : .show
    case "reset":
      shownID = nil
      wasCaughtUp = false
      return .show
    default:
      // Positions by time repeat about one record (STREAMS section 2); its id tells.
      guard let id = event.id else { return .show }
      defer { shownID = id }
      return id == shownID ? .skip : .show
    }
  }

  /// How long to wait before the next connection: what the server asked for, doubled up to 30 s while it is away.
  func pause(retry: Int?) -> Int {
    let base = min(retry ?? 2000, 30_000)
    return min(base << min(max(0, failures - 1), 5), 30_000)
  }
}
