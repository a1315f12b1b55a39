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
    retry = configuration.streams.retry
    feed.coalesce = configuration.feed.coalesce
    projectRoots = configuration.projects.roots
    browseRoot = configuration.fsRoot.isEmpty ? nil : configuration.fsRoot
    if !configuration.people.isEmpty { people = Self.people(of: configuration.people) }
    channels.keep = configuration.channels.keep
    channels.max = configuration.channels.max
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
