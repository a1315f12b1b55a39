import Reactor
import Wire

/// The processes and pseudoterminals of this loop's `/mux` sockets.
extension Shard {
  /// Tags of terminals have this bit, those of connections do not.
  static let terminalBit: UInt64 = 1 << 63
  /// Bytes of a terminal in one message: the next terminal's turn comes after them.
  private static let sliceBytes = 16 << 10

  /// Starts the process that shows a terminal.
  func start(
    _ id: String, _ number: UInt32, _ size: TerminalSize, _ grant: TerminalGrant, on connection: Connection
  ) throws(MuxRefusal) -> MuxTerminal {
    guard context.terminals.admit(context.mux.maxClients) else {
      throw MuxRefusal("LIMIT_REACHED", "mux.max_clients is \(context.mux.maxClients)")
    }
    let key = nextTerminal | Self.terminalBit
    nextTerminal += 1
    do throws(SystemError) {
      let terminal = try MuxTerminal(
        key: key, number: number, id: id, connection: connection.id, grant: grant, size: size,
        limits: context.mux, loop: loop
      ) { exit in self.assumeIsolated { $0.clientEnded(key, exit) } }
      terminals[key] = terminal
      statistics.terminals += 1
      try terminal.settle(self)
      return terminal
    } catch {
      if let terminal = terminals.removeValue(forKey: key) {
        terminal.end()
      } else {
        context.terminals.release()
      }
      context.log("mux: \(error)")
      throw MuxRefusal("TERMINALS_UNAVAILABLE", "the terminal cannot be shown now")
    }
  }

  /// A terminal can be read or written.
  func ready(terminal key: UInt64, _ readiness: Readiness) {
    guard let terminal = terminals[key], let connection = connections[terminal.connection] else { return }
    terminal.read()
    terminal.write()
    settle(terminal, hungUp: readiness.contains(.hangup))
    pump(connection)
  }

  /// Asks the loop for what a terminal needs now.
  func settle(_ terminal: MuxTerminal, hungUp: Bool = false) {
    do throws(SystemError) {
      try terminal.settle(self, hungUp: hungUp)
    } catch {
      // Without news of it there is nothing to show; its end is told when it was reaped.
      context.log("mux: \(error)")
      terminal.end()
    }
  }

  /// Puts the next slice of each terminal of a socket into its outbox; true if there was one. In turn, so that one that
  /// floods delays the others by no more than a slice.
  func advanceTerminals(_ connection: Connection) -> Bool {
    guard let mux = connection.mux else { return false }
    var wentOn = false
    for terminal in mux.terminals {
      let slice = terminal.output.take(Self.sliceBytes)
      if !slice.isEmpty {
        send(slice, of: terminal, on: connection, mux)
        settle(terminal)
        wentOn = true
      } else if terminal.isAtEnd, let exit = terminal.exit {
        tellEnd(of: terminal, exit, on: connection)
        end(terminal, of: mux)
        wentOn = true
      }
    }
    return wentOn
  }

  /// The process of a terminal was reaped.
  private func clientEnded(_ key: UInt64, _ exit: ChildExit) {
    statistics.terminals -= 1
    context.terminals.release()
    guard let terminal = terminals[key] else { return }
    terminal.exit = exit
    if let connection = connections[terminal.connection] { pump(connection) }
  }

  /// Takes a terminal off its socket.
  func end(_ terminal: MuxTerminal, of mux: MuxSocket) {
    terminals[terminal.key] = nil
    mux.terminals.removeAll { $0 === terminal }
    terminal.end()
  }

  /// Takes all terminals off a connection that is about to end.
  func endTerminals(of connection: Connection) {
    guard let mux = connection.mux else { return }
    mux.opening = [:]
    for terminal in mux.terminals { end(terminal, of: mux) }
  }
}
