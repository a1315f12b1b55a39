/// What the tail tells upward, as values, on the home loop.
public enum TailNews: Sendable {
  /// New items of a watched transcript.
  case batch(TailBatch)
  /// A session was found.
  case created(SessionEntry)
  /// What a listing shows of a session changed.
  case updated(SessionEntry)
  /// A session's derived status changed.
  case status(SessionEntry)
  /// A transcript grew, watched or not.
  case appended(SessionEntry)
  /// A session's transcript was deleted.
  case closed(SessionEntry)
  /// A transcript's content was replaced, watched or not.
  case replaced(SessionEntry, RestartReason)
  /// A session without a transcript was listed by whoever starts it, and tells of it.
  case expected(SessionEntry)
  /// A session is no longer listed: its file is one of another session's, under whose id it is found from now on.
  case absorbed(SessionEntry, into: String)
  /// An older file of a watched chain is not what it was: whoever watches has to open the chain again.
  case reopened(SessionEntry)
  /// A session is no longer listed, because whoever had started it forgot it.
  case forgotten(SessionEntry)
}

/// How the tail is doing, for `/health` and the metrics.
public struct TailHealth: Sendable, Hashable {
  /// `poll` as soon as any directory is polled for want of a watch.
  public enum Mode: String, Sendable { case inotify, poll }
  /// How changes are learned.
  public var mode: Mode
  /// Why it polls, if it does.
  public var pollReason: String?
  /// inotify watches in use.
  public var watches: Int
  /// The kernel's limit on them; nil where it does not say.
  public var watchLimit: Int?
  /// Directories that are polled.
  public var polledDirectories: Int
  /// Transcripts known.
  public var files: Int
  /// Transcripts being followed.
  public var followed: Int
  /// Bytes that are in followed files and were not read yet.
  public var lagBytes: UInt64
  /// Times the kernel's queue overflowed.
  public var overflows: Int
  /// Times everything was listed again.
  public var reconciles: Int
  /// True once the first listing of all roots is complete.
  public var isReady: Bool
}

/// Why a session cannot be watched.
public enum TailError: Error, Sendable, Hashable {
  /// No session has this id.
  case unknownSession
  /// Its transcript cannot be read; the text says why.
  case unreadable(String)
  /// The session's chain has gone on from the file of this agent's id to that of another one.
  case superseded(by: String)
  /// An agent's id belongs to another session.
  case taken(by: String)
}
