extension LineSplitter {
  /// The places between `start` and `failure` at which a record can begin, in order.
  ///
  /// Up to `failure` the text is the beginning of a valid value. So a `{"` there is either an object of the cut record,
  /// and if it is still open at `failure` it fails there too, or it is a `{` at the end of a string whose closing quote
  /// is in truth the first quote of the next record. This one pass spares a scan from each object to the failure.
  func candidates(from start: Int, to failure: Int) -> [Int] {
    var found: [Int] = []
    var open: [Int] = []
    let skipper = JSONSkipper(base: base, end: failure)
    var position = start
    while position < failure {
      switch base[position] {
      case UInt8(ascii: "\""):
        let stringEnd = skipper.stringEnd(position)
        let brace = stringEnd - 2
        if brace > position, base[brace] == UInt8(ascii: "{"), base[brace + 1] == UInt8(ascii: "\"") {
          found.append(brace)
        }
        position = stringEnd
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(position)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // The value at `start` itself has failed already.
        if let opening = open.popLast(), opening > start, base[opening] == UInt8(ascii: "{"),
          base[opening + 1] == UInt8(ascii: "\""), isRecordEnd(position + 1)
        {
          found.append(opening)
        }
      default: break
      }
      position += 1
    }
    return found.sorted()
  }
}
