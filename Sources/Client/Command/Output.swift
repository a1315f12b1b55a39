import Glibc
import Wire

/// Where a command writes: results to standard output, remarks to standard error.
///
/// Owned by the one thread of the command. Results are collected and written by `flush`, so that a page of
/// events is one system call and an interrupt never cuts a line in two.
public final class Output {
  /// Whether a person reads: then no control character reaches him, not even inside JSON.
  let isTerminal: Bool
  /// Why nothing more can be written; from then on nothing is.
  private(set) var fault: FileFault?
  private let write: ([UInt8]) -> FileFault?
  private let remark: (String) -> Void
  private var buffer: [UInt8] = []

  /// An output of two closures.
  init(isTerminal: Bool, write: @escaping ([UInt8]) -> FileFault?, remark: @escaping (String) -> Void) {
    self.isTerminal = isTerminal
    self.write = write
    self.remark = remark
  }

  /// The process' own.
  public static func ofProcess() -> Output {
    Output(
      isTerminal: isatty(STDOUT_FILENO) == 1, write: { writeAll(STDOUT_FILENO, $0) },
      remark: { _ = writeAll(STDERR_FILENO, Array("tailcast: \($0)\n".utf8)) })
  }

  private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> FileFault? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody made the terminal non-blocking; losing lines would be worse than waiting.
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      } else if errno != EINTR {
        return FileFault(code: errno)
      }
    }
    return nil
  }

  /// Adds a line of text; the text must already be free of control characters.
  func line(_ text: String) {
    buffer += text.utf8
    buffer.append(0x0a)
  }

  /// Adds text that ends its own lines.
  func text(_ text: String) { buffer += text.utf8 }

  /// Adds a line of JSON, or of a record as it stands.
  func line(json: some Sequence<UInt8>) {
    if isTerminal { buffer += VisibleText.json(json) } else { buffer += json }
    buffer.append(0x0a)
  }

  /// Writes what was collected.
  func flush() {
    if buffer.isEmpty { return }
    if fault == nil { fault = write(buffer) }
    buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
  }

  /// One remark for the person at the terminal; results before it are written first.
  func note(_ text: String) {
    flush()
    remark(text)
  }
}
