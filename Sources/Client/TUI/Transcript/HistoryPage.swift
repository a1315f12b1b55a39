import Wire

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
