import Glibc

/// Gives the terminal back when the process crashes: nobody should have to type `reset` blindly.
///
/// A handler knows no object, and calls nothing but write, tcsetattr and raise, which signal-safety(7) allows.
enum TerminalRescue {
  private static let crashes = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE]

  /// From now on a crash restores this mode.
  static func arm(_ descriptor: Int32, _ mode: termios) {
    saved.pointee = Saved(descriptor: descriptor, mode: mode)
    for number in crashes {
      signal(number) { number in
        TerminalRescue.restore()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  static func disarm() {
    saved.pointee.descriptor = -1
    for number in crashes { signal(number, SIG_DFL) }
  }

  private static func restore() {
    guard saved.pointee.descriptor >= 0 else { return }
    _ = write(saved.pointee.descriptor, sequence.baseAddress, sequence.count)
    tcsetattr(saved.pointee.descriptor, TCSANOW, &saved.pointee.mode)
  }
}

private struct Saved {
  var descriptor: Int32
  var mode: termios
}

/// Safe: written by the TUI's thread before the handlers are set, read by a handler after; made before either.
nonisolated(unsafe) private let saved: UnsafeMutablePointer<Saved> = {
  let place = UnsafeMutablePointer<Saved>.allocate(capacity: 1)
  place.initialize(to: Saved(descriptor: -1, mode: termios()))
  _ = sequence.count
  return place
}()

/// Safe: never written after it was made, which `saved` sees to before any handler runs.
nonisolated(unsafe) private let sequence: UnsafeBufferPointer<UInt8> = {
  let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Terminal.leaveSequence.utf8.count)
  _ = bytes.initialize(from: Terminal.leaveSequence.utf8)
  return UnsafeBufferPointer(bytes)
}()
