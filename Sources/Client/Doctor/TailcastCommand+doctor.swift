import Wire

extension TailcastCommand {
  /// `tailcast doctor`; 1 if any check fails.
  func doctor(_ invocation: Invocation) -> Int32 {
    var findings: [Finding] = []
    do throws(ConfigurationFault) {
      let configuration = try invocation.configuration()
      findings.append(.ok("configuration", "readable"))
      findings += Inspection.inotify()
      findings += configuration.roots.map(Inspection.root)
      findings.append(Inspection.tmux(invocation.surroundings))
      findings.append(Inspection.stateDirectory(configuration.state))
      findings.append(server(invocation, configuration))
      findings.append(Inspection.openFiles(needed: configuration.streams.maxConnections))
    } catch {
      findings.append(.fail("configuration", error.description, "correct the setting named"))
    }
    let failed = findings.contains { $0.grade == .fail }
    if invocation.json {
      var writer = JSONWriter()
      writer.object {
        $0.field("ok", !failed)
        $0.key("checks")
        $0.array { for finding in findings { finding.write(to: &$0) } }
      }
      output.line(json: writer.bytes)
    } else {
      for line in findings.flatMap(\.lines) { output.line(line) }
    }
    return failed ? ExitCode.failed.rawValue : ExitCode.done.rawValue
  }

  /// A server that answers, or a port that one could take.
  private func server(_ invocation: Invocation, _ configuration: Configuration) -> Finding {
    let access = ServerAccess(invocation, configuration, interruption: interruption, open: local)
    do throws(CommandFailure) {
      if let connection = try access.connection() {
        let reply = try connection.reply("/healthz")
        if reply.status == 200 {
          let pid = reply.json?["pid"]?.description ?? "unknown"
          return .ok("server", "running, process \(pid)")
        }
        return .fail("server", "answers \(reply.status)", "`tailcast status` and the server's log say more")
      }
    } catch {
      // A run file of a crash whose process id another process has now: no server, look at the port.
      if access.isExplicit { return .fail("server", error.message, "start it, or correct --socket or --url") }
    }
    return Inspection.port(configuration.listen)
  }
}
