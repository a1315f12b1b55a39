/// Who may come in; decided before the server starts.
public struct GateRules: Sendable {
  /// Whether a TCP connection must show who it is.
  public enum Authentication: String, Sendable { case key, none }

  /// Host names that the listeners were bound to.
  public var boundHosts: [String] = []
  /// Setting `allowed_hosts`.
  public var allowedHosts: [String] = []
  /// Setting `allowed_origins`.
  public var allowedOrigins: [String] = []
  /// Setting `trusted_proxies`.
  public var trustedProxies: Set<String> = []
  /// Setting `auth`.
  public var authentication = Authentication.key
  /// Settings `rate.…`.
  public var rates = RateRules()
  /// How long a browser's ticket is good. Default one hour.
  public var browserTicketLifetime = Duration.seconds(3600)
  /// How long a socket's ticket is good. Default 30 s.
  public var socketTicketLifetime = Duration.seconds(30)
  /// How long a cookie is good. Default 30 days.
  public var cookieLifetime = Duration.seconds(30 * 86_400)

  /// The defaults.
  public init() {}
}
