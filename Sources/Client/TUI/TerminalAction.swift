/// What the TUI wants to be done. A value.
enum TerminalAction: Equatable {
  case ask(Question)
  case listen(StreamName, after: String?)
  case hangUp(StreamName)
  case wake(Alarm, milliseconds: Int)
  case mouse(Bool)
  case redraw
  case suspend
  case quit
}
