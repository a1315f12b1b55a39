import CLinux
import Glibc
import Synchronization

/// One named pthread: started once, joined at most once, and the question whether the caller is on it.
final class Thread: Sendable {
  private let name: String
  private let handle = Atomic<UInt>(0)
  private let running = Atomic<UInt>(0)
  private let joined = Atomic<Bool>(false)

  /// `name` is shown by the system, its first 15 bytes.
  init(name: String) {
    self.name = name
  }

  /// Whether the caller runs on this thread.
  var isCurrent: Bool { running.load(ordering: .relaxed) == pthread_self() }

  func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let box = Unmanaged.passRetained(
      Main {
        self.running.store(pthread_self(), ordering: .relaxed)
        tc_thread_name(self.name)
        body()
        // The number may be given to another thread from here on.
        self.running.store(0, ordering: .relaxed)
      })
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Main>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard failure == 0 else {
      box.release()
      throw SystemError(call: "pthread_create", errno: failure)
    }
    handle.store(thread, ordering: .releasing)
  }

  /// Waits for the thread's end; returns at once when it was never started or another caller joins.
  func join() {
    precondition(!isCurrent, "thread \(name) would wait for itself")
    let thread = handle.load(ordering: .acquiring)
    guard thread != 0, !joined.exchange(true, ordering: .acquiringAndReleasing) else { return }
    pthread_join(thread, nil)
  }

  private final class Main: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
