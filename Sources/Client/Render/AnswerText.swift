import Wire

/// The lines in which an answer is shown to a person. A value.
struct AnswerText {
  let view: AnswerView
  let body: [UInt8]
  let now: Timestamp

  /// Nil for an answer that the view cannot show: one without the member that it is about.
  var lines: [String]? {
    switch view {
    case .text:
      var lines = String(decoding: body, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      while lines.last?.isEmpty == true { lines.removeLast() }
      return lines.map { VisibleText.of(String($0)) }
    case .line(let template): return [VisibleText.line(Self.expand(template, json))]
    case .rows(let member, let columns):
      guard let rows = json?[member]?.elements else { return nil }
      if rows.isEmpty { return [] }
      var table = TextTable(columns.map { ($0.heading, $0.limit) })
      for row in rows { table.add(columns.map { cell($0, row) }) }
      return table.lines
    case .facts(let path):
      guard let value = json.flatMap({ Self.member($0, path) }) else { return nil }
      guard value.kind == .object else { return [VisibleText.of(Self.plain(value))] }
      var facts: [(String, String)] = []
      Self.collect(value, below: "", into: &facts)
      let width = facts.map(\.0.count).max() ?? 0
      return facts.map { name, text in
        VisibleText.line(name + String(repeating: " ", count: width - name.count + 2) + text)
      }
    }
  }

  private var json: JSONSlice? { JSONSlice(validating: body) }

  private func cell(_ column: AnswerView.Column, _ row: JSONSlice) -> String {
    guard let value = Self.member(row, column.path) else { return "" }
    let text = Self.plain(value)
    guard column.form == .age, let moment = Timestamp(text) else { return text }
    return MomentText.age(moment, now: now)
  }

  static func member(_ value: JSONSlice, _ path: [String]) -> JSONSlice? {
    var value = value
    for key in path {
      guard let next = value[key] else { return nil }
      value = next
    }
    return value
  }

  /// A value without the quotes of its JSON; a list of plain values with commas.
  static func plain(_ value: JSONSlice) -> String {
    switch value.kind {
    case .null: ""
    case .string: value.string ?? ""
    case .array: value.elements.map(plain).joined(separator: ", ")
    case .object, .number, .bool: value.description
    }
  }

  /// The template with members of the answer in place of `{…}`; what is missing is left out.
  static func expand(_ template: String, _ json: JSONSlice?, _ encode: (String) -> String = { $0 }) -> String
  {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let path = rest[rest.index(after: open)..<close].split(separator: ".").map(String.init)
      result += encode(json.flatMap { member($0, path) }.map(plain) ?? "")
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func collect(_ value: JSONSlice, below path: String, into facts: inout [(String, String)]) {
    value.forEachMember { name, value in
      if value.kind == .object {
        collect(value, below: path + name + ".", into: &facts)
      } else {
        facts.append((path + name, plain(value)))
      }
    }
  }
}
