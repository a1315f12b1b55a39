import Wire

/// A page of a list of sessions. A value.
struct SessionPage {
  /// Every session of the list, in its order.
  let ids: [String]
  /// Which page, from 1.
  let number: Int
  /// Sessions of a page.
  let size: Int
  /// The page's sessions.
  var views: [SessionView] = []

  /// A page whose sessions are still to be looked up.
  init(ids: [String], number: Int, size: Int) {
    self.ids = ids
    self.number = number
    self.size = size
  }

  /// The ids of the page.
  var shown: ArraySlice<String> {
    let start = min(ids.count, (number - 1) * size)
    return ids[start..<min(ids.count, start + size)]
  }

  /// The members of an answer that say which page it is.
  func writeNumbers(into writer: inout JSONWriter) {
    writer.field("total", ids.count)
    writer.field("page", number)
    writer.field("page_size", size)
  }
}
