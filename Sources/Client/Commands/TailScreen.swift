import Wire

/// Writes the events of a transcript the way that was asked for. Owned by one `tail`.
final class TailScreen {
  let output: Output
  private let view: TailRequest.View
  private let json: Bool
  private var printer = TranscriptPrinter()

  init(output: Output, view: TailRequest.View, json: Bool) {
    self.output = output
    self.view = view
    self.json = json
  }

  /// Shows an event unless it was shown before; false when everything asked for has been shown.
  func show(_ event: StreamEvent, _ progress: inout TailProgress) -> Bool {
    let action = progress.take(event)
    // The end of the history is an event for programs, too.
    if action == .show || (action == .finish && json) { write(event) }
    return action != .finish
  }

  private func write(_ event: StreamEvent) {
    if json {
      output.line(json: Self.envelope(event))
    } else if view == .raw, event.name == "message" {
      output.line(json: event.data)
    } else if view == .raw, event.name == "damaged" || event.name == "reset" {
      // Not a record, so not among the records.
      for line in printer.lines(event) { output.note(line) }
    } else if view == .events {
      for line in printer.lines(event) { output.line(line) }
    }
  }

  /// `{"event":…,"id":…,"data":…}`; data that is not JSON is a string.
  static func envelope(_ event: StreamEvent) -> [UInt8] {
    var writer = JSONWriter(reserving: event.data.count + 80)
    writer.object {
      $0.field("event", event.name)
      $0.fieldOrNull("id", event.id)
      if let data = JSONSlice(validating: event.data) {
        $0.field("data", data)
      } else {
        $0.field("data", String(decoding: event.data, as: UTF8.self))
      }
    }
    return writer.bytes
  }
}
