import StreamServer
import Wire

/// A strict reader of a UI message stream: it follows the AI SDK's client (TRANSCRIPTS 13.1) and refuses whatever any
/// release of it would throw at, show twice or leave open.
struct UIStreamChecker {
  /// Keys besides `type`, required and optional, that every release accepts.
  static let chunks: [String: (required: Set<String>, optional: Set<String>)] = [
    "start": ([], ["messageId", "messageMetadata"]),
    "finish": ([], ["finishReason", "messageMetadata"]),
    "message-metadata": (["messageMetadata"], []),
    "start-step": ([], []), "finish-step": ([], []),
    "text-start": (["id"], ["providerMetadata"]),
    "text-delta": (["id", "delta"], ["providerMetadata"]),
    "text-end": (["id"], ["providerMetadata"]),
    "reasoning-start": (["id"], ["providerMetadata"]),
    "reasoning-delta": (["id", "delta"], ["providerMetadata"]),
    "reasoning-end": (["id"], ["providerMetadata"]),
    "tool-input-start": (["toolCallId", "toolName"], ["dynamic", "providerExecuted"]),
    "tool-input-available": (
      ["toolCallId", "toolName", "input"], ["dynamic", "providerExecuted", "providerMetadata"]
    ),
    "tool-output-available": (["toolCallId", "output"], ["dynamic", "preliminary", "providerExecuted"]),
    "tool-output-error": (["toolCallId", "errorText"], ["dynamic", "providerExecuted"]),
    "file": (["url", "mediaType"], ["providerMetadata"]),
    "data-*": (["data"], ["id", "transient"]),
  ]

  /// The first broken rule.
  private(set) var fault: String?
  private var isStarted = false
  private var isFinished = false
  private var isDone = false
  private var inStep = false
  private var openParts: Set<String> = []
  private var waiting: Set<String> = []
  private var answered: Set<String> = []
  /// An answered call that was announced again: its result must be next, or the client shows it as running.
  private var expected: String?

  private let allowsReopening: Bool

  init(allowsReopening: Bool = false) { self.allowsReopening = allowsReopening }

  /// The first broken rule of a whole stream; nil if it is legal. An encoder that has not seen a call's result takes a
  /// repeat of the call for a new one: legal for the SDK, and refused here unless `allowsReopening`.
  static func fault(in frames: [Frame], allowsReopening: Bool = false) -> String? {
    var checker = UIStreamChecker(allowsReopening: allowsReopening)
    for frame in frames { checker.read(frame) }
    if checker.fault == nil, !checker.isDone { return "the stream does not end with [DONE]" }
    return checker.fault
  }

  mutating func read(_ frame: Frame) {
    guard fault == nil else { return }
    if let broken = check(frame) { fault = "\(broken): \(frame.golden)" }
  }

  private mutating func check(_ frame: Frame) -> String? {
    if isDone { return "a frame after [DONE]" }
    if !frame.event.isEmpty { return "an SSE event name" }
    if frame == .done {
      isDone = true
      return isFinished ? nil : "[DONE] before finish"
    }
    guard let chunk = JSONSlice(validating: frame.data), let type = chunk["type"]?.string else {
      return "no chunk"
    }
    if isFinished { return "a chunk after finish" }
    if isStarted == (type == "start") { return "start is not the first chunk, and only that" }
    if let broken = checkKeys(chunk, type) { return broken }
    if let broken = advance(chunk, type) { return broken }
    if frame.id != nil, !openParts.isEmpty { return "an id inside a part" }
    return nil
  }

  private func checkKeys(_ chunk: JSONSlice, _ type: String) -> String? {
    guard let legal = UIStreamChecker.chunks[type.hasPrefix("data-") ? "data-*" : type] else {
      return "unknown type"
    }
    var keys: [String] = []
    chunk.forEachMember { key, _ in keys.append(key) }
    if Set(keys).count != keys.count { return "a key twice" }
    let given = Set(keys).subtracting(["type"])
    if !legal.required.isSubset(of: given) { return "a key is missing" }
    if !given.isSubset(of: legal.required.union(legal.optional)) { return "an unknown key" }
    for key in ["id", "delta", "toolCallId", "toolName", "errorText", "url", "mediaType", "messageId"] {
      if let value = chunk[key], value.kind != .string { return "\(key) is no string" }
    }
    for key in ["dynamic", "providerExecuted", "transient"] where chunk[key].map({ $0.bool != true }) == true
    {
      return "\(key) is not true"
    }
    if type.hasPrefix("tool-"), chunk["dynamic"] == nil { return "a tool part that is not dynamic" }
    if let reason = chunk["finishReason"]?.string, FinishReason(rawValue: reason) == nil {
      return "the reason"
    }
    return nil
  }

  private mutating func advance(_ chunk: JSONSlice, _ type: String) -> String? {
    let part = "\(type.prefix { $0 != "-" })/\(chunk["id"]?.string ?? "")"
    let call = chunk["toolCallId"]?.string ?? ""
    if let expected, call != expected || !type.hasPrefix("tool-output") { return "no result for \(expected)" }
    switch type {
    case "start": isStarted = true
    case "finish":
      if inStep { return "finish inside a step" }
      isFinished = true
    case "start-step":
      if inStep { return "a step inside a step" }
      inStep = true
    case "finish-step":
      if !inStep || !openParts.isEmpty { return "no step to finish, or a part is open" }
      inStep = false
    case "text-start", "reasoning-start":
      if !inStep || !openParts.insert(part).inserted { return "a part outside a step, or open already" }
    case "text-delta", "reasoning-delta":
      if !openParts.contains(part) { return "a delta without its start" }
    case "text-end", "reasoning-end":
      if openParts.remove(part) == nil { return "an end without its start" }
    case "tool-input-start":
      if !inStep || waiting.contains(call) && !allowsReopening {
        return "a call outside a step, or known already"
      }
      waiting.insert(call)
    case "tool-input-available":
      if answered.contains(call), !allowsReopening { expected = call }
      waiting.insert(call)
    case "tool-output-available", "tool-output-error":
      if waiting.remove(call) == nil { return "a result without its call" }
      answered.insert(call)
      expected = nil
    default: break
    }
    return nil
  }
}
