import Wire

/// What happens to the TUI. A value.
enum TerminalInput {
  case key(Key)
  case resized(ScreenSize)
  /// An answer to a question, or why there is none.
  case answered(Question, Result<Reply, RequestFailure>)
  case event(StreamName, StreamEvent)
  /// A stream has ended and may be opened anew.
  case ended(StreamName, String)
  /// A stream is not given, and will not be.
  case refused(StreamName, String)
  case alarm(Alarm)

  /// The stream that it is about.
  var stream: StreamName? {
    switch self {
    case .event(let name, _), .ended(let name, _), .refused(let name, _): name
    default: nil
    }
  }
}

/// What the TUI asks to be told later.
enum Alarm: Hashable {
  /// A stream is to be opened again.
  case listen(StreamName)
  /// What could not be read is to be asked for again.
  case history
  /// A remark has been shown long enough.
  case notice
  /// Ages in the list have changed.
  case minute
}
