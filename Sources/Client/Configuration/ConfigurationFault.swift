import Wire

/// Why a configuration cannot be used: where it was said, what is wrong, and what would be right.
public struct ConfigurationFault: Error, Equatable, CustomStringConvertible {
  /// Where a setting was said.
  public enum Origin: Sendable, Equatable, CustomStringConvertible {
    /// On the command line; the flag's name.
    case flag(String)
    /// In the environment; the variable's name.
    case environment(String)
    /// In a file, on a line from 1 on.
    case file(path: String, line: Int)
    /// By the settings together.
    case combination

    /// The place as a person would name it.
    public var description: String {
      switch self {
      case .flag(let name): "\(name)"
      case .environment(let name): "environment variable \(name)"
      case .file(let path, let line): line > 0 ? "\(path), line \(line)" : path
      case .combination: "configuration"
      }
    }
  }

  /// Where it was said.
  public var origin: Origin
  /// The setting, or what stood in its place; empty when the fault is not about one.
  public var key: String
  /// What is wrong and what would be right, one sentence without a full stop.
  public var reason: String

  /// A fault.
  public init(origin: Origin, key: String = "", reason: String) {
    self.origin = origin
    self.key = key
    self.reason = reason
  }

  /// One line that names the place, the key and the remedy.
  public var description: String { "\(origin): \(key.isEmpty ? "" : "\(key): ")\(reason)" }

  /// A key that no setting has.
  static func unknown(_ key: String, at origin: Origin, known: [String]) -> ConfigurationFault {
    let hint =
      Suggestion.nearest(to: key, among: known).map { "did you mean \($0)?" }
      ?? "`tailcast help configuration` lists all settings"
    return ConfigurationFault(origin: origin, key: key, reason: "unknown setting; \(hint)")
  }
}
