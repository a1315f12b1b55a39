import Store
import Wire

/// What was said about an agent's readiness for work, and until when it holds. A value: one row.
struct AgentStatus: Sendable {
  enum Status: String, Sendable, CaseIterable { case available, degraded, unavailable }

  var agent: String
  var status: Status
  var reason: String?
  /// Milliseconds since 1970; nil holds until something else is said.
  var untilMS: Int64?

  /// An agent of which nothing is said, or no longer, is available.
  static func unsaid(_ agent: String) -> AgentStatus { AgentStatus(agent: agent, status: .available) }

  /// What holds now.
  func at(_ nowMS: Int64) -> AgentStatus {
    untilMS.map { $0 <= nowMS } ?? false ? .unsaid(agent) : self
  }

  /// TeleClaude's object.
  func write(into writer: inout JSONWriter) {
    let until = untilMS.map(Timestamp.text)
    writer.object { writer in
      writer.field("agent", agent)
      writer.field("available", status != .unavailable)
      writer.field("status", status.rawValue)
      writer.fieldOrNull("unavailable_until", status == .unavailable ? until : nil)
      writer.fieldOrNull("degraded_until", status == .degraded ? until : nil)
      writer.fieldOrNull("reason", reason)
      writer.fieldOrNull("error", nil as String?)
    }
  }
}

extension AgentStatus {
  init(_ row: Statement) {
    self.init(
      agent: row.text(0), status: Status(rawValue: row.text(1)) ?? .available, reason: row.optionalText(2),
      untilMS: row.optionalInt64(3))
  }
}
