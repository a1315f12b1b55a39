import Wire

/// The base64 text of an image or document inside a record.
struct MediaSource: Sendable {
  var kind: String
  var mediaType: String
  /// A JSON string: plain base64, or a data URL if `isDataURL`.
  var encoded: JSONSlice
  var isDataURL = false

  /// Bytes of the base64 text itself.
  var encodedBytes: Int {
    let text = max(0, encoded.utf8Count - 2)
    return isDataURL ? max(0, text - (DataURL.payloadStart(encoded) ?? text)) : text
  }

  /// Reads a block of Claude (`source`), Codex (`image_url`) or Gemini (`inlineData`); nil if it is no inline medium.
  init?(block: JSONSlice) {
    guard block.kind == .object else { return nil }
    if let inline = block["inlineData"], let data = inline["data"], data.kind == .string {
      let type = inline["mimeType"]?.string ?? "application/octet-stream"
      self.init(kind: type.hasPrefix("image/") ? "image" : "document", mediaType: type, encoded: data)
      return
    }
    if let source = block["source"], let data = source["data"], data.kind == .string {
      guard source["type"]?.string == "base64" else { return nil }
      let isDocument = block["type"]?.string == "document"
      let type = source["media_type"]?.string ?? (isDocument ? "application/pdf" : "image/png")
      self.init(kind: isDocument ? "document" : "image", mediaType: type, encoded: data)
      return
    }
    if let address = block["image_url"] {
      self.init(dataURL: address.kind == .object ? address["url"] : address)
      return
    }
    if block["type"]?.string == "image", let data = block["data"], data.kind == .string {
      self.init(kind: "image", mediaType: block["mimeType"]?.string ?? "image/png", encoded: data)
      return
    }
    return nil
  }

  /// Reads a `data:image/png;base64,…` string; nil for any other value.
  init?(dataURL: JSONSlice?) {
    guard let dataURL, dataURL.hasStringPrefix("data:"), let start = DataURL.payloadStart(dataURL) else {
      return nil
    }
    let type = DataURL.mediaType(dataURL, payloadStart: start)
    self.init(
      kind: type.hasPrefix("image/") ? "image" : "document", mediaType: type, encoded: dataURL,
      isDataURL: true)
  }

  /// A picture that a model made: base64 without a word about its type.
  init(generated picture: JSONSlice) {
    self.init(kind: "image", mediaType: "image/png", encoded: picture)
  }

  init(kind: String, mediaType: String, encoded: JSONSlice, isDataURL: Bool = false) {
    self.kind = kind
    self.mediaType = mediaType
    self.encoded = encoded
    self.isDataURL = isDataURL
  }

  /// The base64 text as a JSON string.
  var base64: JSONSlice {
    guard isDataURL, let start = DataURL.payloadStart(encoded) else { return encoded }
    return JSONSlice([UInt8(ascii: "\"")] + encoded.bytes.dropFirst(1 + start))
  }
}

/// The parts of an RFC 2397 URL in a JSON string; positions count from the first byte after the quote.
private enum DataURL {
  /// Where the base64 text begins; nil without a comma in the first 256 bytes.
  static func payloadStart(_ url: JSONSlice) -> Int? {
    let text = url.bytes.dropFirst().dropLast().prefix(256)
    return text.firstIndex(of: UInt8(ascii: ",")).map { $0 - text.startIndex + 1 }
  }

  static func mediaType(_ url: JSONSlice, payloadStart: Int) -> String {
    let head = String(decoding: url.bytes.dropFirst(1 + 5).prefix(max(0, payloadStart - 6)), as: UTF8.self)
    let type = head.prefix { $0 != ";" && $0 != "," }
    // JSON may spell the slash `\/`.
    let plain = String(type.filter { $0 != "\\" })
    return plain.isEmpty ? "text/plain" : plain
  }
}
