/// A binary message of the subprotocol `tailcast.mux.v1`: the number that `opened` gave the terminal, four bytes, highest
/// first, and then its bytes as they are. A value.
struct TerminalFrame: Equatable {
  /// The subprotocol in which data travels so.
  static let subprotocol = "tailcast.mux.v1"

  var number: UInt32
  var bytes: ArraySlice<UInt8>

  init(number: UInt32, bytes: ArraySlice<UInt8>) {
    self.number = number
    self.bytes = bytes
  }

  /// Nil for a message that is too short for a number.
  init?(_ message: [UInt8]) {
    guard message.count >= 4 else { return nil }
    number = message[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    bytes = message[4...]
  }

  /// The message.
  var encoded: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } + bytes
  }
}
