import CLinux

/// One decoded event of the inotify queue.
struct InotifyEvent: Equatable {
  var watch: Int32
  var mask: UInt32
  var name: String

  /// The most bytes that one event takes: a header and a name of NAME_MAX with its NUL.
  static let longest = 16 + 256

  /// Decodes what one `read` of an inotify descriptor returned (inotify(7)).
  static func decode(_ bytes: UnsafeRawBufferPointer, _ body: (InotifyEvent) -> Void) {
    let header = 16
    var at = 0
    while at + header <= bytes.count {
      let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
      guard at + header + length <= bytes.count else { return }
      let text = bytes[(at + header)..<(at + header + length)]
      body(
        InotifyEvent(
          watch: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self),
          mask: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
          name: String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)))
      at += header + length
    }
  }
}
