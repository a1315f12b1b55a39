/// The text that percent-encoding stands for (RFC 3986 section 2.1).
///
/// Nil if an escape is incomplete, or if the result holds a NUL or is not UTF-8. A `+` is a plus.
public func percentDecode(_ text: some StringProtocol) -> String? {
  percentDecode(bytes: text.utf8, plusIsSpace: false)
}

func percentDecode(bytes text: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
  var decoded: [UInt8] = []
  decoded.reserveCapacity(text.count)
  var rest = text.makeIterator()
  while let byte = rest.next() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = rest.next().flatMap(ByteScan.hexValue),
        let low = rest.next().flatMap(ByteScan.hexValue)
      else { return nil }
      decoded.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsSpace: decoded.append(0x20)
    default: decoded.append(byte)
    }
    // A NUL would cut the text short where it meets a C interface, such as a path.
    if decoded.last == 0 { return nil }
  }
  return String(validating: decoded, as: UTF8.self)
}
