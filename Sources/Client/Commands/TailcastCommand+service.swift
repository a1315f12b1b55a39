import Glibc
import Wire

/// What is done to the user's systemd unit.
public struct ServiceChange: Sendable, Equatable {
  /// What follows `serve` in it; nil takes the unit away.
  var words: [String]?
}

extension TailcastCommand {
  /// `tailcast service install|uninstall`. The unit is written; systemd is told by its user, who may want to look first.
  func change(_ change: ServiceChange, _ surroundings: Surroundings, json: Bool) throws(CommandFailure) {
    let path = ServiceUnit.path(surroundings)
    var hints: [String]
    if let words = change.words {
      let unit = ServiceUnit(program: surroundings.program, words: words)
      if let fault = AtomicFile.write(Array(unit.text.utf8), to: path, newMode: 0o644) {
        throw CommandFailure(.failed, "\(path): \(fault)")
      }
      hints = [
        "systemctl --user daemon-reload", "systemctl --user enable --now \(ServiceUnit.name)",
        "loginctl enable-linger   # to run it while you are logged out, too",
      ]
    } else {
      if unlink(path) != 0, errno != ENOENT {
        throw CommandFailure(.failed, "\(path): \(FileFault(code: errno))")
      }
      hints = ["systemctl --user disable --now \(ServiceUnit.name)", "systemctl --user daemon-reload"]
    }
    if json {
      var writer = JSONWriter()
      writer.object { json in
        json.field("path", path)
        json.field("installed", change.words != nil)
      }
      return output.line(json: writer.take())
    }
    output.line(VisibleText.line(path))
    output.note("now: " + hints.removeFirst())
    for hint in hints { output.note("     " + hint) }
  }
}
