import Tail

extension Setting {
  /// Every setting, in the order of the example file.
  public static let all: [Setting] =
    listening + general + tailing + streaming + requests + background + webhooks + mcp + steering
    + knownAgents
    + ending

  /// What each section of the file is about.
  static let sections: [String: String] = [
    "listen": "Where the server listens.",
    "projects": "Projects.",
    "log": "The log, on standard error.",
    "tail": "How transcripts are followed.",
    "streams": "Live streams.",
    "http": "Requests.",
    "ws": "WebSockets.",
    "mux": "Terminals that are shown over /mux.",
    "feed": "The change feed, /events.",
    "search": "Search over titles and message text.",
    "hooks": "Webhooks: events that are sent to other programs.",
    "mcp": "MCP servers that clients keep here, asked what they offer.",
    "channels": "Channels, messages between programs.",
    "sessions": "Sessions that are started here.",
    "messages": "Messages to agents.",
    "voice": "Recordings that become messages.",
    "terminals": "The terminals of their agents, in a tmux of their own.",
    "agents": "How agents are started. Other agents may be added under names of their own.",
    "shutdown": "The end of the server.",
    "rate": "Requests a minute for each key or peer; the burst is as large. 0 is no limit.",
  ]

  private static let listening: [Setting] = [
    .count("listen.port", \.listen.port, 0...65535, "TCP port; 0 takes any free one."),
    .text(
      "listen.host", \.listen.host, form: "a host name or address",
      "Address to bind. Anything but a loopback address needs auth: key."),
    .text(
      "listen.socket", \.listen.socket, form: "a path of at most 107 bytes",
      "Path of the Unix socket. Without it: tailcast.sock in the state directory."),
    .flag("listen.tcp", \.listen.tcp, "Whether to listen on TCP beside the Unix socket."),
  ]

  private static let general: [Setting] = [
    .text(
      "state", \.state, form: "a path",
      "Directory of database, lock, run file and log. Without it: $XDG_STATE_HOME/tailcast."),
    .list(
      "roots", \.roots,
      form: "AGENT=DIR, AGENT one of \(AgentKind.allCases.map(\.rawValue).joined(separator: ", "))",
      parse: { TranscriptRoot($0) }, format: \.description,
      "Folders to watch, each AGENT=DIR. Without it: the agents' own folders."),
    .choice(
      "auth", \.auth, "Whether TCP needs a key. none is allowed only while the TCP listener is loopback."),
    .list(
      "allowed_hosts", \.allowedHosts, form: "host names", parse: name, format: { $0 },
      "Host names that requests may name, beside the listener's own and the loopback names."),
    .list(
      "allowed_origins", \.allowedOrigins, form: "origins such as https://example.org", parse: origin,
      format: { $0 }, "Other sites whose pages may call the server, each scheme://host[:port]."),
    .list(
      "trusted_proxies", \.trustedProxies, form: "IP addresses", parse: name, format: { $0 },
      "Addresses of proxies whose X-Web-User-… and X-Forwarded-… headers are believed."),
    .text(
      "people", \.people, form: "a path", orNone: true,
      "YAML file with the people who work here: a list, each with name, email, role and username."),
    .text(
      "fs_root", \.fsRoot, form: "a path", orNone: true,
      "Directory beneath which clients may list directories. Without it they may list none."),
    .count("loops", \.loops, 0...256, "Event loops, one thread each; 0 is one for each core."),
    .list(
      "projects.roots", \.projects.roots, form: "paths", parse: { $0.isEmpty ? nil : $0 }, format: { $0 },
      "Directories below which projects may lie."),
    .choice("log.format", \.log.format, "text for people, json for programs."),
    .choice("log.level", \.log.level, "Least weight written: debug, info, notice, warning or error."),
  ]

  private static let tailing: [Setting] = [
    .bytes(
      "tail.max_record_bytes", \.tail.maxRecordBytes, 64 << 10...1 << 30,
      "Largest record that is read whole; a larger one is shown as damaged, with its place."),
    .duration(
      "tail.gather", \.tail.gather, .milliseconds(1) ... .milliseconds(20), orZero: true,
      "While lines come faster than two in this time: how long they gather before they are read; 0 is never."),
    .duration(
      "tail.poll_interval", \.tail.pollInterval, .milliseconds(10) ... .seconds(3600),
      "Time between two looks at a file where inotify is not to be had."),
    .duration(
      "tail.reconcile_interval", \.tail.reconcileInterval, .seconds(1) ... .seconds(86400),
      "Time between two full comparisons of the folders with what is known."),
    .bytes(
      "tail.read_bytes", \.tail.readBytes, 4 << 10...16 << 20, "Most bytes of one read of a growing file."),
    .bytes(
      "tail.lookback", \.tail.lookback, 4 << 10...256 << 20,
      "How far back from its end a file is read to learn its title, model and last message."),
    .count(
      "tail.max_watches", \.tail.maxWatches, 0...100_000_000, "Most inotify watches; 0 is the kernel's limit."
    ),
    .choice("tail.mode", \.tail.mode, "auto uses inotify and polls where it cannot; poll only polls."),
  ]

  private static let streaming: [Setting] = [
    .duration(
      "streams.max_age", \.streams.maxAge, .seconds(1) ... .seconds(604_800), orZero: true,
      "Age at which a stream is rotated by bye, give or take a fifth; 0 is never."),
    .duration(
      "streams.heartbeat", \.streams.heartbeat, .milliseconds(100) ... .seconds(3600),
      "Silence after which a comment line is sent."),
    .duration(
      "streams.stall_timeout", \.streams.stallTimeout, .milliseconds(100) ... .seconds(3600),
      "Time after which a socket that takes no byte is closed; its owner comes back with its cursor."),
    .duration(
      "streams.retry", \.streams.retry, .milliseconds(1) ... .seconds(3600),
      "How long a client is told to wait before it comes back."),
    .bytes(
      "streams.ring_bytes", \.streams.ringBytes, 64 << 10...1 << 30,
      "Live frames kept in memory for each transcript and view that somebody watches."),
    .bytes("streams.page_bytes", \.streams.pageBytes, 4 << 10...64 << 20, "Bytes of one page of history."),
    .count(
      "streams.flush_slice", \.streams.flushSlice, 1...1_000_000,
      "Sends in a row before the loop looks at its other events."),
    .count(
      "streams.max_connections", \.streams.maxConnections, 1...1_000_000,
      "Most connections at once, of all kinds."),
    .count("ws.max_topics", \.ws.maxTopics, 1...100_000, "Most topics of one socket."),
    .bytes("ws.max_message_bytes", \.ws.maxMessageBytes, 1 << 10...256 << 20, "Largest inbound message."),
    .duration("ws.ping", \.ws.ping, .milliseconds(100) ... .seconds(3600), "Time between two pings."),
    .duration(
      "ws.pong_timeout", \.ws.pongTimeout, .milliseconds(100) ... .seconds(3600),
      "Time without a pong after which a socket is closed."),
    .count("mux.max_terminals", \.mux.maxTerminals, 1...1000, "Most terminals of one socket."),
    .count(
      "mux.max_clients", \.mux.maxClients, 1...10_000, "Most terminals of all sockets; each is a process."),
    .bytes(
      "mux.pause_bytes", \.mux.pauseBytes, 64 << 10...256 << 20,
      "Bytes that wait for a viewer at which its terminal is read no further."),
    .bytes(
      "mux.resume_bytes", \.mux.resumeBytes, 0...256 << 20,
      "Bytes that still wait when reading goes on; less than mux.pause_bytes."),
    .bytes(
      "mux.input_bytes", \.mux.inputBytes, 1 << 10...16 << 20,
      "Typed bytes that may wait for a terminal that does not read."),
  ]

  private static let requests: [Setting] = [
    .bytes("http.head_bytes", \.http.headBytes, 1 << 10...1 << 20, "Largest request head."),
    .duration(
      "http.head_timeout", \.http.headTimeout, .milliseconds(100) ... .seconds(3600),
      "Time in which a request head must arrive."),
    .bytes("http.body_bytes", \.http.bodyBytes, 1 << 10...1 << 30, "Largest request body."),
    .bytes("http.upload_bytes", \.http.uploadBytes, 1 << 10...1 << 30, "Largest upload."),
    .duration(
      "http.request_timeout", \.http.requestTimeout, .milliseconds(100) ... .seconds(86400),
      "Time in which a request must be answered; streams aside."),
    .duration(
      "http.keep_alive", \.http.keepAlive, .milliseconds(100) ... .seconds(86400),
      "How long an idle connection is kept."),
  ]

  private static let background: [Setting] = [
    .count("feed.keep", \.feed.keep, 1000...100_000_000, "Rows of the change feed that are kept."),
    .duration(
      "feed.coalesce", \.feed.coalesce, .milliseconds(1) ... .seconds(60),
      "Least time between two transcript.appended events of one session."),
    .count(
      "feed.appended_rate", \.feed.appendedRate, 1...1_000_000,
      "Most transcript.appended events in a second of all sessions together."),
    .flag("search.enabled", \.search.enabled, "Whether transcripts are indexed in the background."),
    .bytes(
      "search.page_bytes", \.search.pageBytes, 16 << 10...64 << 20,
      "Bytes of a transcript that are indexed in one go."),
    .count("channels.keep", \.channels.keep, 1...1_000_000, "Messages of each channel that are kept."),
    .count("channels.max", \.channels.max, 1...100_000, "Most channels."),
  ]

  private static let webhooks: [Setting] = [
    .flag("hooks.enabled", \.hooks.enabled, "Whether deliveries are sent; without it they wait."),
    .flag(
      "hooks.allow_private", \.hooks.allowPrivate,
      "Whether receivers on this machine and in private networks may be called."),
    .duration(
      "hooks.timeout", \.hooks.timeout, .milliseconds(100) ... .seconds(300),
      "Time in which a receiver must have answered, name lookup included."),
    .count("hooks.attempts", \.hooks.attempts, 1...100, "Attempts before a delivery becomes a dead letter."),
    .count("hooks.in_flight", \.hooks.inFlight, 1...256, "Attempts at once, one for each receiver at most."),
    .count("hooks.max_contracts", \.hooks.maxContracts, 1...10_000, "Contracts at once."),
    .count(
      "hooks.max_pending", \.hooks.maxPending, 1...10_000_000,
      "Deliveries that may wait for one receiver; further ones become dead letters at once."),
    .count("hooks.keep", \.hooks.keep, 100...10_000_000, "Deliveries that are kept after their end."),
  ]

  private static let mcp: [Setting] = [
    .duration(
      "mcp.timeout", \.mcp.timeout, .milliseconds(100) ... .seconds(300),
      "Time in which a server must have been started or reached, and must have answered everything."),
    .flag(
      "mcp.allow_private", \.mcp.allowPrivate,
      "Whether addresses on this machine and in private networks may be called; programs may be started anyhow."
    ),
    .bytes("mcp.max_bytes", \.mcp.maxBytes, 16 << 10...256 << 20, "Most of what a server answers."),
  ]

  private static let ending: [Setting] = [
    .duration(
      "shutdown.grace", \.shutdown.grace, .milliseconds(100) ... .seconds(600), orZero: true,
      "Time in which clients are sent away and requests in flight are finished."),
    .count("rate.streaming", \.rate.streaming, 0...1_000_000, "Streams opened."),
    .count("rate.sessions", \.rate.sessions, 0...1_000_000, "Session routes."),
    .count("rate.autocomplete", \.rate.autocomplete, 0...1_000_000, "Autocompletion."),
    .count("rate.other", \.rate.other, 0...1_000_000, "All other routes."),
    .count("rate.bad_keys", \.rate.badKeys, 0...1_000_000, "Wrong keys from one peer."),
    .flag("rate.loopback", \.rate.loopback, "Whether the limits hold for the Unix socket and loopback too."),
  ]

  private static let steering: [Setting] = [
    .flag(
      "sessions.login_environment", \.sessions.loginEnvironment,
      "Whether agents get the variables of the login shell, asked once; otherwise those of the server."),
    .duration(
      "sessions.environment_timeout", \.sessions.environmentTimeout, .milliseconds(100) ... .seconds(60),
      "Longest wait for the login shell; after it agents get the server's variables."),
    .duration(
      "sessions.start_timeout", \.sessions.startTimeout, .milliseconds(100) ... .seconds(600),
      "Time after which an agent that runs and shows nothing counts as started."),
    .duration(
      "sessions.close_grace", \.sessions.closeGrace, .milliseconds(100) ... .seconds(60),
      "Time in which an agent whose terminal was closed must end before it is killed."),
    .bytes(
      "sessions.max_copy_bytes", \.sessions.maxCopyBytes, 1 << 20...16 << 30,
      "Most of a transcript that is copied so that its agent goes on at an earlier message."),
    .list(
      "sessions.member_modes", \.sessions.memberModes, form: "permission modes",
      parse: { $0.isEmpty ? nil : $0 }, format: { $0 },
      "Permission modes that people who are no owners may choose for the agents that they start."),
    .count(
      "messages.max_queued", \.messages.maxQueued, 1...100_000, "Most messages of one session that wait."),
    .duration(
      "messages.keep", \.messages.keep, .seconds(60) ... .seconds(31 * 86_400),
      "Time for which texts are kept and a client_message_id answers with its message."),
    .duration(
      "messages.enter_limit", \.messages.enterLimit, .seconds(1) ... .seconds(600),
      "Time for which Enter is tried before a message that the agent does not take has failed."),
    .list(
      "voice.command", \.voice.command, form: "a program and its arguments", parse: { $0.isEmpty ? nil : $0 },
      format: { $0 },
      "Program that writes what is said in a recording, and its arguments; {file} is the recording's path, which "
        + "without it comes last. Without it there are no voice messages."),
    .duration(
      "voice.timeout", \.voice.timeout, .milliseconds(100) ... .seconds(3600),
      "Time in which it must have written the text; less than http.request_timeout."),
    .bytes("voice.max_bytes", \.voice.maxBytes, 1 << 10...1 << 30, "Largest recording."),
    .text(
      "terminals.socket", \.terminals.socket, form: "a name without blanks and slashes",
      "Name of the tmux server (tmux -L); auto makes one of the state directory's path."),
    .text("terminals.tmux", \.terminals.tmux, form: "a program", "The program tmux: a name or a path."),
    .duration(
      "terminals.timeout", \.terminals.timeout, .milliseconds(100) ... .seconds(60),
      "Longest wait for an answer of tmux."),
    .count("terminals.columns", \.terminals.columns, 20...1000, "Columns of a terminal."),
    .count("terminals.rows", \.terminals.rows, 5...1000, "Rows of a terminal."),
  ]

  /// A name without blanks.
  private static let name: @Sendable (String) -> String? = { text in
    text.isEmpty || text.contains(where: { $0.isWhitespace || $0 == "/" }) ? nil : text
  }

  /// `scheme://host[:port]`, as browsers send it: no path, no wildcard.
  private static let origin: @Sendable (String) -> String? = { text in
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty, !parts[2].isEmpty,
      !text.contains("*")
    else { return nil }
    return text
  }
}
