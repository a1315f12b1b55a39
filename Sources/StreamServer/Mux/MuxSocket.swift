/// The terminals of one `/mux` socket. Owned by its connection.
final class MuxSocket {
  /// Data travels in binary messages.
  let isBinary: Bool
  /// In the order of their numbers.
  var terminals: [MuxTerminal] = []
  /// Sessions whose terminal was asked for and is not there yet, each with its number: one that is closed and opened
  /// again meanwhile is another.
  var opening: [String: UInt32] = [:]
  private var lastNumber: UInt32 = 0

  init(isBinary: Bool) { self.isBinary = isBinary }

  /// The terminal of a session.
  func terminal(_ id: String) throws(MuxRefusal) -> MuxTerminal {
    guard let terminal = terminals.first(where: { $0.id == id }) else { throw .notOpen(id) }
    return terminal
  }

  /// The terminal of a number.
  func terminal(number: UInt32) throws(MuxRefusal) -> MuxTerminal {
    guard let terminal = terminals.first(where: { $0.number == number }) else { throw .notOpen("\(number)") }
    return terminal
  }

  /// Notes that a session's terminal was asked for; its number.
  func expect(_ id: String, _ limits: MuxLimits) throws(MuxRefusal) -> UInt32 {
    guard opening[id] == nil, !terminals.contains(where: { $0.id == id }) else {
      throw MuxRefusal("ALREADY_OPEN", "\(id) is open on this socket already")
    }
    guard terminals.count + opening.count < limits.maxTerminals else {
      throw MuxRefusal("LIMIT_REACHED", "mux.max_terminals is \(limits.maxTerminals)")
    }
    lastNumber += 1
    opening[id] = lastNumber
    return lastNumber
  }
}
