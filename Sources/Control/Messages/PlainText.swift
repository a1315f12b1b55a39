/// A text as it is compared with what agents make of it: without whitespace and invisible characters, which they trim,
/// expand and remove. A value.
struct PlainText: Sendable, Hashable {
  let bytes: [UInt8]
  /// What a screen can be trusted with: it loses parts of composed characters.
  let ascii: [UInt8]

  init(_ text: some StringProtocol) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        if scalar.value > 0x20, scalar.value != 0x7F { bytes.append(UInt8(scalar.value)) }
      } else if !scalar.properties.isWhitespace, scalar.properties.generalCategory != .format {
        bytes.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    self.bytes = bytes
    ascii = bytes.filter { $0 < 0x80 }
  }
}

extension PlainText {
  /// Whether the visible part of an input is this text or its end.
  func ends(in visible: String) -> Bool {
    // Long pastes are shown as a mark.
    if visible.contains("[Pasted ") { return true }
    let seen = PlainText(visible).ascii
    let own = ascii
    // A text of other characters only: the screen cannot disprove it.
    if seen.isEmpty { return own.isEmpty || visible.contains { !$0.isWhitespace } }
    return own.count <= seen.count ? own == seen : own.suffix(seen.count).elementsEqual(seen)
  }

  /// Whether the visible part of an input may be what was typed of this text so far. Pastes get lost while a question is
  /// open, so pieces may be missing anywhere.
  func mayHold(_ visible: String) -> Bool {
    if ends(in: visible) { return true }
    let seen = PlainText(visible).ascii
    // The guard of a text that begins with an exclamation mark stands behind what was typed so far.
    return seen.isSubsequence(of: ascii) || seen.last == 0x2E && seen.dropLast().isSubsequence(of: ascii)
  }
}

extension Sequence<UInt8> {
  /// Whether these bytes stand in others in this order, whatever is between them.
  fileprivate func isSubsequence(of whole: [UInt8]) -> Bool {
    var at = whole.startIndex
    for byte in self {
      guard let next = whole[at...].firstIndex(of: byte) else { return false }
      at = next + 1
    }
    return true
  }
}
