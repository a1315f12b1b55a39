import CLinux
import Synchronization

/// One epoll loop on one thread: descriptors, timers, posts, and the executor of the actors that live there.
///
/// `init` makes it, `start()` gives it its thread, `stop()` ends it after the turn in which it is read. What
/// is said to be on the loop's thread traps elsewhere. A loop holds its sinks until it has stopped.
public final class EventLoop: Sendable {
  /// Names the loop and its thread.
  public let name: String
  let mailbox: Mailbox
  let thread: Thread
  let counters = LoopCounters()
  private let log: @Sendable (String) -> Void
  private let longTurnNS: Int64
  private let stopRequested = Atomic<Bool>(false)
  private let started = Atomic<Bool>(false)
  /// Safe: read through `core` alone, which traps off the loop's thread; `run()` is that thread.
  nonisolated(unsafe) private let confined: LoopCore

  /// A loop that waits for `start()`; it accepts posts and jobs already.
  ///
  /// A turn longer than `longTurn` is told to `log`, on the loop's thread, with what it ran.
  public init(
    name: String, longTurn: Duration = .milliseconds(20), log: @escaping @Sendable (String) -> Void
  ) throws(SystemError) {
    self.name = name
    longTurnNS = longTurn.wholeNanoseconds
    self.log = log
    thread = Thread(name: name)
    mailbox = try Mailbox()
    confined = try LoopCore(wakeDescriptor: mailbox.wakeDescriptor)
  }

  /// Starts the loop's thread; once in a loop's life.
  public func start() {
    precondition(!started.exchange(true, ordering: .relaxed), "loop \(name) was started before")
    do throws(SystemError) {
      try thread.start { self.run() }
    } catch {
      fatalError("loop \(name): \(error)")
    }
  }

  /// Ends the loop from any thread: what was posted before still runs, what comes after never does.
  public func stop() {
    post { self.stopRequested.store(true, ordering: .relaxed) }
  }

  /// Waits until the loop's thread has ended; from another thread.
  public func join() { thread.join() }

  /// Whether the caller is on the loop's thread.
  public var inLoop: Bool { thread.isCurrent }

  /// Runs `body` on the loop, after everything posted before it; from any thread. Posts of a batch share
  /// one wake-up.
  public func post(_ body: @escaping @Sendable () -> Void) { mailbox.put(.body(body)) }

  /// The loop's counters; from any thread.
  public var statistics: LoopStatistics { counters.statistics }

  /// Queues a job; the one that is the loop itself comes on its own thread before the first turn, and before all that was
  /// put.
  func put(_ job: UnownedJob) {
    if inLoop, !confined.isHosted { confined.host = job } else { mailbox.put(.job(job)) }
  }

  var core: LoopCore {
    precondition(inLoop, "loop \(name) was used off its thread")
    return confined
  }

  // MARK: The turn

  /// Rounds of jobs in one turn: a job that leads to the next need not wait for a turn each, and a chain
  /// without end does not keep sockets waiting.
  private static var roundsPerTurn: Int { 16 }

  /// The turns are a job of the loop itself: whoever asks whether it is on the loop (`assumeIsolated`, at every step
  /// from one actor to another) is then answered by one comparison instead of a search, a tenth of what a line costs.
  private func run() {
    let core = confined
    Task(executorPreference: self) { self.turns() }
    while let job = core.host.take() { run(job) }
    core.clear()
    counters.registered.store(0, ordering: .relaxed)
    counters.timers.store(0, ordering: .relaxed)
  }

  private func turns() {
    let core = core
    core.isHosted = true
    var batch: [Mailbox.Entry] = []
    while !stopRequested.load(ordering: .relaxed) { turn(core, &batch) }
  }

  private func turn(_ core: LoopCore, _ batch: inout [Mailbox.Entry]) {
    let again = core.againRequested
    core.againRequested = false
    core.isAgain = again
    let maySleep = !again && mailbox.prepareToSleep()
    let ready = core.wait(maySleep ? core.timeout(at: .current()) : 0)
    if maySleep { mailbox.awake() }
    core.now = .current()

    var work = TurnWork()
    dispatch(ready, core, &work)
    endRests(core, &work)
    core.advanceTimers()
    while let due = core.timers.popDue() {
      work.timers += 1
      due.sink.timerFired(due.tag)
    }
    // What files and sockets have brought leaves before the jobs that it led to: bookkeeping can wait.
    if again || !work.isEmpty { tellTurnEnd(core) }
    var rounds = 0
    while rounds < Self.roundsPerTurn, mailbox.take(&batch) {
      rounds += 1
      work.jobs += batch.count
      run(batch)
      batch.removeAll(keepingCapacity: true)
    }
    guard again || !work.isEmpty else { return }
    if work.jobs > 0 { tellTurnEnd(core) }
    account(core, work)
  }

  private func tellTurnEnd(_ core: LoopCore) {
    let sinks = core.turnSinks
    for sink in sinks { sink.turnEnded() }
  }

  private func dispatch(_ ready: Int, _ core: LoopCore, _ work: inout TurnWork) {
    for index in 0..<ready {
      let data = tc_epoll_data(core.events + index)
      if data == LoopCore.wakeData {
        mailbox.awaitWake()
        continue
      }
      // Nil for a descriptor that an earlier sink of this batch deregistered, even when its number and its
      // slot belong to a new connection by now.
      guard let recipient = core.registrations.recipient(Registration(epollData: data)) else { continue }
      let mask = tc_epoll_events(core.events + index)
      work.events += 1
      recipient.sink.ready(recipient.tag, Readiness(epollMask: mask))
    }
  }

  private func endRests(_ core: LoopCore, _ work: inout TurnWork) {
    while let registration = core.nextRested() {
      if let recipient = core.registrations.recipient(registration),
        let interest = core.registrations.tenant(registration)?.interest
      {
        work.events += 1
        recipient.sink.ready(recipient.tag, interest)
      }
      core.endRest(registration)
    }
  }

  private func run(_ batch: [Mailbox.Entry]) {
    for entry in batch {
      switch entry {
      case .job(let job): run(job)
      case .body(let body): body()
      }
    }
  }

  private func run(_ job: UnownedJob) {
    job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
  }

  private func account(_ core: LoopCore, _ work: TurnWork) {
    let nanoseconds = Int64(clamping: Instant.current().nanoseconds(since: core.now))
    counters.turns.add(1, ordering: .relaxed)
    counters.busy.add(nanoseconds, ordering: .relaxed)
    if nanoseconds > counters.longestTurn.load(ordering: .relaxed) {
      counters.longestTurn.store(nanoseconds, ordering: .relaxed)
    }
    counters.registered.store(core.registrations.count, ordering: .relaxed)
    counters.timers.store(core.timers.count, ordering: .relaxed)
    guard nanoseconds > longTurnNS else { return }
    counters.longTurns.add(1, ordering: .relaxed)
    log("loop \(name): a turn took \(nanoseconds / 1_000_000) ms and ran \(work)")
  }
}

/// What one turn ran, for the report of a long one.
private struct TurnWork: CustomStringConvertible {
  var events = 0
  var timers = 0
  var jobs = 0

  var isEmpty: Bool { events == 0 && timers == 0 && jobs == 0 }
  var description: String { "\(events) events, \(timers) timers, \(jobs) jobs" }
}
