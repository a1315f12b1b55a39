import CLinux
import Glibc

/// One event of the inotify queue; valid while the buffer is that it was read into.
struct InotifyEvent {
  let watch: Int32
  let mask: UInt32
  /// The name in the directory, without its NUL; empty when the event is of the watched inode itself.
  let nameBytes: UnsafeRawBufferPointer

  /// The most bytes that one event takes: a header and a name of NAME_MAX with its NUL.
  static let longest = 16 + 256

  var name: String { String(decoding: nameBytes, as: UTF8.self) }

  /// True when nothing but the content of a file has changed.
  var isWritten: Bool { mask & ~(TC_IN_MODIFY | TC_IN_CLOSE_WRITE) == 0 && !nameBytes.isEmpty }

  /// The same for events of one name under one watch.
  var hash: Int {
    var hasher = Hasher()
    hasher.combine(watch)
    hasher.combine(bytes: nameBytes)
    return hasher.finalize()
  }

  /// True when a path ends with the event's name as its last part.
  func isOf(_ path: String) -> Bool {
    var path = path
    return path.withUTF8 { path in
      guard let start = path.baseAddress, let name = nameBytes.baseAddress, path.count > nameBytes.count
      else {
        return false
      }
      let from = path.count - nameBytes.count
      return path[from - 1] == UInt8(ascii: "/") && memcmp(start + from, name, nameBytes.count) == 0
    }
  }

  /// Decodes what one `read` of an inotify descriptor returned (inotify(7)).
  static func decode(_ bytes: UnsafeRawBufferPointer, _ body: (InotifyEvent) -> Void) {
    let header = 16
    var at = 0
    while at + header <= bytes.count {
      let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
      guard at + header + length <= bytes.count else { return }
      let padded = UnsafeRawBufferPointer(rebasing: bytes[(at + header)..<(at + header + length)])
      let name = padded.baseAddress.map { UnsafeRawBufferPointer(start: $0, count: strnlen($0, length)) }
      body(
        InotifyEvent(
          watch: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self),
          mask: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
          nameBytes: name ?? UnsafeRawBufferPointer(start: nil, count: 0)))
      at += header + length
    }
  }
}
