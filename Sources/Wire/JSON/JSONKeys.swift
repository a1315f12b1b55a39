#if canImport(Glibc)
  import Glibc
#endif

/// Names of members that a reader wants, each with a number, so that one pass over an object finds all of them and
/// makes nothing of the others. Built once and shared.
public struct JSONKeys: Sendable {
  private let names: [StaticString]
  /// The numbers of the names with this many bytes.
  private let byLength: [[Int]]

  /// How many names there are.
  public var count: Int { names.count }

  /// Numbers the names from 0 in their order; no name may be empty, hold a backslash or stand there twice.
  public init(_ names: [StaticString]) {
    self.names = names
    var byLength: [[Int]] = []
    for (number, name) in names.enumerated() {
      let length = name.utf8CodeUnitCount
      while byLength.count <= length { byLength.append([]) }
      byLength[length].append(number)
    }
    self.byLength = byLength
  }

  /// The number of the key that a literal (the range with its quotes) stands for.
  @inline(__always)
  func number(_ base: UnsafePointer<UInt8>, _ literal: Range<Int>) -> Int? {
    let body = JSONText.inside(base, literal)
    if body.count < byLength.count {
      for number in byLength[body.count]
      where memcmp(base + body.lowerBound, names[number].utf8Start, body.count) == 0 {
        return number
      }
    }
    // Only an escape can make a literal of other bytes stand for one of the names.
    guard memchr(base + body.lowerBound, 0x5c, body.count) != nil else { return nil }
    let text = JSONText.decode(base, literal)
    return names.firstIndex { name in name.withUTF8Buffer { text.utf8.elementsEqual($0) } }
  }
}

extension JSONSlice {
  /// Calls `body` for each member of an object whose key is wanted, in the order of the text.
  public func forEachMember(of keys: JSONKeys, _ body: (_ number: Int, _ value: JSONSlice) -> Void) {
    withSkipper { skipper in
      skipper.forEachMember { key, valueStart in
        let valueEnd = skipper.valueEnd(valueStart)
        if let number = keys.number(skipper.base, key) { body(number, slice(valueStart..<valueEnd)) }
        return .consumed(upTo: valueEnd)
      }
    }
  }

  /// The first member of each wanted key, by the key's number.
  public func members(_ keys: JSONKeys) -> [JSONSlice?] {
    var found = [JSONSlice?](repeating: nil, count: keys.count)
    forEachMember(of: keys) { number, value in
      if found[number] == nil { found[number] = value }
    }
    return found
  }
}
