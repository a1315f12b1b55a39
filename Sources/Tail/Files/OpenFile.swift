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
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      while initialized < count {
        let got = pread(
          descriptor, start + initialized, count - initialized, off_t(offset) + off_t(initialized))
        if got < 0 {
          if errno == EINTR { continue }
          failure = errno
          return
        }
        if got == 0 { return }
        initialized += got
      }
    }
    guard failure == 0 else { throw SystemError(call: "pread", errno: failure) }
    return bytes
  }

  /// Tells the kernel that this stretch will not be read again soon, so that history does not push out live pages.
  public func forgetCached(from offset: UInt64, count: UInt64) {
    posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
  }
}
