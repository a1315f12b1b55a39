/// Columns and rows of a terminal.
struct ScreenSize: Equatable {
  var columns: Int
  var rows: Int
}
