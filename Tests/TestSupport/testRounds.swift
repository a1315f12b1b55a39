import Glibc

/// How many rounds a model is tried: all, or a quarter of them where `TAILCAST_SHORT` is set. Under a sanitizer each
/// round takes many times as long, and what it looks for shows in fewer.
public func testRounds(_ all: Int) -> Int {
  getenv("TAILCAST_SHORT") == nil ? all : max(1, all / 4)
}
