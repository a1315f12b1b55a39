import Synchronization

/// Counts what all loops have open, so that a limit such as `streams.max_connections` holds for them together.
final class SharedCount: Sendable {
  private let count = Atomic<Int>(0)

  /// Counts one more, unless the limit is reached.
  func admit(_ limit: Int) -> Bool {
    if count.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
    count.wrappingSubtract(1, ordering: .relaxed)
    return false
  }

  /// One is gone.
  func release() { count.wrappingSubtract(1, ordering: .relaxed) }
}
