/// The keys of `meta` events that more than one dialect writes or that a listing reads.
///
/// A dialect may use other keys: the agent's own word in snake case (`permission_mode`, `worktree_state`).
public enum MetaKey {
  /// The agent's id of the session, a string.
  public static let session = "session"
  /// The agent's id of the session that this one was started or forked from, a string.
  public static let parent = "parent"
  /// The id or name of the sub-agent that writes the file, a string.
  public static let agentID = "agent_id"
  /// The session that goes on where this one ends, a string.
  public static let continuedIn = "continued_in"
  /// What the session is called, a string.
  public static let title = "title"
  /// Working directory, a string.
  public static let cwd = "cwd"
  /// Version of the agent, a string.
  public static let version = "version"
  /// Branch that is checked out, a string.
  public static let gitBranch = "git_branch"
  /// The model that answers, a string.
  public static let model = "model"
  /// A prompt entered or left the agent's queue: `{"operation","content"?}`.
  public static let queue = "queue"
  /// Something the agent told its user: `{"level","text"}`.
  public static let notice = "notice"
  /// Milliseconds of the turn that ended before its duration was known, a number.
  public static let turnDuration = "turn_duration_ms"
}
