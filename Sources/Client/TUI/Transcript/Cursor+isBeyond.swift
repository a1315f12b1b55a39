import Wire

extension Cursor {
  /// Whether an event lies behind another one, by their ids. One of another content can only be newer.
  static func isBeyond(_ id: String?, _ other: String?) -> Bool {
    guard let id else { return false }
    guard let one = Cursor(id), let two = other.flatMap({ Cursor($0) }), one.epoch == two.epoch else {
      return id != other
    }
    if one.offset != two.offset { return one.offset > two.offset }
    return (one.part ?? .max) > (two.part ?? .max)
  }
}
