/// The scanner accepts what the reference accepts and reads the same values out of it.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Input(start, count).bytes
  let slice = JSONSlice(validating: input)
  let reference = ReferenceJSON.parse(input)
  demand((slice == nil) == (reference == nil), "scanner and reference disagree on validity")
  if let slice, let reference {
    compare(slice, reference)
    var writer = JSONWriter()
    writer.array {
      $0.raw(slice)
      $0.raw(slice)
    }
    demand(!writer.bytes.contains(0x0a) && !writer.bytes.contains(0x0d), "line break in written JSON")
    demand(JSONSlice(validating: writer.bytes)?.elements.count == 2, "written JSON is not two elements")
  }

  let trusted = JSONSlice(trusted: input[...])
  _ = trusted.string
  _ = trusted["type"]
  _ = trusted.elements
  _ = trusted.isBlankString
  trusted.forEachMember { _, _ in }

  let text = String(decoding: input, as: UTF8.self)
  let literal = JSONSlice(string: text)
  demand(literal.bytes.allSatisfy { $0 >= 0x20 }, "control character in a literal")
  demand(
    JSONSlice(validating: literal.bytes)?.string.map { Array($0.utf8) } == Array(text.utf8),
    "a literal reads back differently")
  return 0
}

func compare(_ slice: JSONSlice, _ reference: ReferenceJSON) {
  switch reference {
  case .object(let members):
    demand(slice.kind == .object, "kind")
    var index = 0
    slice.forEachMember { key, value in
      demand(index < members.count && Array(key.utf8) == Array(members[index].key.utf8), "key \(index)")
      compare(value, members[index].value)
      index += 1
    }
    demand(index == members.count, "number of members")
    for (position, member) in members.enumerated().prefix(4) {
      let first = members.firstIndex { Array($0.key.utf8) == Array(member.key.utf8) }
      guard first == position else { continue }
      guard let found = slice[member.key] else { fatalError("member is not found by its key") }
      compare(found, member.value)
    }
  case .array(let elements):
    let found = slice.elements
    demand(slice.kind == .array && found.count == elements.count, "number of elements")
    for (value, element) in zip(found, elements) { compare(value, element) }
  case .string(let text):
    demand(slice.kind == .string && slice.string.map { Array($0.utf8) } == Array(text.utf8), "string")
    let isBlank = text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    demand(slice.isBlankString == isBlank, "blank string")
    demand(slice.hasStringPrefix(""), "empty prefix")
  case .number(let text):
    demand(slice.kind == .number && slice.description == text, "number")
    if let whole = Int64(text) { demand(slice.int == whole, "whole number") }
  case .bool(let bool): demand(slice.bool == bool, "bool")
  case .null: demand(slice.isNull && slice.kind == .null, "null")
  }
}
