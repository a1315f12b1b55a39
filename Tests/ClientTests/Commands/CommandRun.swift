@testable import Client

/// One run of a command.
struct CommandRun {
  var code: Int32
  var output: String
  var remarks: [String]
  /// How often a server of the command's own was opened, and closed.
  var opened = 0
  var closed = 0

  /// - Parameters:
  ///   - local: what answers on the socket of the command's own server; nil where none can be opened.
  ///   - fault: what happens to what is written.
  ///   - home: the user's home directory.
  ///   - given: what stands on standard input.
  init(
    _ line: String, given: String = "", home: String = "/nonexistent", state: String = "/nonexistent/state",
    local: FakeServer? = nil,
    isTerminal: Bool = false, interruption: Interruption = Interruption(),
    interruptsAtRemark: Bool = false, fault: FileFault? = nil
  ) {
    final class Recorder {
      var output: [UInt8] = []
      var remarks: [String] = []
      var opened = 0
      var closed = 0
    }
    let recorder = Recorder()
    let command = TailcastCommand(
      version: "1.2.3", input: Input(isTerminal: false) { _, _ in .success(Array(given.utf8)) },
      output: Output(
        isTerminal: isTerminal,
        write: {
          recorder.output += $0
          return fault
        },
        remark: {
          recorder.remarks.append($0)
          if interruptsAtRemark { interruption.interrupt() }
        }),
      interruption: interruption, serve: { $0.listen.port == 7 ? 0 : 9 },
      local: { _, _ throws(LocalFault) in
        guard let local else { throw .failed("no\u{1b} server here") }
        recorder.opened += 1
        return FakePrivateServer(socket: local.socketPath) { recorder.closed += 1 }
      })
    let surroundings = Surroundings(environment: [:], home: home)
    code = command.run(
      arguments: line.split(separator: " ").map(String.init) + ["--state", state], surroundings: surroundings)
    output = String(decoding: recorder.output, as: UTF8.self)
    remarks = recorder.remarks
    opened = recorder.opened
    closed = recorder.closed
  }
}

/// A server of a command's own: a fake one that knows how often it was opened and when it is closed.
private final class FakePrivateServer: LocalTranscripts {
  let socket: String
  private let closed: () -> Void

  init(socket: String, closed: @escaping () -> Void) {
    self.socket = socket
    self.closed = closed
  }

  deinit { closed() }
}
