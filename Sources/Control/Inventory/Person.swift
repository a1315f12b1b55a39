import Wire

/// Somebody who works with the agents, as the file of the setting `people` says. A value.
public struct Person: Sendable, Hashable {
  /// What the person is called.
  public var name: String
  /// The address under which a proxy names the person.
  public var email: String?
  /// `owner`, `admin`, `member` or what the file says.
  public var role: String?
  /// A name on another system.
  public var username: String?

  /// A person.
  public init(name: String, email: String?, role: String?, username: String?) {
    self.name = name
    self.email = email
    self.role = role
    self.username = username
  }

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("name", name)
      writer.fieldOrNull("email", email)
      writer.field("role", role ?? "member")
      writer.fieldOrNull("username", username)
    }
  }
}

/// Why the people cannot be read, in words for whoever runs the server: the file, the line, the reason.
public struct PeopleFault: Error, Sendable {
  /// The words.
  public var reason: String

  /// A fault.
  public init(reason: String) { self.reason = reason }
}
