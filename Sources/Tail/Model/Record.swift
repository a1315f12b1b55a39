import Wire

/// One JSON value of a transcript and where it stands.
public struct Record: Sendable {
  /// The value's bytes: one complete, valid JSON value in valid UTF-8.
  public var json: JSONSlice
  /// Byte position of the physical line's first byte, or the ordinal before it in a document format.
  public var start: UInt64
  /// Byte position just after the physical line's newline, or the ordinal in a document format: the cursor's offset.
  public var end: UInt64

  /// A record at a place.
  public init(json: JSONSlice, start: UInt64, end: UInt64) {
    self.json = json
    self.start = start
    self.end = end
  }
}
