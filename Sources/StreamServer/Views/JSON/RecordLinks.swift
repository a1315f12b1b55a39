import Wire

/// Addresses of one session's records, `/api/v1/sessions/{id}/records/{cursor}?block=n`, as JSON strings.
struct RecordLinks: Sendable {
  /// The opening quote and everything before the cursor.
  private let prefix: [UInt8]

  init(sessionID: String) {
    var prefix = Array("\"/api/v1/sessions/".utf8)
    for byte in sessionID.utf8 { RecordLinks.appendPathByte(byte, to: &prefix) }
    prefix += "/records/".utf8
    self.prefix = prefix
  }

  /// The address of the record that ends at `cursor`, or of one image in it. A part is dropped: it names a frame, and
  /// the bytes are the record's.
  func link(_ cursor: Cursor, block: Int? = nil) -> JSONSlice {
    var text = prefix
    Cursor(epoch: cursor.epoch, offset: cursor.offset).append(to: &text)
    if let block { text += "?block=\(block)".utf8 }
    text.append(UInt8(ascii: "\""))
    return JSONSlice(text)
  }

  /// RFC 3986 section 2.3: unreserved characters stand for themselves, all others are escaped, so that no id of a
  /// session can add a segment or a query.
  private static func appendPathByte(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      text.append(byte)
    default:
      let digits = Array("0123456789ABCDEF".utf8)
      text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}
