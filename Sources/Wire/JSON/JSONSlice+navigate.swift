extension JSONSlice {
  /// The first member of an object with this key (escapes in the text of the key are honoured); nil otherwise.
  public subscript(key: StaticString) -> JSONSlice? {
    key.withUTF8Buffer { find($0) }
  }

  /// The first member of an object with this key, for keys that are not literals.
  @_disfavoredOverload
  public subscript(key: String) -> JSONSlice? {
    var key = key
    return key.withUTF8 { find($0) }
  }

  /// A member of a member: `member("message", "usage")`.
  public func member(_ path: String...) -> JSONSlice? {
    var value = self
    for key in path {
      guard let next = value[key] else { return nil }
      value = next
    }
    return value
  }

  /// The elements of an array, empty for any other value.
  public var elements: [JSONSlice] {
    var result: [JSONSlice] = []
    withSkipper { skipper in
      skipper.forEachElement { result.append(self.slice($0)) }
    }
    return result
  }

  /// Calls `body` for each member of an object in the order of the text, for no other value.
  public func forEachMember(_ body: (_ key: String, _ value: JSONSlice) -> Void) {
    withSkipper { skipper in
      skipper.forEachMember { key, valueStart in
        let valueEnd = skipper.valueEnd(valueStart)
        body(JSONText.decode(skipper.base, key), self.slice(valueStart..<valueEnd))
        return .consumed(upTo: valueEnd)
      }
    }
  }

  private func find(_ wanted: UnsafeBufferPointer<UInt8>) -> JSONSlice? {
    var found: Range<Int>?
    withSkipper { skipper in
      skipper.forEachMember { key, valueStart in
        guard JSONText.equals(skipper.base, key, wanted) else { return .skip }
        found = valueStart..<skipper.valueEnd(valueStart)
        return .stop
      }
    }
    return found.map { slice($0) }
  }

  func slice(_ range: Range<Int>) -> JSONSlice {
    JSONSlice(
      trusted: bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
  }

  func withSkipper(_ body: (JSONSkipper) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      body(JSONSkipper(base: base, end: buffer.count))
    }
  }
}
