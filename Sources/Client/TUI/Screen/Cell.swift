/// One cell of a screen: a character with its marks. The right half of a wide one is empty.
struct Cell: Equatable {
  var text = " "
  var style = Style()
}
