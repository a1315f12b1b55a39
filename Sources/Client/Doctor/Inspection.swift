import Glibc

/// The checks of `tailcast doctor`, each a look at one thing of this machine.
enum Inspection {
  /// A transcript folder.
  static func root(_ root: TranscriptRoot) -> Finding {
    let name = "\(root.agent.rawValue) transcripts"
    if access(root.directory, R_OK | X_OK) == 0 {
      var facts = stat()
      if stat(root.directory, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR {
        return .fail(name, "\(root.directory) is not a folder", "correct `roots`")
      }
      return .ok(name, root.directory)
    }
    if errno == ENOENT {
      return .warn(
        name, "\(root.directory) does not exist",
        "nothing to do if the agent has not run yet; it is watched once it appears")
    }
    return .fail(
      name, "\(root.directory): \(String(cString: strerror(errno)))", "make it readable for this user")
  }

  /// tmux on the path and its version.
  static func tmux(_ surroundings: Surroundings) -> Finding {
    let path = surroundings.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in path.split(separator: ":") {
      let program = "\(folder)/tmux"
      guard access(program, X_OK) == 0 else { continue }
      let quoted =
        "'" + program.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
      guard let pipe = popen("\(quoted) -V 2>/dev/null", "re") else { break }
      var line = [CChar](repeating: 0, count: 128)
      let answer = fgets(&line, Int32(line.count), pipe)
      let status = pclose(pipe)
      guard answer != nil, status == 0 else {
        return .fail("tmux", "\(program) does not run", "install tmux again")
      }
      let version = String(
        decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return .ok("tmux", "\(version) at \(program)")
    }
    return .warn("tmux", "not found", "install tmux to start and steer agents; watching works without it")
  }

  /// The state directory, or the place where it will be made.
  static func stateDirectory(_ path: String) -> Finding {
    let name = "state directory"
    var facts = stat()
    if stat(path, &facts) == 0 {
      if facts.st_mode & S_IFMT != S_IFDIR { return .fail(name, "\(path) is not a folder", "move it away") }
      if facts.st_uid != geteuid() {
        return .fail(
          name, "\(path) belongs to another user", "run as that user, or choose another with --state")
      }
      if access(path, R_OK | W_OK | X_OK) != 0 {
        return .fail(name, "\(path) is not writable", "chmod 700 \(path)")
      }
      if facts.st_mode & 0o077 != 0 {
        return .fail(name, "\(path) is open to other users, who could read keys", "chmod 700 \(path)")
      }
      return .ok(name, path)
    }
    var parent = path
    while stat(parent, &facts) != 0, let slash = parent.lastIndex(of: "/"), slash > parent.startIndex {
      parent = String(parent[..<slash])
    }
    if stat(parent, &facts) != 0 { parent = "/" }
    return access(parent, W_OK | X_OK) == 0
      ? .ok(name, "\(path) will be made")
      : .fail(name, "\(path) cannot be made in \(parent)", "choose another with --state")
  }

  /// Descriptors: one for each connection, and some of its own.
  static func openFiles(needed connections: Int) -> Finding {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let own = 512
    let hard = limit.rlim_max > UInt(Int.max) ? Int.max : Int(limit.rlim_max)
    if hard >= connections + own { return .ok("open files", "limit \(hard)") }
    return .warn(
      "open files", "limit \(hard), too low for \(connections) connections",
      "raise it (`ulimit -Hn`, LimitNOFILE of the service) or lower streams.max_connections")
  }

  /// Whether the TCP port can be bound.
  static func port(_ listen: Configuration.Listen) -> Finding {
    let name = "port"
    if !listen.tcp { return .ok(name, "TCP is off") }
    if listen.port == 0 { return .ok(name, "any free one") }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(listen.host, "\(listen.port)", &hints, &found) == 0, let address = found?.pointee else {
      return .fail(name, "\(listen.host) is no address of this machine", "correct listen.host")
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard descriptor >= 0 else { return .fail(name, String(cString: strerror(errno)), "see the message") }
    defer { close(descriptor) }
    // As the server does: connections that linger after a stop do not hold the port.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    if bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 {
      return .ok(name, "\(listen.port) is free")
    }
    let reason = String(cString: strerror(errno))
    return .fail(
      name, "\(listen.host):\(listen.port): \(reason)",
      "stop the other program, or choose another with --port")
  }
}
