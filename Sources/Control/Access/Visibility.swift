import StreamServer

/// Who may see and change what, when a trusted proxy says for which person it asks (API section 8). Pure rules.
///
/// Without such a person the caller is whoever runs the server, and may do everything.
public enum Visibility {
  /// Whose thing it is.
  public struct Ownership: Sendable, Hashable {
    /// The person that it belongs to; nil for what was found on the machine and belongs to nobody.
    public var email: String?
    /// `private`, or `shared` or `public` to be seen by every member.
    public var visibility: String

    /// An ownership.
    public init(email: String?, visibility: String) {
      self.email = email
      self.visibility = visibility
    }
  }

  /// Roles that may do everything.
  public static let owners: Set<String> = ["owner", "admin"]

  /// Whether the caller is one of the server's owners. Someone without a role is a member.
  public static func isOwner(_ caller: Caller) -> Bool {
    guard let user = caller.webUser else { return true }
    return owners.contains(user.role?.lowercased() ?? "member")
  }

  /// Whether the caller may see it: owners everything, members what is theirs and what is shared.
  public static func allows(_ caller: Caller, _ thing: Ownership) -> Bool {
    mayChange(caller, thing) || ["shared", "public"].contains(thing.visibility)
  }

  /// Whether the caller may change it: owners everything, members what is theirs.
  public static func mayChange(_ caller: Caller, _ thing: Ownership) -> Bool {
    if isOwner(caller) { return true }
    guard let user = caller.webUser, let email = thing.email else { return false }
    return user.email.lowercased() == email.lowercased()
  }
}
