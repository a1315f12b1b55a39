/// A search that goes on in pages that are not read yet. A value.
struct Hunt {
  var aim: Aim
  var forward: Bool
  /// Where it goes on.
  var from: TranscriptView.Place
  /// Whether it looks the other way when nothing is found.
  var mayTurn: Bool
}
