import Glibc
import Store

/// Runs what looks at files for the control plane. Lives on the storage thread, where it may block.
actor Disk {
  private let store: Store

  init(beside store: Store) { self.store = store }

  /// The storage thread.
  nonisolated var unownedExecutor: UnownedSerialExecutor { store.unownedExecutor }

  /// Runs a piece of work there.
  func run<Value: Sendable>(_ body: @Sendable () -> Value) -> Value { body() }
}

/// Paths of directories on this machine. Pure functions that look at the disk; for threads that may block.
enum DirectoryPath {
  /// The real path of a directory: absolute, without links and dots; nil when there is no such directory.
  static func real(_ path: String) -> String? {
    guard path.hasPrefix("/"), !path.utf8.contains(0), let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return exists(resolved) ? String(cString: resolved) : nil
  }

  /// True for an existing directory.
  static func exists(_ path: UnsafePointer<CChar>) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// True for a path that is one of the roots or lies below one. Both are real paths.
  static func lies(_ path: String, below roots: [String]) -> Bool {
    roots.contains { root in path == root || root == "/" || path.hasPrefix(root + "/") }
  }
}
