import Wire

/// What a client of `/mux` asks for (STREAMS section 6). A value, read from one message; sessions are named as the client
/// names them.
enum MuxRequest: Equatable {
  /// Show the terminal of a session; who `watches` will not type.
  case open(String, TerminalSize, watches: Bool)
  /// These bytes were typed.
  case data(String, [UInt8])
  case resize(String, TerminalSize)
  /// Show it no longer.
  case close(String)

  /// Reads a text message.
  init(_ message: JSONSlice) throws(MuxRefusal) {
    do throws(Problem) {
      self = try Self.read(Body(message))
    } catch {
      throw MuxRefusal(error)
    }
  }

  private static func read(_ body: Body) throws(Problem) -> MuxRequest {
    guard try body.text("ch", maximum: 64) == "terminal" else { throw body.invalid("ch", "must be terminal") }
    guard let operation = try body.choice("op", of: ["open", "data", "resize", "close"]) else {
      throw body.invalid("op", "is missing")
    }
    guard let id = try body.id("id") else { throw body.invalid("id", "is missing") }
    switch operation {
    case "open": return .open(id, try TerminalSize(body), watches: try body.flag("watch") ?? false)
    case "resize": return .resize(id, try TerminalSize(body))
    case "close": return .close(id)
    default:
      guard let text = try body.text("data", maximum: .max) else { throw body.invalid("data", "is missing") }
      guard let bytes = Base64.decode(text.utf8) else { throw body.invalid("data", "must be base64") }
      return .data(id, bytes)
    }
  }
}

/// The size of a terminal in character cells.
struct TerminalSize: Equatable {
  var columns: Int
  var rows: Int

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// `cols` and `rows` of a message. Agents draw nothing that could be read in less.
  fileprivate init(_ body: Body) throws(Problem) {
    guard let columns = try body.number("cols", in: 20...1000) else {
      throw body.invalid("cols", "is missing")
    }
    guard let rows = try body.number("rows", in: 5...1000) else { throw body.invalid("rows", "is missing") }
    self.init(columns: columns, rows: rows)
  }
}

/// Why something that was asked for on `/mux` is not done: the code and the words of an `error` message.
struct MuxRefusal: Error, Equatable {
  var code: String
  var message: String

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ problem: Problem) { self.init(problem.code.rawValue, problem.message) }

  static func notOpen(_ id: String) -> MuxRefusal { .init("NOT_OPEN", "\(id) is not open on this socket") }
}
