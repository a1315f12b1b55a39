/// One event of a stream as it arrived.
public struct StreamEvent: Sendable, Equatable {
  /// The event's name, `message` when none was given.
  public var name: String
  /// The id that came with this very event; nil for events that are no place to resume from.
  public var id: String?
  /// The data, JSON on every stream of Tailcast.
  public var data: [UInt8]

  /// An event.
  public init(name: String, id: String?, data: [UInt8]) {
    self.name = name
    self.id = id
    self.data = data
  }
}

/// Bytes of an event stream in, events out, by the rules of the HTML standard (section 9.2.6, "Interpreting an
/// event stream"). A value: the pieces may be cut anywhere.
public struct SSEParser: Sendable {
  /// The stream holds an event larger than the limit.
  public struct Overflow: Error, Equatable {}

  /// The id to resume from.
  public private(set) var lastEventID: String?
  /// Milliseconds to wait before coming back, as the server last asked.
  public private(set) var retry: Int?
  /// Most bytes of one event, lines and data together.
  public let limit: Int

  private var line: [UInt8] = []
  private var name = ""
  private var id: String?
  private var data: [UInt8] = []
  private var hasData = false
  /// A CR ended the last line: an LF right behind it belongs to the same end.
  private var endedByCR = false
  private var isFirstLine = true

  /// A parser at the beginning of a stream.
  /// - Parameters:
  ///   - lastEventID: the id that the stream was resumed from.
  ///   - limit: most bytes of one event.
  public init(lastEventID: String? = nil, limit: Int = 64 << 20) {
    self.lastEventID = lastEventID
    self.limit = limit
  }

  /// Takes the next bytes and returns the events that they complete.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(Overflow) -> [StreamEvent] {
    var events: [StreamEvent] = []
    var start = 0
    if endedByCR, let first = bytes.first {
      endedByCR = false
      if first == 0x0a { start = 1 }
    }
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x0a || byte == 0x0d else {
        index += 1
        continue
      }
      line += bytes[start..<index]
      if let event = endLine() { events.append(event) }
      index += 1
      if byte == 0x0d {
        if index == bytes.count { endedByCR = true } else if bytes[index] == 0x0a { index += 1 }
      }
      start = index
    }
    line += bytes[start...]
    if line.count + data.count > limit { throw Overflow() }
    return events
  }

  /// The same for an array.
  public mutating func feed(_ bytes: [UInt8]) throws(Overflow) -> [StreamEvent] {
    // The closure's thrown type would otherwise be lost on the way through the standard library.
    let result: Result<[StreamEvent], Overflow> = bytes.withUnsafeBytes { buffer in
      do throws(Overflow) { return .success(try feed(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func endLine() -> StreamEvent? {
    defer { line.removeAll(keepingCapacity: line.count <= 1 << 20) }
    var text = line[...]
    if isFirstLine {
      isFirstLine = false
      if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
    }
    guard let first = text.first else { return dispatch() }
    if first == 0x3a { return nil }
    let colon = text.firstIndex(of: 0x3a)
    var value = colon.map { text[($0 + 1)...] } ?? []
    if value.first == 0x20 { value = value.dropFirst() }
    switch String(decoding: text[..<(colon ?? text.endIndex)], as: UTF8.self) {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data":
      if hasData { data.append(0x0a) }
      data += value
      hasData = true
    case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
    case "retry" where !value.isEmpty && value.allSatisfy({ (0x30...0x39).contains($0) }):
      retry = Int(String(decoding: value, as: UTF8.self)) ?? retry
    default: break
    }
    return nil
  }

  private mutating func dispatch() -> StreamEvent? {
    defer {
      name = ""
      id = nil
      data = []
      hasData = false
    }
    if let id { lastEventID = id.isEmpty ? nil : id }
    guard hasData else { return nil }
    return StreamEvent(name: name.isEmpty ? "message" : name, id: id, data: data)
  }
}
