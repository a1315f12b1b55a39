import Synchronization

/// A thread with a queue, as the executor of actors that may block: storage and archive run on one each.
///
/// Two queues, first in first out: background work (`.utility` and `.background`) waits while other work is
/// there, but gets its turn after `backgroundEvery` jobs. The thread lives until `stop()`.
public final class ThreadExecutor: SerialExecutor, TaskExecutor {
  /// Names the executor and its thread.
  public let name: String
  private let mailbox: Mailbox
  private let thread: Thread
  private let backgroundEvery: Int
  private let stopRequested = Atomic<Bool>(false)

  /// Starts the thread. After `backgroundEvery` jobs in a row one of the background goes first.
  public init(name: String, backgroundEvery: Int = 64) throws(SystemError) {
    precondition(backgroundEvery > 0, "background work must be allowed to run")
    self.name = name
    self.backgroundEvery = backgroundEvery
    mailbox = try Mailbox()
    thread = Thread(name: name)
    try thread.start { self.run() }
  }

  /// Ends the thread once everything queued so far has run; from any thread. Later jobs never run.
  public func stop() {
    post { self.stopRequested.store(true, ordering: .relaxed) }
  }

  /// Waits until the thread has ended; from another thread.
  public func join() { thread.join() }

  /// Whether the caller is on this thread.
  public var inThread: Bool { thread.isCurrent }

  /// Runs `body` on the thread, in turn with the jobs that are not background; from any thread.
  public func post(_ body: @escaping @Sendable () -> Void) { mailbox.put(.body(body)) }

  /// Queues the job by its priority; from any thread.
  public func enqueue(_ job: consuming ExecutorJob) { mailbox.put(.job(UnownedJob(job))) }

  /// The executor as Swift's concurrency knows it; does not keep it alive, though its thread does.
  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Two executors share a context only when they are one.
  public func isSameExclusiveExecutionContext(other: ThreadExecutor) -> Bool { self === other }

  /// Traps unless on this thread.
  public func checkIsolated() {
    precondition(inThread, "thread \(name) was expected to be the current one")
  }

  /// Whether the caller is on this thread.
  public func isIsolatingCurrentContext() -> Bool? { inThread }

  private func run() {
    var batch: [Mailbox.Entry] = []
    var ordinary = EntryQueue()
    var background = EntryQueue()
    var inARow = 0
    while true {
      if mailbox.take(&batch) {
        for entry in batch {
          if entry.isBackground { background.append(entry) } else { ordinary.append(entry) }
        }
        batch.removeAll(keepingCapacity: true)
      }
      let backgroundTurn = inARow >= backgroundEvery && !background.isEmpty
      if !backgroundTurn, let entry = ordinary.popFirst() {
        inARow += 1
        run(entry)
      } else if let entry = background.popFirst() {
        inARow = 0
        run(entry)
      } else if stopRequested.load(ordering: .relaxed) {
        return
      } else if mailbox.prepareToSleep() {
        mailbox.awaitWake()
      }
    }
  }

  private func run(_ entry: Mailbox.Entry) {
    switch entry {
    case .job(let job):
      job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    case .body(let body): body()
    }
  }
}

extension Mailbox.Entry {
  fileprivate var isBackground: Bool {
    // Raw 0 is a job without a priority, which is no wish to wait.
    guard case .job(let job) = self else { return false }
    return job.priority.rawValue > 0 && job.priority < JobPriority(TaskPriority.medium)
  }
}

/// First in, first out, in one array; its storage is used again once it has run empty.
private struct EntryQueue {
  private var entries: [Mailbox.Entry?] = []
  private var head = 0

  var isEmpty: Bool { head == entries.count }

  mutating func append(_ entry: Mailbox.Entry) { entries.append(entry) }

  mutating func popFirst() -> Mailbox.Entry? {
    guard head < entries.count else { return nil }
    let entry = entries[head].take()
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    }
    return entry
  }
}
