/// One way in which a reader's sequence was not the file after its cursor.
public struct Violation: Sendable {
  /// What was wrong.
  public enum Kind: String, Sendable, CaseIterable {
    /// Lines were left out.
    case gap
    /// A line came again, or an older one.
    case `repeat`
    /// The bytes, or the text, are not the line's.
    case content
    /// An id that is no position behind a line of the file, or none at all.
    case position
    /// The same file under another epoch.
    case epoch
    /// A `reset`, though nobody touched the file.
    case reset
    /// `hello` or `caught_up` name another position than the reader's.
    case greeting
    /// An event that has no place in this stream.
    case unexpected
    /// Bytes that are not of the protocol.
    case `protocol`
    /// A status other than 200 or 101.
    case status
    /// The connection ended and nobody had said so.
    case disconnect
    /// The reader was not at the end when its time was over.
    case unfinished
  }

  /// What was wrong.
  public var kind: Kind
  /// The number of the reader.
  public var reader: Int
  /// The transcript's session.
  public var session: String
  /// The line that the reader expected.
  public var line: Int
  /// What was found, for a person.
  public var detail: String
}
