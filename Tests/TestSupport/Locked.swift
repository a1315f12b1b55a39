import Synchronization

/// A value behind a mutex, for what one thread of a test leaves to another.
public final class Locked<Value: Sendable>: Sendable {
  private let content: Mutex<Value>
  /// The thread sanitizer does not see the mutex's contended path, which is in a library built without it: this
  /// edge from each holder to the next shows it the order that the mutex keeps.
  private let holders = Atomic<UInt>(0)

  /// A value that nobody holds.
  public init(_ value: Value) { content = Mutex(value) }

  /// The value as it is now.
  public var value: Value { withLock { $0 } }

  /// Puts another value there.
  public func set(_ value: Value) { withLock { $0 = value } }

  /// Runs `body` with the value while no other thread has it.
  @discardableResult
  public func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    content.withLock { value in
      let turn = holders.load(ordering: .acquiring)
      defer { holders.store(turn &+ 1, ordering: .releasing) }
      return body(&value)
    }
  }
}
