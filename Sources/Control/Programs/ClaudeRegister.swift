import Tail
import Wire

/// What Claude Code says of its own running processes: `sessions/PID.json` beside the folder of transcripts, rewritten
/// whenever the process goes on under another id (`/clear`, `/resume`). Seen of version 2.1.329.
enum ClaudeRegister {
  /// The id under which a process writes now; nil without an entry, or with one of an earlier process of this number.
  static func session(of pid: Int32, under root: Root) -> String? {
    guard let slash = root.directory.lastIndex(of: "/"),
      let text = ProcessFile.text(root.directory[..<slash] + "/sessions/\(pid).json"),
      let entry = JSONSlice(validating: Array(text.utf8)), entry["pid"]?.int == Int64(pid),
      let start = entry["procStart"]?.string, start == ProcessFile.stat(pid)?.startTicks
    else { return nil }
    return entry["sessionId"]?.string
  }
}
