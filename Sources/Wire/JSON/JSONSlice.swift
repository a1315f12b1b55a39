/// What a JSON value is, by its first byte.
public enum JSONKind: Sendable { case object, array, string, number, bool, null }

/// A JSON value as it stands in a shared buffer; nothing is decoded until asked for.
///
/// A copy shares the buffer, so a slice keeps the whole buffer alive: keep `detached()` when only a small part is stored.
public struct JSONSlice: Sendable {
  /// The text of exactly this value, without white space around it.
  public let bytes: ArraySlice<UInt8>

  /// Exactly one complete value with optional white space around it, in strict RFC 8259 grammar and valid UTF-8,
  /// nested no deeper than 512; nil for anything else.
  public init?(validating text: ArraySlice<UInt8>) {
    let range = text.withUnsafeBufferPointer { buffer -> Range<Int>? in
      guard let base = buffer.baseAddress else { return nil }
      var scanner = JSONScanner(base, from: 0, to: buffer.count)
      scanner.skipWhitespace()
      let start = scanner.position
      guard scanner.scanValue(), !scanner.sawInvalidUTF8 else { return nil }
      let end = scanner.position
      scanner.skipWhitespace()
      return scanner.position == buffer.count ? start..<end : nil
    }
    guard let range else { return nil }
    bytes = text[(text.startIndex + range.lowerBound)..<(text.startIndex + range.upperBound)]
  }

  /// As `init(validating:)` for a whole array.
  public init?(validating text: [UInt8]) {
    self.init(validating: text[...])
  }

  /// One trimmed and valid value; the caller knows it. Wrong bytes give wrong answers, never a read outside them.
  public init(trusted bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// One trimmed and valid value, as `init(trusted:)`.
  public init(_ json: [UInt8]) {
    bytes = json[...]
  }

  /// The JSON string literal of `string`, escaped.
  public init(string: String) {
    var writer = JSONWriter(reserving: string.utf8.count + 2)
    writer.value(string)
    self.init(writer.take())
  }

  /// The JSON number of `int`.
  public init(int: Int64) {
    self.init(Array(String(int).utf8))
  }

  /// `true` or `false`.
  public init(bool: Bool) {
    self.init(Array((bool ? "true" : "false").utf8))
  }

  /// `null`
  public static let null = JSONSlice(Array("null".utf8))

  /// What the value is.
  public var kind: JSONKind {
    switch bytes.first {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"), nil: .null
    default: .number
    }
  }

  /// Length of the text, in bytes.
  public var utf8Count: Int { bytes.count }

  /// The same value in a buffer of its own, which holds nothing else alive.
  public func detached() -> JSONSlice {
    JSONSlice(Array(bytes))
  }
}

extension JSONSlice: CustomStringConvertible {
  /// The JSON text.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
