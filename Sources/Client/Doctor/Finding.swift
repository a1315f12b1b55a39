import Wire

/// The result of one check of `tailcast doctor`.
struct Finding: Equatable {
  enum Grade: String { case ok, warn, fail }
  /// What was checked.
  var name: String
  var grade: Grade
  /// What is the case.
  var detail: String
  /// What to do, when something is to be done.
  var remedy: String?

  static func ok(_ name: String, _ detail: String) -> Finding {
    Finding(name: name, grade: .ok, detail: detail)
  }
  static func warn(_ name: String, _ detail: String, _ remedy: String) -> Finding {
    Finding(name: name, grade: .warn, detail: detail, remedy: remedy)
  }
  static func fail(_ name: String, _ detail: String, _ remedy: String) -> Finding {
    Finding(name: name, grade: .fail, detail: detail, remedy: remedy)
  }

  /// One or two lines for people.
  var lines: [String] {
    let head = grade.rawValue + String(repeating: " ", count: 6 - grade.rawValue.count)
    return [VisibleText.line("\(head)\(name): \(detail)")]
      + (remedy.map { ["      → " + VisibleText.line($0)] } ?? [])
  }

  /// `{name,state,detail,remedy}`.
  func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("name", name)
      $0.field("state", grade.rawValue)
      $0.field("detail", detail)
      $0.fieldOrNull("remedy", remedy)
    }
  }
}
