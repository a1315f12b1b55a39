import Wire

/// Finds the time of a record, whatever agent wrote it.
public enum RecordTime {
  /// Milliseconds since 1970 of the outer `timestamp`; nil for records that have none.
  public static func milliseconds(of record: JSONSlice) -> Int64? {
    guard record.kind == .object, let stamp = record["timestamp"] else { return nil }
    switch stamp.kind {
    case .string: return Timestamp(iso8601: stamp.bytes.dropFirst().dropLast())?.milliseconds
    case .number: return stamp.int
    default: return nil
    }
  }
}
