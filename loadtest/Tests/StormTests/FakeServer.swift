import Glibc
import Reactor
import Synchronization

@testable import Storm

/// A small server of one folder of transcripts, with a thread for each connection, that can be told to cheat.
final class FakeServer: Sendable {
  /// In which way it cheats.
  enum Lie: Sendable, CaseIterable {
    case none, skipsALine, repeatsALine, changesAByte, namesAnotherOffset, namesAnotherEpoch, resets, hangsUp
    case refuses, greetsElsewhere, breaksChunks, sendsNothing, inventsAnEvent

    /// What a swarm must call it.
    var violation: Violation.Kind? {
      switch self {
      case .none: nil
      case .skipsALine: .gap
      case .repeatsALine: .repeat
      case .changesAByte: .content
      case .namesAnotherOffset: .position
      case .namesAnotherEpoch: .epoch
      case .resets: .reset
      case .hangsUp: .disconnect
      case .refuses: .status
      case .greetsElsewhere: .greeting
      case .breaksChunks: .protocol
      case .sendsNothing: .unfinished
      case .inventsAnEvent: .unexpected
      }
    }
  }

  let port: UInt16
  let root: String
  private let lie: Lie
  private let listener: Int32
  private let stopped = Atomic<Bool>(false)
  private let threads = Mutex<[ThreadExecutor]>([])

  init(root: String, lie: Lie = .none) throws {
    self.root = root
    self.lie = lie
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = fd
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(fd, $0, length)
        listen(fd, 512)
        getsockname(fd, $0, &length)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    try run("accept") { self.accept() }
  }

  func stop() {
    stopped.store(true, ordering: .relaxed)
    shutdown(listener, Int32(SHUT_RDWR))
    for thread in threads.withLock({ $0 }) {
      thread.stop()
      thread.join()
    }
    close(listener)
  }

  private func run(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
    let thread = try ThreadExecutor(name: name)
    threads.withLock { $0.append(thread) }
    thread.post(body)
  }

  private func accept() {
    while !stopped.load(ordering: .relaxed) {
      let fd = Glibc.accept(listener, nil, nil)
      if fd < 0 { return }
      try? run("serve") {
        FakeConnection(fd, self.root, self.lie) { self.stopped.load(ordering: .relaxed) }.serve()
        close(fd)
      }
    }
  }
}
