import Glibc
import Reactor
import TestSupport
import Testing

@Suite("Pseudoterminals", .timeLimit(.minutes(1)))
struct PseudoTerminalTests {
  /// Reads until the terminal has shown the text.
  private func shown(_ text: String, on terminal: PseudoTerminal) async -> String {
    var seen = ""
    var bytes = [UInt8](repeating: 0, count: 4096)
    while !seen.contains(text) {
      let count = read(terminal.descriptor, &bytes, bytes.count)
      if count > 0 { seen += String(decoding: bytes[..<count], as: UTF8.self) } else { await Task.yield() }
    }
    return seen
  }

  private func spawn(_ script: String, on terminal: PseudoTerminal) -> Spawn {
    var spawn = Spawn("/bin/sh", ["-c", script])
    spawn.input = .terminal(terminal.path)
    spawn.output = spawn.input
    spawn.error = spawn.input
    spawn.newSession = true
    return spawn
  }

  @Test("A program sees the size of its terminal, and hears of another one")
  func sizes() async throws {
    try await withLoop { (loop) async throws in
      let ended = Inbox<ChildExit>()
      let terminal = try PseudoTerminal(columns: 91, rows: 17)
      let script = "trap 'stty size; exit 3' WINCH; stty size; while :; do sleep 0.01; done"
      let child = spawn(script, on: terminal)
      try await loop.run { _ = try child.start(on: loop) { ended.put($0) } }
      _ = await shown("17 91", on: terminal)
      terminal.resize(columns: 50, rows: 10)
      _ = await shown("10 50", on: terminal)
      #expect(await ended.next() == .exited(3))
    }
  }

  @Test("Closing our side hangs the program up")
  func hangUp() async throws {
    try await withLoop { (loop) async throws in
      let ended = Inbox<ChildExit>()
      var terminal: PseudoTerminal? = try PseudoTerminal(columns: 80, rows: 24)
      if let terminal {
        let child = spawn("echo started; exec sleep 1000", on: terminal)
        try await loop.run { _ = try child.start(on: loop) { ended.put($0) } }
        _ = await shown("started", on: terminal)
      }
      terminal = nil
      #expect(await ended.next() == .signalled(SIGHUP))
    }
  }
}
