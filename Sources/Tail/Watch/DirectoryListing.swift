import CLinux
import Glibc
import Reactor

/// One directory's content, as far as transcripts go: read on the archive thread.
public struct DirectoryListing: Sendable {
  /// One regular file or link to one.
  public struct File: Sendable {
    /// Absolute path.
    public var path: String
    /// Its facts, or the errno of the failed `stat`.
    public var facts: Result<FileFacts, SystemError>
  }
  /// The directory.
  public var directory: String
  /// Files with one of the suffixes asked for.
  public var files: [File] = []
  /// Directories in it.
  public var directories: [String] = []
  /// True on file systems that deliver no change events (NFS, SMB, 9p, FUSE).
  public var isRemote = false
  /// Why it could not be read.
  public var failure: SystemError?

  /// Reads a directory; never throws: what failed stands in `failure`.
  public static func read(_ directory: String) -> DirectoryListing {
    var listing = DirectoryListing(directory: directory)
    guard let stream = opendir(directory) else {
      listing.failure = SystemError(call: "opendir")
      return listing
    }
    defer { closedir(stream) }
    listing.isRemote = remoteTypes.contains(tc_fs_type(dirfd(stream)))
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      let path = directory + "/" + name
      let type = Int32(entry.pointee.d_type)
      if type == Int32(DT_DIR) {
        listing.directories.append(path)
      } else if name.hasSuffix(".jsonl") || name.hasSuffix(".json") {
        listing.files.append(
          File(path: path, facts: Result { () throws(SystemError) in try FileFacts.of(path) }))
      } else if type == Int32(DT_LNK) || type == Int32(DT_UNKNOWN),
        (try? FileFacts.of(path))?.isDirectory == true
      {
        listing.directories.append(path)
      }
    }
    return listing
  }

  /// NFS, SMB, CIFS, SMB2, 9p, FUSE, CEPH, AFS (linux/magic.h).
  private static let remoteTypes: Set<UInt32> = [
    0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x6573_5546, 0x00C3_6400, 0x5346_414F,
  ]
}
