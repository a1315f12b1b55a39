import Wire

/// A tool's answer as Codex writes it, and whether it tells of a failure. Lives for one record.
struct CodexOutput {
  /// What to show: a string, an array of parts, or any other value.
  var content: JSONSlice?
  var isError = false

  init(_ output: JSONSlice?) {
    content = output
    guard let output else { return }
    // Older versions put text and exit code as JSON into the string.
    if output.hasStringPrefix("{\"output\":"), let text = output.string,
      let inner = JSONSlice(validating: Array(text.utf8)), let words = inner["output"]
    {
      content = words
      isError = (inner["metadata"]?["exit_code"]?.int ?? 0) != 0
      return
    }
    let text = output.kind == .array ? output.elements.first?["text"] : output["text"] ?? output
    if let text, text.kind == .string, let code = Self.exitCode(text) { isError = code != 0 }
    if output.kind == .object, let code = (output["exitCode"] ?? output["exit_code"])?.int {
      isError = code != 0
    }
  }

  private static let marks = [Array("Process exited with code ".utf8), Array("Exit code: ".utf8)]
  private static let bodyMark = Array("\\nOutput:".utf8)

  /// The exit code in the lines above the output itself. What the program printed is not searched.
  private static func exitCode(_ text: JSONSlice) -> Int? {
    var head = text.bytes.dropFirst().dropLast().prefix(512)
    if let body = position(of: bodyMark, in: head) { head = head[..<body] }
    for mark in marks {
      guard let at = position(of: mark, in: head) else { continue }
      // Only at the start of a line.
      let before = head[..<at]
      guard before.isEmpty || before.suffix(2).elementsEqual("\\n".utf8) else { continue }
      let digits = head[(at + mark.count)...].prefix { $0 == UInt8(ascii: "-") || ($0 >= 0x30 && $0 <= 0x39) }
      if let code = Int(String(decoding: digits, as: UTF8.self)) { return code }
    }
    return nil
  }

  private static func position(of mark: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    guard text.count >= mark.count else { return nil }
    return (text.startIndex...(text.endIndex - mark.count)).first { text[$0...].starts(with: mark) }
  }
}
