import Glibc
import Reactor

/// Owns one read-only descriptor of a transcript; closed with its last reference.
///
/// A held descriptor keeps the inode: what a writer put there before the name went to another file can still be
/// read, and the inode number cannot be used again while it is compared.
public final class OpenFile {
  private let descriptor: Int32

  /// Opens for reading.
  public init(_ path: String) throws(SystemError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemError(call: "open") }
  }

  deinit { close(descriptor) }

  /// The facts of the open file, whatever its name now leads to.
  public func facts() throws(SystemError) -> FileFacts {
    var raw = stat()
    guard fstat(descriptor, &raw) == 0 else { throw SystemError(call: "fstat") }
    return FileFacts(raw)
  }

  /// Up to `count` bytes from `offset`; fewer at the end of the file, none beyond it.
  public func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
    guard count > 0 else { return [] }
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(SystemError) {
        initialized = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills a buffer from `offset` on, for readers that go over much of a file; how many bytes there were.
  public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let got = pread(descriptor, start + filled, buffer.count - filled, off_t(offset) + off_t(filled))
      if got < 0 {
        if errno == EINTR { continue }
        throw SystemError(call: "pread")
      }
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  /// Tells the kernel that this stretch will not be read again soon, so that history does not push out live pages.
  public func forgetCached(from offset: UInt64, count: UInt64) {
    posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
  }
}
