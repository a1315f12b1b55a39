/// The form in which a stream shows a transcript (STREAMS section 3); the raw value is the one of `view=`.
public enum ViewKind: String, Sendable, CaseIterable, Hashable {
  /// Named events: messages, turns, damage and so on (section 4).
  case events
  /// The record's own bytes.
  case raw
  /// The chunks of an AI SDK UI message stream (section 5).
  case ui
  /// `init`, `message`, `partial`, `question`, `result`, `error`, `done`: for clients of TeleClaude's web server.
  case agent

  /// Whether the stream tells about itself by named events: `hello`, `caught_up`, `lagged`.
  var tellsOfItself: Bool { self == .events || self == .raw }
}

/// How frames are wrapped for a socket.
public enum Transport: Sendable, Hashable {
  /// SSE inside HTTP/1.1 chunked coding: each frame is one chunk.
  case sseChunked
  /// SSE as it is, for HTTP/1.0: the body ends with the connection.
  case ssePlain
  /// Text frames of a WebSocket.
  case webSocket
}

/// All that decides the bytes of a stream: watchers of the same variant share them.
public struct Variant: Sendable, Hashable {
  /// The form.
  public let view: ViewKind
  /// What of a message is shown; always empty for `raw`, so that all its watchers share one variant.
  public let include: Include
  /// The wrapping.
  public let transport: Transport

  /// A variant; `include` has no meaning for `raw` and is dropped there.
  public init(view: ViewKind, include: Include = .standard, transport: Transport) {
    self.view = view
    self.include = view == .raw ? [] : include
    self.transport = transport
  }
}
