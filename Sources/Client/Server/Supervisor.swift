import CLinux
import Glibc
import Reactor

/// The process behind `tailcast start`: keeps one `tailcast serve` running. It blocks in one wait for signals.
struct Supervisor {
  /// The command that runs it, by which `restart` knows it.
  static let word = "supervise"
  let program: String
  /// What follows `serve`.
  let words: [String]
  let note: (String) -> Void

  /// Runs until the server is not to be started again; the exit code. SIGTERM and SIGINT end the server, SIGHUP starts
  /// it anew.
  func run() -> Int32 {
    let signals = [SIGCHLD, SIGTERM, SIGINT, SIGHUP]
    EventLoop.blockSignals(signals)
    let descriptor = tc_signalfd(signals, signals.count)
    guard descriptor >= 0 else {
      note("signalfd: \(String(cString: strerror(errno)))")
      return 1
    }
    defer { close(descriptor) }
    var plan = RestartPlan()
    var isEnding = false
    while true {
      var isWanted = false
      let pid: Int32
      do throws(SystemError) {
        pid = try Spawn(program, ["serve"] + words).start()
      } catch {
        note("the server cannot be started: \(error)")
        return 1
      }
      let began = ContinuousClock.now
      let exit = wait(for: pid, descriptor) { signal in
        if signal == SIGHUP { isWanted = true } else { isEnding = true }
        kill(pid, SIGTERM)
      }
      let now = ContinuousClock.now
      let step = plan.next(exit, ran: now - began, isWanted: isWanted && !isEnding, now: now)
      if isEnding { return exit == .exited(0) ? 0 : 1 }
      switch step {
      case .end(let code):
        // One that ended by itself has said why; a line of ours would stand before that.
        let isKnown = if case .exited = exit { !plan.hasRestarted } else { false }
        if code != 0, !isKnown {
          note("the server, process \(pid), \(Self.words(exit)); it is not started again")
        }
        return code
      case .again(let pause):
        if !isWanted { note("the server, process \(pid), \(Self.words(exit)); it is started again") }
        var ends = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&ends, 1, Int32(pause.milliseconds))
        while case let signal = tc_signalfd_next(descriptor), signal > 0 {
          if signal == SIGTERM || signal == SIGINT { return 0 }
        }
      }
    }
  }

  /// Waits for the child's end, and hands every other signal on.
  private func wait(for pid: Int32, _ descriptor: Int32, told: (Int32) -> Void) -> ChildExit {
    while true {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
      }
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, -1)
      while case let signal = tc_signalfd_next(descriptor), signal > 0 {
        if signal != SIGCHLD { told(signal) }
      }
    }
  }

  private static func words(_ exit: ChildExit) -> String {
    switch exit {
    case .exited(let code): "ended with \(code)"
    case .signalled(let signal): "was ended by signal \(signal)"
    }
  }

  /// The supervisor of a server, nil for one that was started otherwise.
  static func of(server pid: Int32) -> Int32? {
    guard let parent = LiveProcess.parent(of: pid),
      case .success(let line) = SmallFile.read("/proc/\(parent)/cmdline", limit: 1 << 20)
    else { return nil }
    let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return words.dropFirst().first == word ? parent : nil
  }
}
