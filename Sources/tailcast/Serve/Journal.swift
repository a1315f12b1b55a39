import Client
import Control
import Glibc
import Store
import Wire

/// Writes the server's log to standard error, one line an entry, as text or JSON.
struct Journal: Sendable {
  let format: Configuration.Log.Format
  let level: Configuration.Log.Level

  init(_ log: Configuration.Log) {
    format = log.format
    level = log.level
  }

  /// Something that whoever runs the server should know.
  func note(_ text: String) {
    guard level == .debug || level == .info else { return }
    write(level: "info", [("message", text)])
  }

  /// A request was answered.
  func access(_ record: AccessRecord) {
    guard level == .debug || record.status >= 500 else { return }
    var fields = [
      ("message", "request"), ("request_id", record.requestID), ("method", record.method),
      ("path", record.path),
      ("status", String(record.status)), ("us", String(record.microseconds)), ("peer", record.peer),
    ]
    if let code = record.code { fields.append(("code", code)) }
    write(level: record.status >= 500 ? "error" : "debug", fields)
  }

  private func write(level: String, _ fields: [(String, String)]) {
    let time = Timestamp(milliseconds: WallClock.milliseconds()).iso8601
    var line: [UInt8]
    switch format {
    case .json:
      var writer = JSONWriter()
      writer.object { json in
        json.field("ts", time)
        json.field("level", level)
        for (key, value) in fields {
          json.key(key)
          json.value(value)
        }
      }
      line = writer.take()
    case .text:
      // Names and paths come from outside: what could drive a terminal is left out.
      let words = fields.enumerated().map { $0 == 0 ? $1.1 : "\($1.0)=\($1.1)" }.joined(separator: " ")
      line = Array("\(time) \(level) \(words)".utf8).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
    }
    line.append(0x0A)
    _ = Glibc.write(2, line, line.count)
  }
}
