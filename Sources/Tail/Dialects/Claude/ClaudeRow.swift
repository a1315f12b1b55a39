import Wire

/// The fields of a Claude Code record that decide what it means, found in one pass. Lives for one record.
///
/// A member of the wrong type counts as missing.
struct ClaudeRow {
  let json: JSONSlice
  private(set) var type: String?
  private(set) var uuid: String?
  private(set) var parentUuid: String?
  private(set) var sessionID: JSONSlice?
  private(set) var agentID: JSONSlice?
  private(set) var requestID: JSONSlice?
  private(set) var timestamp: String?
  private(set) var isSidechain = false
  private(set) var isMeta = false
  private(set) var isCompactSummary = false
  private(set) var isVisibleInTranscriptOnly = false
  private(set) var isApiErrorMessage = false
  private(set) var origin: JSONSlice?
  private(set) var promptSource: JSONSlice?
  private(set) var message: JSONSlice?
  private(set) var toolUseResult: JSONSlice?
  private(set) var subtype: String?
  private(set) var cwd: JSONSlice?
  private(set) var version: JSONSlice?
  private(set) var gitBranch: JSONSlice?

  init(_ json: JSONSlice) {
    self.json = json
    json.forEachMember(of: Self.keys) { number, value in
      if let key = Key(rawValue: number) { set(key, value) }
    }
  }

  private enum Key: Int {
    case type, uuid, parentUuid, sessionId, agentId, timestamp, isSidechain, isMeta, isCompactSummary
    case isVisibleInTranscriptOnly, isApiErrorMessage, origin, promptSource, message, toolUseResult, subtype
    case cwd, version, gitBranch, requestId, requestRef
  }

  /// In the order of `Key`.
  private static let keys = JSONKeys([
    "type", "uuid", "parentUuid", "sessionId", "agentId", "timestamp", "isSidechain", "isMeta",
    "isCompactSummary", "isVisibleInTranscriptOnly", "isApiErrorMessage", "origin", "promptSource", "message",
    "toolUseResult", "subtype", "cwd", "version", "gitBranch",
    "requestId", "requestRef",
  ])

  private mutating func set(_ key: Key, _ value: JSONSlice) {
    switch key {
    case .type: type = value.string
    case .uuid: uuid = value.string
    case .parentUuid: parentUuid = value.string
    case .sessionId: sessionID = value
    case .agentId: agentID = value
    case .timestamp: timestamp = value.string
    case .isSidechain: isSidechain = value.bool ?? false
    case .isMeta: isMeta = value.bool ?? false
    case .isCompactSummary: isCompactSummary = value.bool ?? false
    case .isVisibleInTranscriptOnly: isVisibleInTranscriptOnly = value.bool ?? false
    case .isApiErrorMessage: isApiErrorMessage = value.bool ?? false
    case .origin: origin = value
    case .promptSource: promptSource = value
    case .message: message = value
    case .toolUseResult: toolUseResult = value
    case .subtype: subtype = value.string
    case .cwd: cwd = value
    case .version: version = value
    case .gitBranch: gitBranch = value
    // One of both: the newer one refers to a row of the file, the older one is the provider's.
    case .requestId, .requestRef: requestID = value
    }
  }
}
