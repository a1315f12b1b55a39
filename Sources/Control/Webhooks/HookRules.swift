/// The limits of webhooks; each is a setting `hooks.…`.
public struct HookRules: Sendable, Hashable {
  /// Whether deliveries are sent. Events are put into the outbox all the same (`hooks.enabled`).
  public var enabled = true
  /// Whether receivers on this machine and in private networks may be called (`hooks.allow_private`).
  public var allowPrivate = false
  /// Within which time a receiver must have answered, name lookup included (`hooks.timeout`).
  public var timeout = Duration.seconds(10)
  /// Attempts before a delivery is given up (`hooks.attempts`).
  public var attempts = 10
  /// Attempts at once (`hooks.in_flight`).
  public var inFlight = 8
  /// Contracts at once (`hooks.max_contracts`).
  public var maxContracts = 256
  /// Deliveries that may wait for one receiver; beyond it events become dead letters at once (`hooks.max_pending`).
  public var maxPending = 10_000
  /// Deliveries kept after their end (`hooks.keep`).
  public var keep = 10_000

  /// The defaults.
  public init() {}

  /// How long an attempt holds a delivery. Longer than an attempt can take: one that is still held after it belongs
  /// to a process that is gone.
  var claim: Duration { timeout + .seconds(20) }
}
