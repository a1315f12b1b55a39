#if canImport(Glibc)
  import Glibc
#endif

extension LineSplitter {
  /// The places between `start` and `failure` at which a record can begin, in order.
  ///
  /// Up to `failure` the text is the beginning of a valid value. So a `{"` there is either an object of the cut record,
  /// and if it is still open at `failure` it fails there too, or it is a `{` at the end of a string whose closing quote
  /// is in truth the first quote of the next record. This one pass spares a scan from each object to the failure.
  ///
  /// An object that is whole is most likely a part of the cut record, which then was cut right behind it. It is a record
  /// of its own, glued to where a value was due, only if it begins with the same key: lines of one writer do, and
  /// their parts begin otherwise.
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
          base[opening + 1] == UInt8(ascii: "\""), isRecordEnd(position + 1),
          beginsAlike(opening, start, skipper)
        {
          found.append(opening)
        }
      default: break
      }
      position += 1
    }
    return found.sorted()
  }
  /// True unless both are objects whose first keys differ.
  private func beginsAlike(_ candidate: Int, _ start: Int, _ skipper: JSONSkipper) -> Bool {
    guard base[start] == UInt8(ascii: "{") else { return true }
    let key = ByteScan.whitespaceEnd(base, start + 1, skipper.end)
    guard key < skipper.end, base[key] == UInt8(ascii: "\"") else { return true }
    let length = skipper.stringEnd(candidate + 1) - (candidate + 1)
    return skipper.stringEnd(key) - key == length && memcmp(base + key, base + candidate + 1, length) == 0
  }
}
