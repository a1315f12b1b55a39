/// What a request counts against (API section 8).
public enum RateClass: String, Sendable, CaseIterable {
  case streaming, sessions, autocomplete, other
}

/// How important a route is (API, Tiers).
public enum Tier: String, Sendable {
  /// Fully built and load-tested.
  case fundamental = "F"
  /// Plain entities over the store.
  case supporting = "S"
  /// Belongs to a code host or an agent runtime; listed and answered 501.
  case foreign = "P"
}
