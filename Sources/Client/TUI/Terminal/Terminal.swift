import CLinux
import Glibc

/// The terminal of the process while a full-screen program runs on it: its mode, its bytes, its size. Owned by the one
/// thread of the TUI.
///
/// It is opened anew, so that not waiting for it concerns nobody who shares standard input or output.
final class Terminal {
  private static let path = "/dev/tty"
  /// How long the last bytes may take when it is left, in milliseconds.
  private static let patience: Int32 = 500
  /// The other screen, no wrapping at the edge, pastes in brackets.
  private static let enterSequence = "\u{1b}[?1049h\u{1b}[?7l\u{1b}[?2004h\u{1b}[2J"
  private static let mouseOn = "\u{1b}[?1000h\u{1b}[?1006h"
  private static let mouseOff = "\u{1b}[?1006l\u{1b}[?1000l"
  /// Ends an unfinished sequence first.
  static let leaveSequence =
    "\u{18}\u{1b}[?2026l" + mouseOff + "\u{1b}[?2004l\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

  let descriptor: Int32
  private var before = termios()
  private var output: [UInt8] = []
  private var isEntered = false

  /// - Throws: what keeps the terminal from being used.
  init() throws(CommandFailure) {
    descriptor = open(Self.path, O_RDWR | O_NOCTTY | TC_O_NONBLOCK | TC_O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandFailure(.failed, "there is no terminal: \(String(cString: strerror(errno)))")
    }
    guard tcgetattr(descriptor, &before) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw CommandFailure(.failed, "the terminal's mode cannot be read: \(reason)")
    }
  }

  deinit {
    leave()
    close(descriptor)
  }

  /// Columns and rows; 80×24 where the terminal does not say.
  var size: ScreenSize {
    var rows: UInt16 = 0
    var columns: UInt16 = 0
    guard tc_window_size(descriptor, &rows, &columns) == 0, rows > 0, columns > 0 else {
      return ScreenSize(columns: 80, rows: 24)
    }
    return ScreenSize(columns: Int(columns), rows: Int(rows))
  }

  /// Whether all that was written has gone out.
  var isDrained: Bool { output.isEmpty }

  /// Takes the screen and every key.
  func enter(mouse: Bool) {
    var raw = before
    cfmakeraw(&raw)
    tcsetattr(descriptor, TCSADRAIN, &raw)
    TerminalRescue.arm(descriptor, before)
    isEntered = true
    output = []
    write(Array((Self.enterSequence + (mouse ? Self.mouseOn : "")).utf8))
  }

  /// Gives everything back as it was.
  func leave() {
    guard isEntered else { return }
    isEntered = false
    TerminalRescue.disarm()
    output = Array(Self.leaveSequence.utf8)
    flush()
    while !output.isEmpty {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // A terminal that takes nothing, or is gone, must not keep the process.
      guard poll(&wait, 1, Self.patience) > 0, wait.revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0 else {
        break
      }
      flush()
    }
    tcsetattr(descriptor, TCSADRAIN, &before)
  }

  func setMouse(_ isOn: Bool) { write(Array((isOn ? Self.mouseOn : Self.mouseOff).utf8)) }

  /// Puts bytes behind what waits to go out.
  func write(_ bytes: [UInt8]) {
    output += bytes
    flush()
  }

  /// Sends as much as the terminal takes.
  func flush() {
    while !output.isEmpty {
      let count = output.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      output.removeFirst(count)
    }
  }

  /// What was typed; nil when the terminal is gone.
  func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    if count > 0 { return Array(buffer[..<count]) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
  }
}
