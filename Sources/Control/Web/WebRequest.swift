/// One request by libcurl.
struct WebRequest: Sendable {
  var url: String
  var method = "POST"
  /// Header fields beside those that every request has.
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  /// Most bytes of the answer's body that are kept; a longer one is cut. Nothing of it is kept by default.
  var kept = 0
  /// Header fields of the answer that are wanted.
  var wanted: [String] = []
  /// Whether what has come of the body is all that is waited for; the rest is not read.
  var isEnough: (@Sendable ([UInt8]) -> Bool)?
}

/// What came of a request.
enum WebOutcome: Sendable {
  case answered(WebAnswer)
  /// Not within the time.
  case tookTooLong
  /// No answer, for this reason.
  case unreachable(String)
  /// The address may not be called.
  case refused(String)
}

/// An answer to a request.
struct WebAnswer: Sendable {
  var status: Int
  /// How many seconds it asks to wait.
  var retryAfter: Int64?
  /// The wanted header fields that it has, by the names that were asked for.
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// True when more of the body came than is kept.
  var isCut = false
}
