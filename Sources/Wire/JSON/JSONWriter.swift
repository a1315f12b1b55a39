/// An append-only writer of compact JSON into a buffer that it owns; it sets the commas.
///
/// The output never holds a control character, so neither CR nor LF: it may stand in a line of SSE or of a JSONL file.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public internal(set) var bytes: [UInt8]
  private var needsComma = false

  /// An empty writer.
  public init() {
    bytes = []
  }

  /// An empty writer with room for `capacity` bytes.
  public init(reserving capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Gives the bytes away and starts anew with an empty buffer.
  public mutating func take() -> [UInt8] {
    let result = bytes
    self = JSONWriter()
    return result
  }

  /// `{…}`; the body writes keys and values in turns.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// `[…]`; the body writes values.
  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    nest(UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  /// The name of the member whose value is written next. Literals need no escaping by their author.
  public mutating func key(_ key: StaticString) {
    separate()
    key.withUTF8Buffer { appendLiteral($0) }
    endKey()
  }

  /// The name of the member whose value is written next, for names that are not literals.
  @_disfavoredOverload
  public mutating func key(_ key: String) {
    separate()
    append(key)
    endKey()
  }

  /// A string.
  public mutating func value(_ string: String) {
    separate()
    append(string)
    needsComma = true
  }

  /// A whole number.
  public mutating func value(_ integer: some BinaryInteger) {
    separate()
    appendDecimal(integer)
    needsComma = true
  }

  /// `true` or `false`.
  public mutating func value(_ bool: Bool) {
    raw(bytes: (bool ? "true" : "false").utf8)
  }

  /// A number; JSON has no infinity and no NaN, they become `null`.
  public mutating func value(_ double: Double) {
    guard double.isFinite else { return null() }
    let text = double.description
    raw(bytes: text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...])
  }

  /// A value that is JSON already. White space between its tokens is copied, but for CR and LF: they become spaces.
  public mutating func value(_ json: JSONSlice) {
    raw(json)
  }

  /// `null`
  public mutating func null() {
    raw(bytes: "null".utf8)
  }

  /// A value that is JSON already. White space between its tokens is copied, but for CR and LF: they become spaces.
  public mutating func raw(_ json: JSONSlice) {
    let start = bytes.count + (needsComma ? 1 : 0)
    raw(bytes: json.bytes)
    bytes.withUnsafeMutableBufferPointer { LineBreaks.replace(in: $0, from: start) }
  }

  /// The text of one value that is JSON already and holds neither CR nor LF.
  public mutating func raw(bytes text: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
    needsComma = true
  }

  private mutating func nest(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(opening)
    needsComma = false
    body(&self)
    bytes.append(closing)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func endKey() {
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }
}
