import CLinux
import Glibc
import Reactor

/// Looks host names up without holding the loop: each lookup has a thread of its own for its length, so that one
/// name server that does not answer delays no other receiver. Lives on the home loop.
actor NameLookup: TimerSink {
  nonisolated let loop: EventLoop
  private var waiting: [UInt64: Waiting] = [:]
  private var nextID: UInt64 = 1
  /// Lookups whose thread has not come back, those that nobody waits for any more included.
  private var threads = 0
  /// Most of them: the resolver of the C library cannot be interrupted.
  private static let mostThreads = 32

  /// Why a name has no addresses.
  struct Fault: Error, Hashable {
    var reason: String
  }

  private struct Waiting {
    var continuation: CheckedContinuation<Result<[IPAddress], Fault>, Never>
    var timer: TimerToken
  }

  init(loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// The addresses of a host, at least one; a literal address is its own.
  func addresses(of host: String, within limit: Duration) async -> Result<[IPAddress], Fault> {
    if let literal = IPAddress(host) { return .success([literal]) }
    guard threads < Self.mostThreads, let thread = try? ThreadExecutor(name: "lookup") else {
      return .failure(Fault(reason: "too many names are being looked up"))
    }
    threads += 1
    let id = nextID
    nextID += 1
    return await withCheckedContinuation { continuation in
      waiting[id] = Waiting(
        continuation: continuation, timer: loop.schedule(after: limit, sink: self, tag: id))
      thread.post { [loop] in
        let found = Self.resolve(host)
        loop.post {
          self.assumeIsolated { lookup in
            lookup.threads -= 1
            lookup.finish(id, found)
          }
        }
        thread.stop()
      }
    }
  }

  private func finish(_ id: UInt64, _ result: Result<[IPAddress], Fault>) {
    guard let call = waiting.removeValue(forKey: id) else { return }
    loop.cancel(call.timer)
    call.continuation.resume(returning: result)
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated {
      $0.finish(tag, .failure(Fault(reason: "the receiver's name could not be looked up in time")))
    }
  }

  /// Blocks for as long as the resolver does.
  private static func resolve(_ host: String) -> Result<[IPAddress], Fault> {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = TC_SOCK_STREAM
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else {
      return .failure(
        Fault(reason: "the receiver's name is not known: \(String(cString: gai_strerror(code)))"))
    }
    var found: [IPAddress] = []
    var entry = list
    while let item = entry {
      if let address = item.pointee.ai_addr.flatMap({ IPAddress($0, family: item.pointee.ai_family) }),
        !found.contains(address)
      {
        found.append(address)
      }
      entry = item.pointee.ai_next
    }
    return found.isEmpty ? .failure(Fault(reason: "the receiver's name has no address")) : .success(found)
  }
}
