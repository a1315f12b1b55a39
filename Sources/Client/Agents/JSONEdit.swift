import Wire

/// Changes one member of a JSON document and no byte of the others. A value.
struct JSONEdit {
  /// Why a document is not touched.
  struct Fault: Error, Equatable {
    var reason: String
  }

  private let text: [UInt8]
  private let root: JSONSlice
  /// The members of the document and the places of their values in the text.
  private let members: [(key: String, value: JSONSlice)]

  /// - Parameter text: the document; nothing but white space is an empty object.
  init(_ text: [UInt8]) throws(Fault) {
    let isBlank = text.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    self.text = isBlank ? Array("{}\n".utf8) : text
    guard let root = JSONSlice(validating: self.text) else {
      throw Fault(reason: "is not JSON (comments are not, either); nothing was changed")
    }
    guard root.kind == .object else { throw Fault(reason: "is no JSON object; nothing was changed") }
    self.root = root
    var members: [(String, JSONSlice)] = []
    root.forEachMember { members.append(($0, $1)) }
    self.members = members
  }

  subscript(key: String) -> JSONTree? { members.first { $0.key == key }.map { JSONTree($0.value) } }

  /// The document with another value of a member, nil for none.
  func setting(_ key: String, to value: JSONTree?) -> [UInt8] {
    let index = members.firstIndex { $0.key == key }
    guard let value else { return index.map(removing) ?? text }
    let new = Array(value.text(indent: indent, level: 1).utf8)
    if let index {
      let old = members[index].value.bytes
      return text[..<old.startIndex] + new + text[old.endIndex...]
    }
    let member = Array("\n\(indent)\(JSONSlice(string: key).description): ".utf8) + new
    if let last = members.last?.value.bytes.endIndex {
      return text[..<last] + [0x2c] + member + text[last...]
    }
    let open = root.bytes.startIndex + 1
    return text[..<open] + member + [0x0a] + text[(root.bytes.endIndex - 1)...]
  }

  /// The document without a member, the comma beside it and the blanks before it.
  private func removing(_ index: Int) -> [UInt8] {
    let end = members[index].value.bytes.endIndex
    if index > 0 { return Array(text[..<members[index - 1].value.bytes.endIndex] + text[end...]) }
    let open = root.bytes.startIndex + 1
    guard members.count > 1, let comma = text[end...].firstIndex(of: 0x2c) else {
      return Array(text[..<open] + text[(root.bytes.endIndex - 1)...])
    }
    return Array(text[..<open] + text[(comma + 1)...])
  }

  /// What the document's first member is indented by.
  private var indent: String {
    let rest = text[(root.bytes.startIndex + 1)...].drop { $0 == 0x0d || $0 == 0x0a }
    let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 }
    return blanks.isEmpty || members.isEmpty ? "  " : String(decoding: blanks, as: UTF8.self)
  }
}
