/// The stored settings and the version that `If-Match` names.
public struct SettingsRows: Sendable, Hashable {
  /// Raised by one with each save; 0 when nothing has been saved.
  public var version: Int64
  /// JSON values by key; a key that was never set is absent.
  public var values: [String: String]

  /// Settings at a version.
  public init(version: Int64, values: [String: String]) {
    self.version = version
    self.values = values
  }
}

/// What became of a save of settings.
public enum SettingsSave: Sendable, Hashable {
  /// The change is stored; these are the settings now.
  case saved(SettingsRows)
  /// Somebody else has saved since the version given: nothing was stored, these are the settings now.
  case conflict(SettingsRows)
}
