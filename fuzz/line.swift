/// The pieces of any line are in order and complete, and a record glued behind any bytes is found, unless it stands where
/// an object that was cut wants a value: then it is taken for a part of that.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzLine(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Input(start, count).bytes
  check(input[...])
  // The same bytes in the middle of a larger buffer: nothing outside the slice may be seen.
  let framed = [0x22] + input + Array("\"}{\"a\":1}".utf8)
  let inner = splitLine(framed[1..<(1 + input.count)])
  demand(describe(inner) == describe(splitLine(input[...])), "pieces depend on what is around the line")

  if ReferenceJSON.parse(input) != nil {
    let pieces = splitLine(input[...])
    guard pieces.count == 1, case .record = pieces[0] else { fatalError("a valid line is not one record") }
  }
  let record = Array("{\"type\":\"user\",\"uuid\":\"0\"}".utf8)
  let glued = splitLine((input + record)[...])
  guard case .record(let found, let range)? = glued.last else {
    guard case .damaged(let range, let reason)? = glued.last else { fatalError("a line has no pieces") }
    demand(reason == .unreadable || wantsValue(input[range.lowerBound...]), "a glued record is lost")
    return 0
  }
  demand(range.upperBound == input.count + record.count, "the last record does not end the line")
  demand(found.bytes.elementsEqual(record), "a glued record is not found as it is")
  _ = splitLine(input[...], allowedWork: 0)
  return 0
}

/// Whether `cut` is the beginning of an object, and an object can go on there.
func wantsValue(_ cut: ArraySlice<UInt8>) -> Bool {
  guard cut.first == UInt8(ascii: "{") else { return false }
  var closing: [UInt8] = []
  var isString = false
  var isEscaped = false
  for byte in cut {
    if isEscaped {
      isEscaped = false
    } else if isString {
      isEscaped = byte == UInt8(ascii: "\\")
      isString = byte != UInt8(ascii: "\"")
    } else {
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"): closing.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): closing.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = closing.popLast()
      default: break
      }
    }
  }
  let readable = Array(String(decoding: cut, as: UTF8.self).utf8)
  return ReferenceJSON.parse(readable + Array("{}".utf8) + closing.reversed()) != nil
}

func check(_ line: ArraySlice<UInt8>) {
  var covered = 0
  var repaired: Range<Int>?
  func demandBlank(_ range: Range<Int>) {
    demand(line[range].allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }, "bytes are left out")
  }
  for piece in splitLine(line) {
    switch piece {
    case .record(let json, let range):
      demand(ReferenceJSON.parse(Array(json.bytes)) != nil, "a record is not valid")
      if let expected = repaired {
        demand(range == expected, "a repaired record has another range")
        repaired = nil
      } else {
        demand(range.lowerBound >= covered, "pieces overlap")
        demand(line[range].elementsEqual(json.bytes), "a record is not the bytes of its range")
        demandBlank(covered..<range.lowerBound)
        covered = range.upperBound
      }
    case .damaged(let range, let reason):
      demand(repaired == nil && !range.isEmpty && range.lowerBound >= covered, "pieces overlap")
      demandBlank(covered..<range.lowerBound)
      covered = range.upperBound
      if reason.recovered { repaired = range }
    }
  }
  demand(repaired == nil, "the repaired record is missing")
  demandBlank(covered..<line.count)
}

func describe(_ pieces: [LinePiece]) -> [String] {
  pieces.map { piece in
    switch piece {
    case .record(let json, let range): "record \(range) \(json)"
    case .damaged(let range, let reason): "\(reason) \(range)"
    }
  }
}
