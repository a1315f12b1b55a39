/// What a contract asks of one property of an event (API section 5). A value.
struct Criterion: Sendable, Hashable {
  /// Exact values, any of which will do.
  var match: [String] = []
  /// A pattern, which will do as well.
  var pattern: Wildcard?
  /// Whether an event without the property is refused.
  var isRequired = true

  /// Whether an event with these values of the property passes; nil is an event without it. A list passes by any of
  /// its elements. A criterion without match and pattern only asks whether the property is there.
  func accepts(_ values: [String]?) -> Bool {
    guard let values else { return !isRequired }
    if match.isEmpty, pattern == nil { return true }
    return values.contains { value in match.contains(value) || pattern?.matches(value) == true }
  }
}

/// All that a contract asks of an event. A value.
struct HookCriteria: Sendable, Hashable {
  /// Of the event's source, the topic of the change feed.
  var source: Criterion?
  /// Of the event's type.
  var type: Criterion?
  /// Of its properties, by name.
  var properties: [String: Criterion] = [:]

  /// Whether the event is one that the contract asks for. Source and type are looked at first: most events end there,
  /// and their properties need not be read.
  func accepts(_ event: HookEvent) -> Bool {
    guard source?.accepts([event.source]) ?? true, type?.accepts([event.type]) ?? true else { return false }
    guard !properties.isEmpty else { return true }
    let values = event.properties
    return properties.allSatisfy { name, criterion in criterion.accepts(values[name]?.texts) }
  }
}
