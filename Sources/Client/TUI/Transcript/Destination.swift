import Wire

/// A place of a transcript that somebody wants to see, read or not. A value.
enum Destination: Equatable {
  /// A record; and a text in it, whose line is meant.
  case record(Cursor, text: String?)
  /// The first record of a moment or later.
  case time(Timestamp)
}
