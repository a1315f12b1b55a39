/// A piece of text in one style.
struct Span: Equatable {
  var text: String
  var style: Style

  init(_ text: String, _ role: Style.Role = .plain) {
    self.text = text
    style = Style(role)
  }
}
