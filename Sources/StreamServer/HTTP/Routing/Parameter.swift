import Wire

/// One parameter of a route: checked before the route runs, and documented, by this declaration alone.
public struct Parameter: Sendable {
  /// Where it stands.
  public enum Place: String, Sendable { case path, query, header }

  /// What a right value looks like.
  public enum Form: Sendable {
    /// Text of at most so many characters.
    case text(maximum: Int)
    /// `[A-Za-z0-9_-]{1,128}`
    case id
    /// `[A-Za-z0-9_.:-]{1,128}`
    case name
    /// A whole number.
    case number(ClosedRange<Int>)
    /// `true`, `false`, `1` or `0`.
    case flag
    /// One of these words.
    case choice([String])
    /// Some of these words, joined by commas.
    case choices([String])
    /// ISO 8601 or milliseconds since 1970.
    case time
    /// A position in a transcript.
    case cursor
    /// A position in the change feed.
    case feedCursor
    /// Positions in several transcripts.
    case cursorSet
  }

  /// Its name.
  public let name: String
  /// Where it stands.
  public let place: Place
  /// What a right value looks like.
  public let form: Form
  /// What it does.
  public let meaning: String
  /// The value that holds when it is left out, as text.
  public let standard: String?
  /// Whether it must be there.
  public let isRequired: Bool
  /// Whether it may stand several times.
  public let isRepeated: Bool

  /// A parameter; those of the path are required.
  public init(
    _ name: String, _ form: Form, in place: Place = .query, default standard: String? = nil,
    required: Bool = false, repeated: Bool = false, _ meaning: String
  ) {
    self.name = name
    self.place = place
    self.form = form
    self.standard = standard
    isRequired = required || place == .path
    isRepeated = repeated
    self.meaning = meaning
  }

  /// Throws the problem of a value that is not of its form.
  func check(_ text: String) throws(Problem) {
    switch form {
    case .text(let maximum):
      // Scalars, as JSON Schema counts, not what people see as one character.
      guard text.unicodeScalars.count <= maximum else {
        throw .invalid(name, "must have at most \(maximum) characters")
      }
      guard place != .header || text.utf8.allSatisfy({ $0 < 0x7f }) else {
        throw .invalid(name, "must be ASCII")
      }
    case .id:
      guard Self.isID(text) else { throw .invalid(name, "must match [A-Za-z0-9_-]{1,128}") }
    case .name:
      guard Self.isID(text, also: ".:") else { throw .invalid(name, "must match [A-Za-z0-9_.:-]{1,128}") }
    case .number(let range):
      guard let number = Int(text), range.contains(number) else {
        throw .invalid(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
    case .flag:
      guard Self.flags[text] != nil else { throw .invalid(name, "must be true or false") }
    case .choice(let words):
      guard words.contains(text) else {
        throw .invalid(name, "must be one of \(words.joined(separator: ", "))")
      }
    case .choices(let words):
      guard text.split(separator: ",").allSatisfy({ words.contains(String($0)) }) else {
        throw .invalid(name, "may name \(words.joined(separator: ", ")), joined by commas")
      }
    case .time:
      guard Timestamp(text) != nil else {
        throw .invalid(name, "must be ISO 8601 or milliseconds since 1970")
      }
    case .cursor: guard Cursor(text) != nil else { throw .invalidCursor(name) }
    case .feedCursor: guard FeedCursor(text) != nil else { throw .invalidCursor(name) }
    case .cursorSet: guard CursorSet(text) != nil else { throw .invalidCursor(name) }
    }
  }

  /// Whether nothing may be sent for it: as text, not as a number or a truth value.
  var mayBeEmpty: Bool {
    switch form {
    case .number, .flag: false
    default: true
    }
  }

  static let flags = ["true": true, "1": true, "false": false, "0": false]

  /// Whether a text is an id of this server, or a name of `also` and what ids are made of.
  public static func isID(_ text: String, also more: String = "") -> Bool {
    (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: more.utf8.contains(byte)
        }
      }
  }
}
