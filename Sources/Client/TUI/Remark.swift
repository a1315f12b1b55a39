/// What is said to the user for a while. A value.
enum Remark: Equatable {
  case good(String)
  case bad(String)
}
