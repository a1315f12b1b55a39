extension JSONSlice {
  /// The text of a string; an escaped surrogate without its partner becomes U+FFFD. Nil if the value is no string.
  public var string: String? {
    guard kind == .string else { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { JSONText.decode($0, 0..<buffer.count) }
    }
  }

  /// A number that is whole and fits; `1.0` and `1e3` are whole.
  public var int: Int64? {
    guard kind == .number else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    // `1.0` and `1e3` are whole too. Beyond 2^53 a double may be the neighbour of what was written.
    return Int64(text) ?? Double(text).flatMap { abs($0) <= 0x1p53 ? Int64(exactly: $0) : nil }
  }

  /// A number, rounded to the nearest; nil if it is beyond the range.
  public var double: Double? {
    guard kind == .number else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }

  /// `true` or `false`, nil for any other value.
  public var bool: Bool? {
    guard kind == .bool else { return nil }
    return bytes.first == UInt8(ascii: "t")
  }

  /// Whether the value is `null`.
  public var isNull: Bool { kind == .null }

  /// Whether the decoded string begins with `ascii`, leading white space skipped; only that much of it is decoded.
  public func hasStringPrefix(_ ascii: StaticString) -> Bool {
    withScalars { scalars in
      var next = scalars.next()
      while let scalar = next, scalar.properties.isWhitespace { next = scalars.next() }
      return ascii.withUTF8Buffer { wanted in
        for byte in wanted {
          guard next == Unicode.Scalar(byte) else { return false }
          next = scalars.next()
        }
        return true
      }
    } ?? false
  }

  /// Whether the value is a string of nothing but white space, or an empty one.
  public var isBlankString: Bool {
    withScalars { scalars in
      while let scalar = scalars.next() {
        guard scalar.properties.isWhitespace else { return false }
      }
      return true
    } ?? false
  }

  private func withScalars(_ body: (inout JSONScalars) -> Bool) -> Bool? {
    guard kind == .string else { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let inside = JSONText.inside(base, 0..<buffer.count)
      var scalars = JSONScalars(base: base, position: inside.lowerBound, end: inside.upperBound)
      return body(&scalars)
    }
  }
}
