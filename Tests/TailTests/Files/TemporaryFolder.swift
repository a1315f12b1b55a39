import Glibc
import Reactor
import TestSupport

@testable import Tail

/// A directory of one test, removed with it. A writer's calls, each as an agent or a user would make it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(parent)/tail-tests-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { Self.removeAll(path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func bytes(_ name: String) -> [UInt8]? { Samples.read(file(name)) }

  func facts(_ name: String) -> FileFacts? { try? FileFacts.of(file(name)) }

  /// Appends in one write, as agents do; makes the file.
  func append(_ bytes: some Sequence<UInt8>, to name: String) {
    put(Array(bytes), in: name, flags: O_WRONLY | O_CREAT | O_APPEND)
  }

  func append(_ text: String, to name: String) { append(text.utf8, to: name) }

  /// Truncates and writes, keeping the inode.
  func rewrite(_ name: String, _ bytes: some Sequence<UInt8>) {
    put(Array(bytes), in: name, flags: O_WRONLY | O_CREAT | O_TRUNC)
  }

  func rewrite(_ name: String, _ text: String) { rewrite(name, text.utf8) }

  /// Overwrites bytes in place, without truncation.
  func overwrite(_ name: String, at offset: Int, _ bytes: [UInt8]) {
    let descriptor = open(file(name), O_WRONLY | O_CLOEXEC)
    pwrite(descriptor, bytes, bytes.count, off_t(offset))
    close(descriptor)
  }

  func truncate(_ name: String, to size: Int) { Glibc.truncate(file(name), off_t(size)) }

  /// Writes a file beside it and renames that over the name.
  func replace(_ name: String, with bytes: some Sequence<UInt8>) {
    put(Array(bytes), in: name + ".new", flags: O_WRONLY | O_CREAT | O_TRUNC)
    rename(name + ".new", to: name)
  }

  func replace(_ name: String, with text: String) { replace(name, with: text.utf8) }

  func rename(_ name: String, to other: String) { Glibc.rename(file(name), file(other)) }

  func link(_ name: String, to other: String) { Glibc.link(file(name), file(other)) }

  func symlink(_ target: String, at name: String) { Glibc.symlink(target, file(name)) }

  func mode(_ name: String, _ mode: mode_t) { chmod(file(name), mode) }

  func remove(_ name: String) { unlink(file(name)) }

  func removeFolder(_ name: String) { Self.removeAll(file(name)) }

  /// Makes a directory and those above it.
  func makeFolder(_ name: String) {
    var path = self.path
    for part in name.split(separator: "/") {
      path += "/" + part
      mkdir(path, 0o700)
    }
  }

  private func put(_ bytes: [UInt8], in name: String, flags: Int32) {
    let descriptor = open(file(name), flags | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "open \(name): \(errno)")
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      precondition(count > 0, "write \(name): \(errno)")
      written += count
    }
    close(descriptor)
  }

  private static func removeAll(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard name != "." && name != ".." else { continue }
        let inner = path + "/" + name
        if entry.pointee.d_type == UInt8(DT_DIR) { removeAll(inner) } else { unlink(inner) }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
