import Wire

/// Who is told of which events, until when. A value.
struct HookContract: Sendable, Hashable {
  /// Its id, chosen by who made it.
  var id: String
  /// Where events are sent.
  var url: String
  /// Signs what is sent; never shown.
  var secret: String?
  /// Which events.
  var criteria: HookCriteria
  /// When it was made, milliseconds since 1970.
  var createdMS: Int64
  /// When it ends by itself.
  var expiresMS: Int64?
}

extension HookContract {
  /// Writes the contract without its secret.
  func write(into writer: inout JSONWriter, pending: Int = 0) {
    writer.object { writer in
      writer.field("id", id)
      writer.key("target")
      writer.object { writer in
        writer.field("url", url)
        writer.field("signed", secret != nil)
      }
      criteria.writeMembers(into: &writer)
      writer.field("created_at", Timestamp.text(createdMS))
      writer.fieldOrNull("expires_at", expiresMS.map(Timestamp.text))
      writer.field("pending", pending)
    }
  }
}

extension HookCriteria {
  /// As they are stored, and as a contract shows them.
  func writeMembers(into writer: inout JSONWriter) {
    writer.key("source_criterion")
    Self.write(source, into: &writer)
    writer.key("type_criterion")
    Self.write(type, into: &writer)
    writer.key("properties")
    writer.object { writer in
      for (name, criterion) in properties.sorted(by: { $0.key < $1.key }) {
        writer.key(name)
        Self.write(criterion, into: &writer)
      }
    }
  }

  /// The stored form.
  var json: String {
    var writer = JSONWriter()
    writer.object { writeMembers(into: &$0) }
    return String(decoding: writer.take(), as: UTF8.self)
  }

  private static func write(_ criterion: Criterion?, into writer: inout JSONWriter) {
    guard let criterion else { return writer.null() }
    writer.object { writer in
      if !criterion.match.isEmpty {
        writer.key("match")
        writer.array { writer in for value in criterion.match { writer.value(value) } }
      }
      writer.fieldIfPresent("pattern", criterion.pattern?.text)
      writer.field("required", criterion.isRequired)
    }
  }
}
