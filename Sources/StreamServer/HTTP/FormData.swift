/// The parts of a `multipart/form-data` body (RFC 7578). A value; the whole body is at hand.
public struct FormData: Sendable {
  /// One field.
  public struct Part: Sendable, Hashable {
    /// The field's name.
    public var name: String
    /// The file's name, if it is one.
    public var filename: String?
    /// Its bytes.
    public var bytes: ArraySlice<UInt8>
  }

  /// The fields, in order.
  public let parts: [Part]

  /// Reads a body; nil if it is not of this form.
  /// - Parameter contentType: the request's `content-type`, with the boundary.
  public init?(_ body: [UInt8], contentType: String) {
    guard let boundary = Self.parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count)
    else { return nil }
    let mark = Array("--\(boundary)".utf8)
    guard var at = Self.find(mark, in: body[...])?.upperBound else { return nil }
    var parts: [Part] = []
    while true {
      // Behind a mark stands the end of all, or a line end and the next part.
      if body[at...].starts(with: "--".utf8) { break }
      guard let line = Self.find([0x0D, 0x0A], in: body[at...]) else { return nil }
      // The line end before a mark belongs to the mark.
      guard let next = Self.find([0x0D, 0x0A] + mark, in: body[line.lowerBound...]) else { return nil }
      let start = min(line.upperBound, next.lowerBound)
      guard let part = Self.part(body[start..<next.lowerBound]) else { return nil }
      parts.append(part)
      guard parts.count <= 64 else { return nil }
      at = next.upperBound
    }
    self.parts = parts
  }

  private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
    guard let end = find([0x0D, 0x0A, 0x0D, 0x0A], in: bytes) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    for line in head.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }) {
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
        continue
      }
      let value = String(line[line.index(after: colon)...])
      guard let name = parameter("name", of: value) else { return nil }
      return Part(name: name, filename: parameter("filename", of: value), bytes: bytes[end.upperBound...])
    }
    return nil
  }

  /// A parameter of a header field, with or without quotes.
  private static func parameter(_ name: String, of field: String) -> String? {
    var rest = field[...]
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let found = rest[..<equals].lowercased() == name
      rest = rest[rest.index(after: equals)...]
      var value = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          if character == "\\", let escaped = rest.first {
            value.append(escaped)
            rest = rest.dropFirst()
          } else {
            value.append(character)
          }
        }
        rest = rest.dropFirst()
      } else {
        value = String(rest.prefix { $0 != ";" && $0 != " " })
        rest = rest.drop { $0 != ";" }
      }
      if found { return value }
    }
    return nil
  }

  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    var at = bytes.startIndex
    while let next = bytes[at...].firstIndex(of: pattern[0]), next + pattern.count <= bytes.endIndex {
      if bytes[next..<(next + pattern.count)].elementsEqual(pattern) { return next..<(next + pattern.count) }
      at = next + 1
    }
    return nil
  }
}
