/// What comes from a keyboard or a mouse.
enum Key: Equatable {
  case character(Character)
  /// With Ctrl held: the letter, lower case.
  case control(Character)
  /// With Alt held.
  case alt(Character)
  case enter, altEnter, tab, backTab, backspace, delete, escape
  case up, down, left, right, home, end, pageUp, pageDown
  /// Text that was pasted, line ends as `\n`.
  case paste(String)
  case click(row: Int, column: Int)
  /// A turn of the wheel, 1 is down.
  case wheel(row: Int, column: Int, by: Int)
}
