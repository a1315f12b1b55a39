/// The query of a target as `application/x-www-form-urlencoded`: percent-decoded, `+` is a space.
public struct Query: Sendable, Hashable {
  private struct Pair: Sendable, Hashable {
    var name: String
    var value: String
  }

  private var decoded: [Pair] = []

  /// Whether every pair could be decoded; the request decoder refuses a request when not.
  public private(set) var isWellFormed = true

  /// No pair.
  public init() {}

  /// Pairs that do not decode are left out and make `isWellFormed` false. A name without `=` has an empty value.
  public init(encoded: some StringProtocol) {
    for part in encoded.utf8.split(separator: UInt8(ascii: "&")) {
      let equals = part.firstIndex(of: UInt8(ascii: "="))
      let name = percentDecode(bytes: part[..<(equals ?? part.endIndex)], plusIsSpace: true)
      let value = equals.map { percentDecode(bytes: part[part.index(after: $0)...], plusIsSpace: true) } ?? ""
      guard let name, let value else {
        isWellFormed = false
        continue
      }
      decoded.append(Pair(name: name, value: value))
    }
  }

  /// Value of the first pair of this name.
  public func first(_ name: String) -> String? {
    decoded.first { $0.name == name }?.value
  }

  /// Values of all pairs of this name.
  public func all(_ name: String) -> [String] {
    decoded.compactMap { $0.name == name ? $0.value : nil }
  }

  /// All pairs in their order.
  public var pairs: [(name: String, value: String)] { decoded.map { ($0.name, $0.value) } }
}
