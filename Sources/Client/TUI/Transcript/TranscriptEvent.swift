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
