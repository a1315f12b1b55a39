import Client
import Control
import Glibc
import Store
import StreamServer
import Tail

// The configuration's values, as each module takes them.

extension TailLimits {
  init(_ configuration: Configuration) {
    self.init()
    maxRecordBytes = configuration.tail.maxRecordBytes
    readBytes = configuration.tail.readBytes
    lookback = configuration.tail.lookback
    gather = configuration.tail.gather
    pollInterval = configuration.tail.pollInterval
    reconcileInterval = configuration.tail.reconcileInterval
    maxWatches = configuration.tail.maxWatches
    pollOnly = configuration.tail.mode == .poll
  }
}

extension StreamLimits {
  init(_ configuration: Configuration) {
    self.init()
    ringBytes = configuration.streams.ringBytes
    pageBytes = configuration.streams.pageBytes
    heartbeat = configuration.streams.heartbeat
    stallTimeout = configuration.streams.stallTimeout
    maxAge = configuration.streams.maxAge
    retry = configuration.streams.retry
    flushSlice = configuration.streams.flushSlice
    maxConnections = configuration.streams.maxConnections
  }
}

extension HTTPLimits {
  init(_ configuration: Configuration) {
    self.init()
    headBytes = configuration.http.headBytes
    headTimeout = configuration.http.headTimeout
    bodyBytes = configuration.http.bodyBytes
    keepAlive = configuration.http.keepAlive
  }
}

extension WebSocketLimits {
  init(_ configuration: Configuration) {
    self.init()
    maxTopics = configuration.ws.maxTopics
    maxMessageBytes = configuration.ws.maxMessageBytes
    ping = configuration.ws.ping
    pongTimeout = configuration.ws.pongTimeout
  }
}

extension MuxLimits {
  init(_ configuration: Configuration) {
    self.init()
    maxTerminals = configuration.mux.maxTerminals
    maxClients = configuration.mux.maxClients
    pauseBytes = configuration.mux.pauseBytes
    resumeBytes = configuration.mux.resumeBytes
    inputBytes = configuration.mux.inputBytes
  }
}

extension ControlRules {
  init(_ configuration: Configuration) {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    self.init(
      version: Version.current,
      computer: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
      startedAtMS: WallClock.milliseconds())
    gate.boundHosts = [configuration.listen.host]
    gate.allowedHosts = configuration.allowedHosts
    gate.allowedOrigins = configuration.allowedOrigins
    gate.trustedProxies = Set(configuration.trustedProxies)
    gate.authentication = configuration.auth == .none ? .none : .key
    gate.rates.streaming = configuration.rate.streaming
    gate.rates.sessions = configuration.rate.sessions
    gate.rates.autocomplete = configuration.rate.autocomplete
    gate.rates.other = configuration.rate.other
    gate.rates.badKeys = configuration.rate.badKeys
    gate.rates.loopback = configuration.rate.loopback
    requestTimeout = configuration.http.requestTimeout
    bodyBytes = configuration.http.bodyBytes
    uploadBytes = configuration.http.uploadBytes
    retry = configuration.streams.retry
    feed.coalesce = configuration.feed.coalesce
    feed.appendedRate = configuration.feed.appendedRate
    projectRoots = configuration.projects.roots
    browseRoot = configuration.fsRoot.isEmpty ? nil : configuration.fsRoot
    if !configuration.people.isEmpty { people = Self.people(of: configuration.people) }
    channels.keep = configuration.channels.keep
    channels.max = configuration.channels.max
    lifecycle = LifecycleRules(configuration)
    messages.maxQueued = configuration.messages.maxQueued
    messages.keep = configuration.messages.keep
    messages.typing.enterLimit = configuration.messages.enterLimit
    mcp.timeout = configuration.mcp.timeout
    mcp.allowPrivate = configuration.mcp.allowPrivate
    mcp.maxBytes = configuration.mcp.maxBytes
    voice.command = configuration.voice.command
    voice.timeout = configuration.voice.timeout
    voice.maxBytes = configuration.voice.maxBytes
    agents = configuration.agents.keys.sorted()
    search.enabled = configuration.search.enabled
    search.pageBytes = configuration.search.pageBytes
    hooks.enabled = configuration.hooks.enabled
    hooks.allowPrivate = configuration.hooks.allowPrivate
    hooks.timeout = configuration.hooks.timeout
    hooks.attempts = configuration.hooks.attempts
    hooks.inFlight = configuration.hooks.inFlight
    hooks.maxContracts = configuration.hooks.maxContracts
    hooks.maxPending = configuration.hooks.maxPending
    hooks.keep = configuration.hooks.keep
  }

  /// Reads the people of a file.
  private static func people(of path: String) -> @Sendable () -> Result<[Person], PeopleFault> {
    {
      PeopleFile.read(path)
        .map { $0.map { Person(name: $0.name, email: $0.email, role: $0.role, username: $0.username) } }
        .mapError { PeopleFault(reason: "\($0)") }
    }
  }
}

extension LifecycleRules {
  init(_ configuration: Configuration) {
    self.init()
    for (name, template) in configuration.agents { agents[name] = AgentProfile(name, template) }
    memberModes = Set(configuration.sessions.memberModes)
    environment = ProcessEnvironment.forAgents
    shell = Self.loginShell
    usesLoginEnvironment = configuration.sessions.loginEnvironment
    environmentTimeout = configuration.sessions.environmentTimeout
    startTimeout = configuration.sessions.startTimeout
    closeGrace = configuration.sessions.closeGrace
    maxCopied = UInt64(configuration.sessions.maxCopyBytes)
    size = (configuration.terminals.columns, configuration.terminals.rows)
    state = configuration.state
    roots = configuration.roots.map { Root(agent: $0.agent, directory: $0.directory) }
  }

  /// The user database may ask the network, so it is read before the server serves.
  private static var loginShell: String {
    guard let user = getpwuid(getuid()), let shell = user.pointee.pw_shell, shell.pointee != 0 else {
      return "/bin/sh"
    }
    return String(cString: shell)
  }
}

extension AgentProfile {
  init(_ name: String, _ template: AgentTemplate) {
    self.init(name: name, kind: template.kind, command: template.command)
    start = template.start
    resume = template.resume
    fork = template.fork
    model = template.model
    permissionModes = template.permissionModes.compactMap { Mode($0) }
    thinkingModes = template.thinkingModes.compactMap { Mode($0) }
    for pair in template.environment {
      guard let equals = pair.firstIndex(of: "=") else { continue }
      environment[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
  }
}

extension TerminalRules {
  init(_ configuration: Configuration) {
    self.init()
    program = configuration.terminals.tmux
    timeout = configuration.terminals.timeout
    environment = ProcessEnvironment.forAgents
    owner = configuration.state
    socket = configuration.terminals.socket
    if socket == "auto" {
      // Every state directory has terminals of its own.
      socket = "tailcast-" + Digest.hex(Array(Digest.sha256(Array(configuration.state.utf8)).prefix(4)))
    }
  }
}
