import CLinux
import Glibc

/// Owns our side of a pseudoterminal: what programs write to it is read from `descriptor`, what is written there they
/// read as typed. Closing it hangs them up.
public final class PseudoTerminal {
  /// Close-on-exec and non-blocking. Reading fails with EIO once the last program has closed the other side.
  public let descriptor: Int32
  /// The other side, for `Spawn.Stream.terminal`.
  public let path: String

  /// A terminal of this many character cells.
  ///
  /// Throws `EMFILE` when no descriptor, `ENOSPC` when no pseudoterminal is left.
  public init(columns: Int, rows: Int) throws(SystemError) {
    var name = [CChar](repeating: 0, count: 64)
    descriptor = tc_pty_open(UInt16(clamping: rows), UInt16(clamping: columns), &name, name.count)
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard descriptor >= 0 else { throw SystemError(call: "posix_openpt") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Gives it another size; its programs are told.
  public func resize(columns: Int, rows: Int) {
    _ = tc_set_window_size(descriptor, UInt16(clamping: rows), UInt16(clamping: columns))
  }
}
