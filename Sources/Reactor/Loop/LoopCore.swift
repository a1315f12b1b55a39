import CLinux
import Glibc

/// The part of a loop that only its own thread touches: the epoll descriptor, the tables, the turn's time.
final class LoopCore {
  /// How many events one wait fetches; the rest come with the next turn, in the kernel's fair order.
  static var eventsPerTurn: Int { 1024 }
  /// Ticks of the timer wheel.
  static var resolution: UInt64 { 10_000_000 }
  /// Marks the mailbox's eventfd among the events; no slot has this number.
  static var wakeData: UInt64 { .max }

  let epoll: Int32
  let events: UnsafeMutablePointer<epoll_event>
  let origin: Instant
  var now: Instant
  var registrations = RegistrationTable(capacity: 256)
  var timers = TimerWheel(capacity: 256)
  var turnSinks: [any TurnSink] = []
  /// Descriptors that are not asked about for a time; few at once.
  private var rests: [Rest] = []
  var againRequested = false
  /// This turn was asked for.
  var isAgain = false
  /// The job that is the loop itself, before it runs.
  var host: UnownedJob?
  /// Set once that job runs.
  var isHosted = false

  private struct Rest {
    let registration: Registration
    /// Nil while its sink is being told.
    var until: Instant?
  }

  init(wakeDescriptor: Int32) throws(SystemError) {
    epoll = tc_epoll_create()
    guard epoll >= 0 else { throw SystemError(call: "epoll_create1") }
    guard tc_epoll_ctl(epoll, TC_EPOLL_CTL_ADD, wakeDescriptor, TC_EPOLLIN, Self.wakeData) == 0 else {
      let failure = SystemError(call: "epoll_ctl")
      close(epoll)
      throw failure
    }
    events = .allocate(capacity: Self.eventsPerTurn)
    events.initialize(repeating: epoll_event(), count: Self.eventsPerTurn)
    origin = .current()
    now = origin
  }

  deinit {
    events.deallocate()
    close(epoll)
  }

  // MARK: Descriptors

  func register(
    _ fd: Int32, _ interest: Readiness, sink: any ReadinessSink, tag: UInt64
  ) throws(SystemError) -> Registration {
    let registration = registrations.insert(fd, interest, sink: sink, tag: tag)
    guard control(TC_EPOLL_CTL_ADD, fd, interest, registration) == 0 else {
      let failure = SystemError(call: "epoll_ctl")
      _ = registrations.remove(registration)
      throw failure
    }
    return registration
  }

  func modify(_ registration: Registration, _ interest: Readiness) {
    guard let tenant = registrations.tenant(registration), tenant.interest != interest else { return }
    registrations.setInterest(registration, interest)
    if rest(of: registration) == nil { ask(registration, tenant.fd, interest) }
  }

  private func ask(_ registration: Registration, _ fd: Int32, _ interest: Readiness) {
    guard control(TC_EPOLL_CTL_MOD, fd, interest, registration) == 0 else {
      fatalError("epoll_ctl(MOD, \(fd)): \(SystemError(call: "epoll_ctl").message)")
    }
  }

  func deregister(_ registration: Registration) {
    guard let tenant = registrations.tenant(registration) else { return }
    guard control(TC_EPOLL_CTL_DEL, tenant.fd, [], registration) == 0 else {
      // Closed before it was deregistered: its number may be another client's socket by now.
      fatalError("epoll_ctl(DEL, \(tenant.fd)): \(SystemError(call: "epoll_ctl").message)")
    }
    rests.removeAll { $0.registration == registration }
    _ = registrations.remove(registration)
  }

  private func control(
    _ operation: Int32, _ fd: Int32, _ interest: Readiness, _ registration: Registration
  ) -> Int32 {
    let result = tc_epoll_ctl(epoll, operation, fd, interest.epollMask, registration.epollData)
    if result != 0, errno == EBADF || errno == EFAULT {
      // Going on would sooner or later write into another client's socket.
      fatalError("epoll_ctl(\(operation), \(fd)): \(SystemError(call: "epoll_ctl").message)")
    }
    return result
  }

  // MARK: Waiting

  /// Waits for at most `milliseconds` (-1: for ever) and returns how many events there are.
  func wait(_ milliseconds: Int32) -> Int {
    while true {
      let count = tc_epoll_wait(epoll, events, Int32(Self.eventsPerTurn), milliseconds)
      if count >= 0 { return Int(count) }
      // A signal is no reason to wait anew for the whole time: the turn works out what is left of it.
      if errno == EINTR { return 0 }
      fatalError("epoll_wait: \(SystemError(call: "epoll_wait").message)")
    }
  }

  /// Milliseconds until the next timer may be due, rounded up; -1 without a timer.
  func timeout(at time: Instant) -> Int32 {
    var due = timers.nextTick.map { $0 * Self.resolution }
    for rest in rests {
      if let until = rest.until { due = min(due ?? .max, until.nanoseconds(since: origin)) }
    }
    guard let due else { return -1 }
    let passed = time.nanoseconds(since: origin)
    return due <= passed ? 0 : Int32(clamping: (due - passed + 999_999) / 1_000_000)
  }

  // MARK: Rests

  func rest(_ registration: Registration, until: Instant) {
    guard let tenant = registrations.tenant(registration) else { return }
    if let index = rest(of: registration) {
      rests[index].until = until
    } else {
      rests.append(Rest(registration: registration, until: until))
      ask(registration, tenant.fd, [])
    }
  }

  /// A registration whose rest is over. It is still not asked about: whoever is told may let it rest again, and saves
  /// both calls.
  func nextRested() -> Registration? {
    guard let index = rests.firstIndex(where: { $0.until.map { $0 <= now } ?? false }) else { return nil }
    rests[index].until = nil
    return rests[index].registration
  }

  /// Asks about a registration again, unless it was let rest once more or has ended.
  func endRest(_ registration: Registration) {
    guard let index = rest(of: registration), rests[index].until == nil,
      let tenant = registrations.tenant(registration)
    else { return }
    rests.remove(at: index)
    ask(registration, tenant.fd, tenant.interest)
  }

  private func rest(of registration: Registration) -> Int? {
    rests.firstIndex { $0.registration == registration }
  }

  // MARK: Timers

  func schedule(after delay: Duration, sink: any TimerSink, tag: UInt64) -> TimerToken {
    let (tick, rest) = (now + delay).nanoseconds(since: origin).quotientAndRemainder(
      dividingBy: Self.resolution)
    let early = rest != 0
    return timers.insert(at: early ? tick + 1 : tick, sink: sink, tag: tag)
  }

  func advanceTimers() {
    timers.advance(to: now.nanoseconds(since: origin) / Self.resolution)
  }

  /// Lets go of every sink, so that loop and sinks do not keep each other alive.
  func clear() {
    // Swapped out before they die: the end of a sink may call back.
    var table = RegistrationTable(capacity: 1)
    var wheel = TimerWheel(capacity: 1)
    var sinks: [any TurnSink] = []
    swap(&table, &registrations)
    swap(&wheel, &timers)
    swap(&sinks, &turnSinks)
    rests = []
  }
}
