import CLinux
import Glibc
import Synchronization

/// The queue into one thread: jobs and closures in the order they came, and the eventfd that wakes the
/// thread. Any thread puts, the owner takes. Its mutex is the reactor's only lock.
///
/// The owner says that it is about to sleep before it looks at the queue a last time; whoever puts looks at
/// that word after putting. One of the two sees the other, so no entry is slept over, and a batch put while
/// the owner is awake writes to the eventfd not at all.
final class Mailbox: Sendable {
  enum Entry: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  /// Readable when the owner was woken.
  let wakeDescriptor: Int32
  private let queue = Mutex<[Entry]>([])
  /// The thread sanitizer does not see the mutex's contended path, which is in a library built without it:
  /// this edge from each holder to the next shows it the order that the mutex keeps. A plain load and store.
  private let holders = Atomic<UInt>(0)
  private let sleeping = Atomic<Bool>(false)

  init() throws(SystemError) {
    wakeDescriptor = tc_eventfd(0, TC_EFD_CLOEXEC)
    guard wakeDescriptor >= 0 else { throw SystemError(call: "eventfd") }
  }

  // Not closed before: a late put would write into whatever file has the number by then.
  deinit { close(wakeDescriptor) }

  func put(_ entry: consuming Entry) {
    let entry = entry
    locked { $0.append(entry) }
    guard sleeping.load(ordering: .relaxed), sleeping.exchange(false, ordering: .acquiringAndReleasing)
    else { return }
    wake()
  }

  /// Moves all entries into `batch`, which must be empty and lends its storage to the queue; false when
  /// there was none.
  func take(_ batch: inout [Entry]) -> Bool {
    locked { queued in
      guard !queued.isEmpty else { return false }
      swap(&queued, &batch)
      return true
    }
  }

  /// Announces the owner's sleep; false when there is something to do first.
  func prepareToSleep() -> Bool {
    sleeping.store(true, ordering: .sequentiallyConsistent)
    if locked({ $0.isEmpty }) { return true }
    awake()
    return false
  }

  /// The owner is up: puts need not wake it.
  func awake() {
    sleeping.store(false, ordering: .sequentiallyConsistent)
  }

  /// Consumes the wake-up; blocks until there is one.
  func awaitWake() {
    var count: UInt64 = 0
    while read(wakeDescriptor, &count, 8) < 0 {
      guard errno == EINTR else { fatalError("read(eventfd): \(SystemError(call: "read"))") }
    }
  }

  private func locked<R: Sendable>(_ body: (inout [Entry]) -> R) -> R {
    queue.withLock { entries in
      let turn = holders.load(ordering: .acquiring)
      defer { holders.store(turn &+ 1, ordering: .releasing) }
      return body(&entries)
    }
  }

  private func wake() {
    var one: UInt64 = 1
    while write(wakeDescriptor, &one, 8) < 0 {
      guard errno == EINTR else { fatalError("write(eventfd): \(SystemError(call: "write"))") }
    }
  }
}
