/// Cursors, times and percent-encoding: what is read, is written, reads back the same; cursors have one spelling.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Input(start, count).bytes
  let text = String(decoding: bytes, as: UTF8.self)
  if let cursor = Cursor(text) { demand(same(cursor.description, text), "cursor") }
  if let cursor = FeedCursor(text) { demand(same(cursor.description, text), "feed cursor") }
  if let epoch = Epoch(text) { demand(same(epoch.description, text), "epoch") }
  if let set = CursorSet(text) {
    demand(same(set.description, text), "cursor set")
    demand(Set(set.entries.map(\.session)).count == set.entries.count, "a session twice")
  }
  if let moment = Timestamp(text) {
    demand(moment.iso8601.utf8.count == 24, "length of a time")
    demand(Timestamp(iso8601: moment.iso8601) == moment, "time")
  }
  if let decoded = percentDecode(text) {
    demand(!decoded.utf8.contains(0), "NUL decoded")
    let encoded = decoded.utf8.map { byte in "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    demand(percentDecode(encoded).map { same($0, decoded) } == true, "percent-encoding")
  }
  let query = Query(encoded: text)
  demand(query.pairs.allSatisfy { query.all($0.name).contains($0.value) }, "query")

  if bytes.count >= 8 {
    let number = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let cursor = Cursor(
      epoch: Epoch(UInt32(truncatingIfNeeded: number)), offset: number,
      part: bytes.count % 2 == 0 ? nil : Int(number >> 33) + 1)
    demand(Cursor(cursor.description) == cursor, "a cursor does not read back")
    _ = Timestamp(milliseconds: Int64(bitPattern: number)).iso8601
  }
  return 0
}

/// Byte by byte; Swift's own comparison takes equivalent spellings for equal.
private func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
