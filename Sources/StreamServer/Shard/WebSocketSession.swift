import Reactor

/// One WebSocket: what it subscribed to and whether it still answers. Owned by its connection.
final class WebSocketSession {
  let receiver: WebSocketReceiver
  /// Who opened it.
  let caller: Caller
  /// Its terminals, if it is a `/mux` socket; nil if it carries topics.
  let mux: MuxSocket?
  /// Transcript topics by the id that the client named the session by.
  var transcripts: [String: Subscription] = [:]
  /// Topics of the change feed.
  var changes: Set<String> = []
  /// True while changes are told by TeleClaude's names: the client has last asked for them in TeleClaude's protocol.
  var isTeleClaude = false
  /// A ping is unanswered since then.
  var pingedAt: Instant?

  init(receiver: WebSocketReceiver, plan: WebSocketPlan) {
    self.receiver = receiver
    caller = plan.caller
    switch plan.use {
    case .topics: mux = nil
    case .terminals(let isBinary): mux = MuxSocket(isBinary: isBinary)
    }
  }

  /// True for a topic that it has.
  func has(_ topic: String) -> Bool {
    changes.contains(topic)
      || topic.hasPrefix("transcript:") && transcripts[String(topic.dropFirst(11))] != nil
  }

  /// True when a session is watched, by whatever id.
  func watches(_ session: String) -> Bool { transcripts.values.contains { $0.log.key.session == session } }

  /// Topics in all.
  var topicCount: Int { transcripts.count + changes.count }
}
