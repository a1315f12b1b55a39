import CCurl
import CLinux
import Glibc
import Reactor
import Wire

/// Runs the model on a terminal and a server: reads keys, signals and answers, does what the model wants, shows what
/// it draws. Owned by the one thread of `tailcast tui`.
final class TerminalShell {
  /// What ends the program, what moves it, what it must know of the screen.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]
  /// How long an Escape waits for the rest of a sequence, in milliseconds: slow lines cut them.
  private static let escapeTime = 40

  private let terminal: Terminal
  private let traffic: ServerTraffic
  private let signalDescriptor: Int32
  private var model: TerminalModel
  private var writer: ScreenWriter
  private var decoder = KeyDecoder()
  private var alarms: [Alarm: Instant] = [:]
  private var isChanged = true
  private var ending: Int32?

  /// - Throws: why the terminal or libcurl cannot be used.
  init(
    surroundings: Surroundings, mouse: Bool, endpoint: @escaping () -> Endpoint?
  ) throws(CommandFailure) {
    terminal = try Terminal()
    do throws(RequestFailure) { traffic = try ServerTraffic(endpoint: endpoint) } catch {
      throw CommandFailure(error)
    }
    EventLoop.blockSignals(Self.signals)
    signalDescriptor = tc_signalfd(Self.signals, Self.signals.count)
    model = TerminalModel(size: terminal.size)
    model.mouse = mouse
    writer = ScreenWriter(palette: Palette(surroundings), isUTF8: surroundings.isUTF8)
  }

  deinit { close(signalDescriptor) }

  /// Runs until the user quits or a signal ends it; the exit code.
  /// - Parameter session: the session that is shown first; else the list.
  func run(session: String?) -> Int32 {
    terminal.enter(mouse: model.mouse)
    defer { terminal.leave() }
    perform(model.begin(session: session))
    while ending == nil {
      show()
      wait()
      readSignals()
      readKeys()
      for input in traffic.take() { take(input) }
      ring()
    }
    return ending ?? 0
  }

  // MARK: Out

  /// Shows the model as it is now, unless the terminal still takes what was shown before: a slow one skips states, it
  /// does not fall behind.
  private func show() {
    terminal.flush()
    guard isChanged else { return }
    perform(model.settle())
    guard terminal.isDrained else { return }
    isChanged = false
    let bytes = writer.bytes(for: model.draw(now: .now))
    if !bytes.isEmpty { terminal.write(bytes) }
  }

  private func take(_ input: TerminalInput) {
    isChanged = true
    perform(model.take(input))
  }

  private func perform(_ actions: [TerminalAction]) {
    for action in actions {
      switch action {
      case .ask(let question): traffic.ask(question)
      case .listen(let name, let after): traffic.listen(name, after: after)
      case .hangUp(let name): traffic.hangUp(name)
      case .wake(let alarm, let milliseconds):
        alarms[alarm] = .current() + .milliseconds(milliseconds)
      case .mouse(let isOn): terminal.setMouse(isOn)
      case .redraw: writer.forget()
      case .suspend: suspend()
      case .quit: ending = 0
      }
    }
  }

  // MARK: In

  private func wait() {
    var descriptors = [
      curl_waitfd(
        fd: terminal.descriptor,
        events: Int16(CURL_WAIT_POLLIN | (terminal.isDrained ? 0 : CURL_WAIT_POLLOUT)), revents: 0),
      curl_waitfd(fd: signalDescriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0),
    ]
    let next = alarms.values.min().map { ($0 - .current()).milliseconds + 1 } ?? 60_000
    let patience = decoder.isUndecided ? min(next, Self.escapeTime) : next
    traffic.wait(for: &descriptors, milliseconds: max(0, patience))
  }

  private func readKeys() {
    let isWaited = decoder.isUndecided
    guard let bytes = terminal.read() else {
      ending = ending ?? 128 + SIGHUP
      return
    }
    let keys = bytes.isEmpty ? (isWaited ? decoder.flush() : []) : decoder.feed(bytes)
    for key in keys where ending == nil { take(.key(key)) }
  }

  private func readSignals() {
    while true {
      let number = tc_signalfd_next(signalDescriptor)
      switch number {
      case SIGWINCH: resize()
      case SIGCONT: resume()
      case SIGTSTP: suspend()
      case SIGINT, SIGTERM, SIGHUP, SIGQUIT: ending = ending ?? 128 + number
      default: return
      }
    }
  }

  private func resize() {
    let size = terminal.size
    if size != model.size { take(.resized(size)) }
  }

  private func ring() {
    let now = Instant.current()
    for alarm in alarms.filter({ $0.value <= now }).keys {
      alarms[alarm] = nil
      take(.alarm(alarm))
    }
  }

  // MARK: Suspension

  /// Gives the terminal back and stops, as every program does at Ctrl-Z.
  private func suspend() {
    terminal.leave()
    var stop = sigset_t()
    sigemptyset(&stop)
    sigaddset(&stop, SIGTSTP)
    signal(SIGTSTP, SIG_DFL)
    kill(0, SIGTSTP)
    // Stops here; a process group that nobody would continue is not stopped.
    pthread_sigmask(SIG_UNBLOCK, &stop, nil)
    pthread_sigmask(SIG_BLOCK, &stop, nil)
    resume()
  }

  /// Takes the terminal again: who had it meanwhile has left it in another state.
  private func resume() {
    terminal.enter(mouse: model.mouse)
    writer.forget()
    isChanged = true
    resize()
  }
}

extension Surroundings {
  /// Whether the locale of this environment writes UTF-8.
  var isUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { variable($0) }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }
}
