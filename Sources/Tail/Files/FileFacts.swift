import Glibc
import Reactor

/// What `stat` says of a transcript, as far as the tail needs it.
public struct FileFacts: Sendable, Hashable {
  /// The file system's device number.
  public var device: UInt64
  /// The inode on that device.
  public var inode: UInt64
  /// Bytes.
  public var size: UInt64
  /// Last modification, nanoseconds since 1970.
  public var modifiedNS: Int64
  /// Names of this inode; above 1 a change can arrive under a name in another directory.
  public var links: UInt64
  /// False for directories, sockets and devices.
  public var isRegular: Bool
  /// True for directories.
  public var isDirectory: Bool

  /// Facts put together by hand, for models.
  public init(device: UInt64, inode: UInt64, size: UInt64, modifiedNS: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modifiedNS = modifiedNS
    self.links = 1
    self.isRegular = true
    self.isDirectory = false
  }

  init(_ raw: stat) {
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    size = UInt64(max(0, raw.st_size))
    modifiedNS = Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
    links = UInt64(raw.st_nlink)
    isRegular = raw.st_mode & S_IFMT == S_IFREG
    isDirectory = raw.st_mode & S_IFMT == S_IFDIR
  }

  /// The facts of the file behind a name; symbolic links are followed.
  public static func of(_ path: String) throws(SystemError) -> FileFacts {
    var raw = stat()
    guard stat(path, &raw) == 0 else { throw SystemError(call: "stat") }
    return FileFacts(raw)
  }

  /// True when the last name component itself is a symbolic link.
  public static func isSymbolicLink(_ path: String) -> Bool {
    var raw = stat()
    return lstat(path, &raw) == 0 && raw.st_mode & S_IFMT == S_IFLNK
  }
}
