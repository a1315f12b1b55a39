/// A route's path below its mount: `sessions/{id}/messages`.
public struct PathPattern: Sendable, Hashable {
  /// One part between slashes.
  public enum Segment: Sendable, Hashable {
    case literal(String)
    case parameter(String)
  }

  /// The parts; none for the root.
  public let segments: [Segment]
  /// The text, without slashes at its ends.
  public let text: String

  /// A pattern of literals and `{names}`.
  public init(_ text: String) {
    self.text = text
    segments = text.split(separator: "/").map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  /// Names of the parameters, in order.
  public var parameters: [String] {
    segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }
}
