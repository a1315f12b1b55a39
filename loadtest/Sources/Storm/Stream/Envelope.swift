import Wire

/// A text message of the server's `/ws`, read as the event that it carries.
enum Envelope {
  case event(StreamEvent)
  case ack
  case refused(String)
  case other(String)

  /// Reads `{"op":"event","topic":…,"event":…,"id":…,"data":…}`, in that order, in place and without decoding; a
  /// message in any other order is read as JSON.
  @inline(__always)
  static func read(_ text: Stretch) -> Envelope {
    guard text.starts(with: "{\"op\":\"event\",\"topic\":\"") else { return readSlowly(text) }
    var event = StreamEvent()
    guard var at = text.index(of: UInt8(ascii: "\""), from: 23) else { return readSlowly(text) }
    at += 1
    if text.starts(with: ",\"event\":\"", at: at) {
      guard let end = text.index(of: UInt8(ascii: "\""), from: at + 10) else { return readSlowly(text) }
      event.name = text.cut(at + 10, end)
      at = end + 1
    }
    if text.starts(with: ",\"id\":\"", at: at) {
      guard let end = text.index(of: UInt8(ascii: "\""), from: at + 7) else { return readSlowly(text) }
      event.id = text.cut(at + 7, end)
      at = end + 1
    }
    guard text.starts(with: ",\"data\":", at: at), text[text.count - 1] == UInt8(ascii: "}") else {
      return readSlowly(text)
    }
    event.data = text.cut(at + 8, text.count - 1)
    event.dataLines = 1
    return .event(event)
  }

  private static func readSlowly(_ text: Stretch) -> Envelope {
    guard let json = JSONSlice(validating: Array(text.buffer)[...]) else {
      return .other("no JSON: \(text.text())")
    }
    switch json["op"]?.string {
    case "ack": return .ack
    case "error": return .refused(text.text())
    default: return .other(text.text())
    }
  }
}
