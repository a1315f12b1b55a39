/// The unit by which systemd runs the server for its user. A value.
public struct ServiceUnit: Sendable, Equatable {
  static let name = "tailcast.service"
  /// The program's path.
  let program: String
  /// What follows `serve`.
  let words: [String]

  /// Where units of the user's own lie.
  static func path(_ surroundings: Surroundings) -> String {
    let config = surroundings.variable("XDG_CONFIG_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (config ?? surroundings.home + "/.config") + "/systemd/user/" + name
  }

  /// The unit's text.
  var text: String {
    """
    # Made by `tailcast service`, of its flags. Settings are better changed in config.yaml, or by `systemctl --user edit`.
    [Unit]
    Description=Tailcast, live transcripts of coding agents
    Documentation=man:tailcast(1)
    StartLimitIntervalSec=60
    StartLimitBurst=5

    [Service]
    Type=notify
    ExecStart=\(([program, "serve"] + words).map(Self.quote).joined(separator: " "))
    Restart=on-failure
    RestartSec=1
    # The server says every 15 s that its loop turns.
    WatchdogSec=30
    TimeoutStopSec=60
    # Agents live in tmux beside the server: they survive its end, and one that is out of memory takes nobody with it.
    KillMode=process
    OOMPolicy=continue
    LimitNOFILE=524288
    SyslogIdentifier=tailcast

    # What follows holds for tmux and the agents too, which must be able to do their work. Not here, therefore:
    # ProtectSystem=, ProtectHome=, PrivateTmp= and ReadWritePaths=: agents work wherever they are started, and tmux and
    # others are met in /tmp; RestrictNamespaces= and PrivateUsers=: agents and browsers build their own sandboxes of
    # namespaces, rootless containers too; MemoryDenyWriteExecute=: Node compiles while it runs; RestrictAddressFamilies=
    # and SystemCallArchitectures=: whatever an agent builds must run; RestrictSUIDSGID=: shared repositories and packages
    # have such files; UMask=: what agents write belongs to their project.
    #
    # Nobody becomes root. All of the lines below imply it: an agent that needs sudo needs them off (no, and an empty
    # SystemCallFilter=), by `systemctl --user edit tailcast`.
    NoNewPrivileges=yes
    LockPersonality=yes
    RestrictRealtime=yes
    # Calls that only root may make, or nobody makes any more.
    SystemCallFilter=~@module @reboot @swap @raw-io @obsolete
    SystemCallErrorNumber=EPERM

    [Install]
    WantedBy=default.target

    """
  }

  /// A word of ExecStart as systemd.service(5) reads it back.
  private static func quote(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./:=@,+".unicodeScalars.contains($0)
      }
    if isPlain { return word }
    var text = ""
    for character in word {
      switch character {
      case "\\", "\"": text += "\\\(character)"
      case "%": text += "%%"
      case "$": text += "$$"
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
    return "\"\(text)\""
  }
}
