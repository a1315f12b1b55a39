/// What opens nothing any more, and ends what it has opened.
public enum Revocation: Sendable, Hashable {
  /// An access key, by its id; ids are never used again.
  case key(id: String)
  /// All cookies that were signed in a generation of the signer.
  case cookies(generation: Int64)

  /// Whether it is about what somebody came in with, or got a ticket for.
  func concerns(_ identity: Caller.Identity) -> Bool {
    switch (self, identity) {
    case (.key(let revoked), .key(let id)): revoked == id
    case (.cookies(let revoked), .cookie(let generation, _)): revoked == generation
    case (_, .ticket(let maker)): concerns(maker)
    default: false
    }
  }
}
