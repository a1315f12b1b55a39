import Wire

/// An event of a transcript, from a stream or from a page of history. A value.
struct TranscriptEvent {
  var name: String
  /// Its position; nil for what is no place to resume from.
  var id: String?
  var data: JSONSlice

  /// Nil for an event whose data is not JSON.
  init?(_ event: StreamEvent) {
    guard let data = JSONSlice(validating: event.data) else { return nil }
    self.init(name: event.name, id: event.id, data: data)
  }

  init(name: String, id: String?, data: JSONSlice) {
    self.name = name
    self.id = id
    self.data = data
  }
}

/// A page of history, `GET sessions/{id}/messages?view=events`. A value.
struct HistoryPage {
  var events: [TranscriptEvent]
  /// Where the next page begins; nil where nothing is known of a transcript yet.
  var nextAfter: String?
  var nextBefore: String?
  var hasMoreBefore: Bool
  var hasMoreAfter: Bool
  /// Why the page is not from the place that was asked for; nil when it is.
  var reset: String?

  /// Nil for an answer that is no page.
  init?(_ body: [UInt8]) {
    guard let json = JSONSlice(validating: body), let events = json["events"] else { return nil }
    self.events = events.elements.compactMap { event in
      guard let name = event["event"]?.string, let data = event["data"] else { return nil }
      return TranscriptEvent(name: name, id: event["id"]?.string, data: data)
    }
    nextAfter = json["next_after"]?.string
    nextBefore = json["next_before"]?.string
    hasMoreBefore = json["has_more_before"]?.bool ?? false
    hasMoreAfter = json["has_more_after"]?.bool ?? false
    reset = json["reset"].map { $0["reason"]?.string ?? "unknown" }
  }
}
