/// How a child ended.
public enum ChildExit: Sendable, Hashable {
  /// It returned this code, 0...255.
  case exited(Int32)
  /// This signal killed it.
  case signalled(Int32)
}
