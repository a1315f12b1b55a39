import CLinux

/// What a descriptor is asked about, and what it is found ready for.
public struct Readiness: OptionSet, Sendable, Hashable {
  /// The set's bits; they are this type's own, not epoll's.
  public let rawValue: UInt8

  /// A set of these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Reading will not block: bytes, a connection to accept, or the end of the stream.
  public static let readable = Readiness(rawValue: 1)
  /// Writing will not block.
  public static let writable = Readiness(rawValue: 2)
  /// The other side closed. As an interest it also reports a side that only stopped writing; a full
  /// hang-up is reported without being asked for, each turn, until the descriptor is deregistered.
  public static let hangup = Readiness(rawValue: 4)
  /// An error waits to be read (`SO_ERROR`); reported without being asked for, each turn.
  public static let error = Readiness(rawValue: 8)

  var epollMask: UInt32 {
    var mask: UInt32 = 0
    if contains(.readable) { mask |= TC_EPOLLIN }
    if contains(.writable) { mask |= TC_EPOLLOUT }
    if contains(.hangup) { mask |= TC_EPOLLRDHUP }
    return mask
  }

  init(epollMask mask: UInt32) {
    var bits: UInt8 = 0
    if mask & TC_EPOLLIN != 0 { bits |= 1 }
    if mask & TC_EPOLLOUT != 0 { bits |= 2 }
    if mask & (TC_EPOLLHUP | TC_EPOLLRDHUP) != 0 { bits |= 4 }
    if mask & TC_EPOLLERR != 0 { bits |= 8 }
    self.init(rawValue: bits)
  }
}

/// Told on the loop's thread what a descriptor is ready for.
///
/// An actor of the loop implements it as a `nonisolated` method that uses `assumeIsolated`.
public protocol ReadinessSink: AnyObject, Sendable {
  /// The descriptor registered with `tag` is ready; asked again each turn for as long as it stays so.
  func ready(_ tag: UInt64, _ readiness: Readiness)
}

/// A descriptor's place in one loop's table. It outlives the registration harmlessly: the generation tells
/// a wake-up, or a call, that was meant for an earlier tenant of the slot.
public struct Registration: Sendable, Hashable {
  /// The place in the table.
  public let slot: UInt32
  /// How many tenants the slot had before.
  public let generation: UInt32

  init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }

  init(epollData data: UInt64) {
    slot = UInt32(truncatingIfNeeded: data)
    generation = UInt32(truncatingIfNeeded: data >> 32)
  }

  var epollData: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
