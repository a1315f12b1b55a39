import Store
import Wire

/// What contracts can ask for, as the newest events have it: nothing here is invented. A value.
struct HookVocabulary: Sendable {
  /// How many of the newest changes are looked at.
  static let rows: Int64 = 1000

  private var sources: Set<String> = []
  private var types: Set<String> = []
  private var properties: [String: Set<String>] = [:]

  /// The vocabulary of these changes.
  init(_ changes: [Change], epoch: Epoch) {
    for change in changes {
      guard let event = HookEvent(change, epoch: epoch) else { continue }
      sources.insert(event.source)
      types.insert(event.type)
      for name in event.properties.keys { properties[name, default: []].insert(event.type) }
    }
  }

  /// `{sources:[…],types:[…],properties:[{name,types:[…]}]}`
  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("sources")
      Self.write(sources, into: &writer)
      writer.key("types")
      Self.write(types, into: &writer)
      writer.key("properties")
      writer.array { writer in
        for (name, types) in properties.sorted(by: { $0.key < $1.key }) {
          writer.object { writer in
            writer.field("name", name)
            writer.key("types")
            Self.write(types, into: &writer)
          }
        }
      }
    }
  }

  private static func write(_ words: Set<String>, into writer: inout JSONWriter) {
    writer.array { writer in for word in words.sorted() { writer.value(word) } }
  }
}
