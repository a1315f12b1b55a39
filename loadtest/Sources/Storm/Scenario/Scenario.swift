/// One scenario: how many read, how they read, what is written. A value; `keys` names each setting in its file.
public struct Scenario: Sendable, Equatable {
  /// How readers are served.
  public enum Transport: String, Sendable, CaseIterable { case sse, ws }
  /// What a reader is shown.
  public enum View: String, Sendable, CaseIterable { case raw, events }
  /// How lines reach the server.
  public enum Source: String, Sendable, CaseIterable { case file, post }
  /// How readers connect.
  public enum Path: String, Sendable, CaseIterable { case tcp, unix }

  /// The file's name without its folder and ending.
  public var name = "scenario"
  /// Readers in all, of every kind, at most 100,000; they take the transcripts in turn.
  public var readers = 1
  /// Transcripts, each with a writer.
  public var writers = 1
  /// Server-Sent Events or WebSocket.
  public var transport = Transport.sse
  /// The records' own bytes, or messages.
  public var view = View.raw
  /// TCP or the server's Unix socket.
  public var over = Path.tcp
  /// Whether the server follows the transcript, or has each line posted to `/publish/SESSION` as a hub wants it; ids
  /// are then the hub's own, and only lines are checked.
  public var source = Source.file

  /// Lines per second to each transcript; 0 for as many as the disk takes.
  public var rate = 20.0
  /// Shortest and longest line in bytes, LF included.
  public var sizes = 300...300
  /// Lines appended by one `write`.
  public var linesPerWrite = 1
  /// Seconds of writing, when `lines` is 0.
  public var seconds = 10.0
  /// Lines to each transcript while writing; 0 for `rate` × `seconds`.
  public var lines = 0
  /// Lines that each transcript holds before anyone connects, at least 1: an empty file has no epoch yet.
  public var preload = 1

  /// Seconds of the writing over which readers arrive; 0 for all before it begins.
  public var stagger = 0.0
  /// Readers that never read while lines are written.
  public var stalled = Share.count(0)
  /// Whether the stalled ones read at the end and must then have missed nothing.
  public var stalledReturn = true
  /// Readers that read at most `slowRate` while lines are written.
  public var slow = Share.count(0)
  /// Bytes per second of a slow reader.
  public var slowRate = 16_384
  /// Readers that drop their connection at random and resume.
  public var reconnecting = Share.count(0)
  /// Mean seconds between two drops of a reconnecting reader.
  public var reconnectEvery = 1.0
  /// `SO_RCVBUF` of slow and stalled readers in bytes; 0 for the system's.
  public var receiveBuffer = 16_384

  /// Seconds for which nobody writes while all are connected.
  public var idle = 0.0
  /// Seconds that readers have to reach the end after the last line.
  public var drain = 60.0
  /// Seconds that a live line may take to a steady reader; 0 for any. A wake-up that was lost is made good by the
  /// next heartbeat: without this, nobody would see it.
  public var latest = 5.0
  /// Seconds that connecting and catching up may take.
  public var joinWithin = 120.0
  /// Connections that are opened at the same time.
  public var connecting = 256
  /// Seconds between two kills (SIGKILL) of the server while lines are written; 0 for none.
  public var killEvery = 0.0
  /// Loops of a server that is started for the scenario.
  public var loops = 1
  /// Seed of everything random; 0 for a new one, which is printed.
  public var seed: UInt64 = 0

  /// One reader, one transcript, 20 lines a second.
  public init() {}

  /// Lines to each transcript while writing.
  var plannedLines: Int {
    let wanted = lines > 0 ? lines : Int((rate * seconds).rounded(.up))
    return (wanted + linesPerWrite - 1) / linesPerWrite * linesPerWrite
  }

  /// Lines that a transcript may come to hold.
  var capacity: Int { preload + plannedLines }
}

/// A number of readers: counted, or in hundredths of all.
public enum Share: Sendable, Equatable {
  /// So many.
  case count(Int)
  /// So many of a hundred.
  case percent(Double)

  func of(_ all: Int) -> Int {
    switch self {
    case .count(let count): min(count, all)
    case .percent(let percent): Int(Double(all) * percent / 100)
    }
  }
}
