import Glibc

/// Cuts a byte stream into lines and keeps the unfinished one as bytes. A value without I/O.
///
/// A line can be seen in pieces (one 8 MiB write is): nothing past the last newline is ever parsed, and nothing of
/// it is thrown away. A line over the limit is counted, not kept.
public struct LineAssembler: Sendable {
  /// One physical line.
  public enum Line: Sendable {
    /// The line without its newline; `end` is the position after the newline.
    case whole(ArraySlice<UInt8>, start: UInt64, end: UInt64)
    /// A line longer than the limit: only where it stands.
    case oversized(start: UInt64, end: UInt64)
  }

  /// Most bytes of one line that enter memory (`tail.max_record_bytes`).
  public let limit: Int
  /// The position of the next byte expected.
  public private(set) var position: UInt64
  /// The position after the last newline: where whole lines end.
  public private(set) var boundary: UInt64
  private var held: [UInt8] = []
  private var skipping = false

  /// Starts at a line's first byte.
  public init(at offset: UInt64, limit: Int) {
    position = offset
    boundary = offset
    self.limit = limit
  }

  /// Bytes kept of the unfinished line.
  public var heldBytes: Int { held.count }

  /// Takes the bytes at `position` (those of `bytes` from index `first` on) and gives every line that they finish.
  public mutating func append(_ bytes: [UInt8], from first: Int = 0, _ emit: (Line) -> Void) {
    var from = first
    while from < bytes.count, let newline = Self.newline(in: bytes, from: from) {
      let end = position + UInt64(newline + 1 - from)
      finish(bytes[from..<newline], end: end, emit)
      position = end
      boundary = end
      from = newline + 1
    }
    keep(bytes[from...])
    position += UInt64(bytes.count - from)
  }

  private mutating func finish(_ rest: ArraySlice<UInt8>, end: UInt64, _ emit: (Line) -> Void) {
    if skipping || held.count + rest.count > limit {
      emit(.oversized(start: boundary, end: end))
    } else if held.isEmpty {
      emit(.whole(rest, start: boundary, end: end))
    } else {
      held.append(contentsOf: rest)
      emit(.whole(held[...], start: boundary, end: end))
    }
    held = []
    skipping = false
  }

  private mutating func keep(_ rest: ArraySlice<UInt8>) {
    guard !skipping else { return }
    if held.count + rest.count > limit {
      held = []
      skipping = true
    } else if !rest.isEmpty {
      held.append(contentsOf: rest)
    }
  }

  private static func newline(in bytes: [UInt8], from: Int) -> Int? {
    bytes.withUnsafeBytes { raw -> Int? in
      guard let base = raw.baseAddress, let found = memchr(base + from, 0x0A, raw.count - from) else {
        return nil
      }
      return UnsafeRawPointer(found) - base
    }
  }
}
