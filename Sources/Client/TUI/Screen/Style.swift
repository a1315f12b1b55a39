/// What a piece of the screen means; how it looks is the palette's. A value.
struct Style: Equatable {
  enum Role: UInt8 {
    case plain, quiet, strong, bar, user, agent, tool, good, bad, warning, found, added, removed
  }
  var role = Role.plain
  /// Whether it belongs to what the next key is about.
  var isSelected = false

  init(_ role: Role = .plain, isSelected: Bool = false) {
    self.role = role
    self.isSelected = isSelected
  }
}
