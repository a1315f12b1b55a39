import Glibc

/// A folder of transcripts and the store beside them. It goes with its last owner.
final class StreamFolder: Sendable {
  private let path: String

  init() {
    var template = Array("\(P_tmpdir)/tailcast-stream-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    mkdir(transcripts, 0o700)
  }

  deinit {
    Self.removeFiles(transcripts)
    Self.removeFiles(path)
  }

  /// Removes a folder and the files in it.
  private static func removeFiles(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
  }

  var transcripts: String { path + "/transcripts" }
  var database: String { path + "/store.sqlite" }

  /// Appends text to a transcript in one write.
  func write(_ text: String, to name: String, flags: Int32 = O_APPEND) {
    let bytes = Array(text.utf8)
    let descriptor = open("\(transcripts)/\(name).jsonl", O_WRONLY | O_CREAT | flags, 0o600)
    defer { close(descriptor) }
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
