/// The host of a `Host` field or an origin, for comparison: lower case, without a port and a trailing dot.
struct HostName: Hashable {
  /// The name, an IPv6 address with its brackets.
  var name: String
  /// The port as sent, nil without one.
  var port: String?

  /// Nil for anything that is no `host[:port]`.
  init?(_ text: some StringProtocol) {
    let lower = text.lowercased()
    guard !lower.isEmpty, !lower.contains(where: { "/@?# \\".contains($0) }) else { return nil }
    var host = lower[...]
    if lower.hasPrefix("[") {
      guard let end = lower.firstIndex(of: "]") else { return nil }
      host = lower[...end]
    } else if let colon = lower.firstIndex(of: ":") {
      host = lower[..<colon]
    }
    let rest = lower[host.endIndex...]
    if !rest.isEmpty {
      guard rest.hasPrefix(":"), rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) else {
        return nil
      }
      port = rest.count > 1 ? String(rest.dropFirst()) : nil
    }
    if host.hasSuffix(".") { host = host.dropLast() }
    guard !host.isEmpty else { return nil }
    name = String(host)
  }
}
