import Glibc

/// The transcripts in the folder beside the package, which tests read when it is there.
///
/// `TAILCAST_SHARED` names the folder; without it `../shared` is looked for.
public enum Samples {
  /// Where the transcripts are; nil on a machine without them.
  public static let folder: String? = {
    let shared = getenv("TAILCAST_SHARED").map { String(cString: $0) } ?? packageFolder + "/../shared"
    let folder = shared + "/transcripts"
    return access(folder, R_OK | X_OK) == 0 ? folder : nil
  }()

  /// Paths of all files below `folder/subfolder` whose name ends in one of `suffixes`, sorted.
  public static func files(under subfolder: String, _ suffixes: String...) -> [String] {
    guard let folder else { return [] }
    var found: [String] = []
    collect(folder + "/" + subfolder, suffixes, &found)
    return found.sorted()
  }

  /// The bytes of a file; nil if it cannot be read.
  public static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    return readAll(file)
  }

  /// What `generate.py` prints, the same bytes for the same arguments; nil without Python.
  public static func generate(_ arguments: String) -> [UInt8]? {
    let script = packageFolder + "/Tests/TestSupport/generate.py"
    guard let pipe = popen("python3 '\(script)' \(arguments) 2>/dev/null", "r") else { return nil }
    let bytes = readAll(pipe)
    return pclose(pipe) == 0 ? bytes : nil
  }

  private static let packageFolder: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  private static func readAll(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  private static func collect(_ folder: String, _ suffixes: [String], _ found: inout [String]) {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = folder + "/" + name
      if entry.pointee.d_type == UInt8(DT_DIR) {
        collect(path, suffixes, &found)
      } else if suffixes.contains(where: { name.hasSuffix($0) }) {
        found.append(path)
      }
    }
  }
}
