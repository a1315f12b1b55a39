import Glibc
import Reactor

/// Tells systemd how the server is: one datagram each to the socket that it names (sd_notify(3)). A value.
struct ServiceNotice: Sendable {
  /// Path of the socket; one that begins with @ is in the abstract namespace.
  private let socketPath: [UInt8]
  /// How often the watchdog wants to hear of us, nil for never: twice in its time.
  let pulse: Duration?

  /// Nil where no service waits for us.
  init?(environment: [String: String]) {
    guard let path = environment["NOTIFY_SOCKET"], let first = path.utf8.first,
      first == 0x2f || first == 0x40,
      path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    else { return nil }
    socketPath = Array(path.utf8)
    let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    let limit = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    pulse = isOurs && limit > 0 ? .microseconds(limit / 2) : nil
  }

  /// Says it; a service manager that does not listen is no fault of ours.
  func send(_ text: String) {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: socketPath)
      if socketPath.first == 0x40 { path[0] = 0 }
    }
    let size = MemoryLayout<sa_family_t>.size + socketPath.count
    let bytes = Array(text.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, socklen_t(size))
      }
    }
  }
}

/// Shows the service's watchdog that the home loop turns. Lives on that loop.
final class WatchdogPulse: TimerSink, Sendable {
  private let loop: EventLoop
  private let notice: ServiceNotice
  private let every: Duration

  init(loop: EventLoop, notice: ServiceNotice, every: Duration) {
    self.loop = loop
    self.notice = notice
    self.every = every
  }

  /// Callable from any thread.
  func start() { loop.post { self.timerFired(0) } }

  func timerFired(_ tag: UInt64) {
    notice.send("WATCHDOG=1")
    _ = loop.schedule(after: every, sink: self, tag: 0)
  }
}
