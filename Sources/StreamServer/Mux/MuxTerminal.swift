import Glibc
import Reactor

/// One terminal on a `/mux` socket: the process that shows it, our side of its pseudoterminal, and what waits in both
/// directions. Owned by its shard.
final class MuxTerminal {
  /// Its place among the terminals of the shard.
  let key: UInt64
  /// Its number on its socket.
  let number: UInt32
  /// The session as the client names it.
  let id: String
  let connection: UInt64
  let isWritable: Bool
  /// What the viewer lacks.
  var output: TerminalQueue
  /// How the process ended.
  var exit: ChildExit?
  /// Nothing more will be shown.
  private(set) var isAtEnd = false
  private let loop: EventLoop
  private let screen: PseudoTerminal
  private let client: Child
  private let inputBytes: Int
  private var registration: Registration?
  private var interest: Readiness = []
  /// What was typed and not taken yet.
  private var input: [UInt8] = []
  /// tmux has shown something. Before, it throws away what is typed: it begins by emptying its input.
  private var hasShown = false

  /// Starts the client on a terminal of this size.
  /// - Parameter ended: told on the loop, once, when the client was reaped.
  init(
    key: UInt64, number: UInt32, id: String, connection: UInt64, grant: TerminalGrant, size: TerminalSize,
    limits: MuxLimits, loop: EventLoop, ended: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    self.key = key
    self.number = number
    self.id = id
    self.connection = connection
    self.loop = loop
    isWritable = grant.isWritable
    output = TerminalQueue(limits)
    inputBytes = limits.inputBytes
    screen = try PseudoTerminal(columns: size.columns, rows: size.rows)
    var client = grant.client
    client.input = .terminal(screen.path)
    client.output = client.input
    client.error = client.input
    client.newSession = true
    self.client = try client.start(on: loop, ended: ended)
  }

  /// Reads what it shows, a bounded part of it: other descriptors of the loop come first then.
  func read() {
    guard !isAtEnd else { return }
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { buffer in
      for _ in 0..<16 where !output.isPaused {
        let count = Glibc.read(screen.descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else {
          isAtEnd = true
          return
        }
        hasShown = true
        output.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// Types.
  func type(_ bytes: some Collection<UInt8>) throws(MuxRefusal) {
    guard isWritable else {
      throw MuxRefusal("FORBIDDEN", "\(id) is only watched: who opens it may not type, or asked to watch")
    }
    guard input.count + bytes.count <= inputBytes else {
      throw MuxRefusal(
        "TERMINAL_BUSY", "\(id) does not read what is typed (mux.input_bytes is \(inputBytes))")
    }
    input += bytes
    write()
  }

  /// Writes what waits, as much as is taken.
  func write() {
    guard hasShown, !isAtEnd else { return }
    var written = 0
    while written < input.count {
      let count = input.withUnsafeBytes {
        Glibc.write(screen.descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    input.removeFirst(written)
  }

  func resize(_ size: TerminalSize) { screen.resize(columns: size.columns, rows: size.rows) }

  /// Asks the loop for what is wanted now; for nothing, where a hang-up would be told in each turn.
  func settle(_ sink: any ReadinessSink, hungUp: Bool = false) throws(SystemError) {
    if hungUp { input = [] }
    var wanted: Readiness = []
    if !isAtEnd, !output.isPaused { wanted.insert(.readable) }
    if !isAtEnd, hasShown, !input.isEmpty { wanted.insert(.writable) }
    guard wanted != interest else { return }
    interest = wanted
    if let registration, wanted.isEmpty {
      loop.deregister(registration)
      self.registration = nil
    } else if let registration {
      loop.modify(registration, wanted)
    } else {
      registration = try loop.register(screen.descriptor, wanted, sink: sink, tag: key)
    }
  }

  /// Lets the client go; the session and its program stay.
  func end() {
    if let registration { loop.deregister(registration) }
    registration = nil
    isAtEnd = true
    // It has nothing to lose: tmux holds the session.
    client.kill()
  }
}
