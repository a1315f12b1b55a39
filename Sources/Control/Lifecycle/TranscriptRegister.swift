import Tail

/// Where sessions that are started here are made known to the tail, before and when their transcripts are there: the
/// tail engine, or a model of it in tests.
public protocol TranscriptRegister: Sendable {
  /// Lists a session whose agent is about to write.
  func expect(id: String, agent: AgentKind, cwd: String?, nativeID: String?) async throws(TailError)
  /// Says which file a session's transcript is, or goes on in.
  func bind(_ id: String, nativeID: String, path: String?) async throws(TailError)
  /// Forgets a session that was started here; its files are discovered sessions again.
  func forget(_ id: String) async
}

extension TailEngine: TranscriptRegister {}
