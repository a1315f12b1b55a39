import CCurl

/// The address of a receiver, read by libcurl itself: what is checked is what will be called. A value.
struct HookURL: Sendable, Hashable {
  /// Why a text is no address of a receiver.
  struct Fault: Error, Hashable {
    var reason: String
  }

  /// The address as libcurl writes it: numeric hosts in their usual form.
  let text: String
  /// The host's name or address, IPv6 without brackets.
  let host: String
  /// The port.
  let port: Int

  /// An absolute http or https address without user and password.
  init(_ address: String) throws(Fault) {
    guard let handle = curl_url() else { throw Fault(reason: "cannot be read") }
    defer { curl_url_cleanup(handle) }
    guard !address.utf8.contains(0), curl_url_set(handle, CURLUPART_URL, address, 0) == CURLUE_OK else {
      throw Fault(reason: "must be an absolute http or https address")
    }
    let scheme = Self.part(handle, CURLUPART_SCHEME)
    guard scheme == "http" || scheme == "https" else { throw Fault(reason: "must be http or https") }
    // They would stand in logs and lists; the secret is what proves who sends.
    guard Self.part(handle, CURLUPART_USER) == nil, Self.part(handle, CURLUPART_PASSWORD) == nil else {
      throw Fault(reason: "must not hold a user or a password")
    }
    guard let text = Self.part(handle, CURLUPART_URL), let host = Self.part(handle, CURLUPART_HOST),
      Self.part(handle, CURLUPART_ZONEID) == nil,
      let port = Self.part(handle, CURLUPART_PORT, CUnsignedInt(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
      (1...65535).contains(port)
    else { throw Fault(reason: "must name a host") }
    // libcurl would look another name up than the one that was checked.
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw Fault(reason: "must name its host in ASCII (xn--…)")
    }
    self.text = text
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    self.port = port
  }

  /// Refuses at once what needs no lookup to be known as this machine or its neighbours.
  func checkLiteral(allowPrivate: Bool) throws(Fault) {
    guard !allowPrivate else { return }
    let name = host.lowercased().split(separator: ".").last
    if let address = IPAddress(host) { try Self.check([address], allowPrivate: false) }
    if name == "localhost" { throw Fault(reason: Self.refusal(host)) }
  }

  /// Refuses a receiver of which any address is not public.
  /// - Parameter setting: what would allow it.
  static func check(
    _ addresses: [IPAddress], allowPrivate: Bool, setting: String = "hooks.allow_private"
  ) throws(Fault) {
    guard !allowPrivate, let hidden = addresses.first(where: { !$0.isPublic }) else { return }
    throw Fault(reason: refusal(hidden.description, setting))
  }

  private static func refusal(_ address: String, _ setting: String = "hooks.allow_private") -> String {
    "\(address) is not an address of the public internet; the setting \(setting) allows it"
  }

  private static func part(
    _ handle: OpaquePointer, _ part: CURLUPart, _ flags: CUnsignedInt = 0
  ) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
