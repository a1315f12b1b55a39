/// The keys that a client may press, by the names that the API gives them (API section 2).
enum KeyName: String, CaseIterable {
  case cancel
  case cancelTwice = "cancel2x"
  case kill
  case escape
  case escapeTwice = "escape2x"
  case tab
  case shiftTab = "shift_tab"
  case enter
  case backspace
  case up = "key_up"
  case down = "key_down"
  case left = "key_left"
  case right = "key_right"
  case control = "ctrl"

  /// The keys of the terminal, in order; none for `kill`, which is a signal.
  /// - Parameter letter: for `ctrl`.
  func keys(letter: Character?) -> [TerminalKey] {
    switch self {
    case .cancel: [.control("c")]
    case .cancelTwice: [.control("c"), .control("c")]
    case .kill: []
    case .escape: [.escape]
    case .escapeTwice: [.escape, .escape]
    case .tab: [.tab]
    case .shiftTab: [.shiftTab]
    case .enter: [.enter]
    case .backspace: [.backspace]
    case .up: [.up]
    case .down: [.down]
    case .left: [.left]
    case .right: [.right]
    case .control: letter.map { [.control($0)] } ?? []
    }
  }
}
