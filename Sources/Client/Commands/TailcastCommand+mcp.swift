import Glibc
import Wire

extension TailcastCommand {
  /// Longest message of a client: as much as a request to the server may carry.
  private static let messageLimit = 32 << 20

  /// `tailcast mcp`: answers on standard output what an MCP client says on standard input, a message a line, until it
  /// has no more to say.
  func mcp(_ access: ServerAccess) throws(CommandFailure) {
    interruption.watch()
    let session = MCPSession(version: version) { call throws(CommandFailure) in
      // Looked for anew each time: the server may have been started, or another one, since.
      try access.required().reply(
        "/api/v1/" + call.path, method: call.method, query: call.query.map { ($0.name, $0.value) },
        body: call.bodyBytes
      ).success()
    }
    let lines = LineReader(STDIN_FILENO, limit: Self.messageLimit, interruption: interruption)
    do throws(FileFault) {
      while let line = try lines.next() {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { continue }
        guard let answer = session.answer(line) else { continue }
        output.line(json: answer)
        output.flush()
      }
    } catch {
      throw CommandFailure(.failed, "standard input: \(error)")
    }
  }
}
