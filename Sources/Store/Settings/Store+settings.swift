extension StoreReader {
  /// The stored settings.
  public func settings() throws(StoreError) -> SettingsRows { try database.settings() }
}

extension Store {
  /// The stored settings.
  public func settings() throws(StoreError) -> SettingsRows {
    try read { (reader) throws(StoreError) in try reader.settings() }
  }

  /// Sets and removes settings, all or none.
  /// - Parameter changes: JSON values by key; nil removes the key.
  /// - Parameter version: the version that the change was made for, nil for any.
  public func saveSettings(
    _ changes: [String: String?], ifVersion version: Int64? = nil
  ) throws(StoreError) -> SettingsSave {
    try write { (database) throws(StoreError) in try database.saveSettings(changes, ifVersion: version) }
  }
}

extension Database {
  /// The same, inside the transaction of what else belongs to the change.
  public func saveSettings(
    _ changes: [String: String?], ifVersion version: Int64? = nil
  ) throws(StoreError) -> SettingsSave {
    let before = try settings()
    guard version == nil || version == before.version else { return .conflict(before) }
    for (key, value) in changes {
      try run(
        """
        INSERT INTO settings(key, value, version) VALUES (?, ?, ?)
        ON CONFLICT(key) DO UPDATE SET value = excluded.value, version = excluded.version
        """, key, value, before.version + 1)
    }
    return .saved(try settings())
  }

  /// The stored settings.
  public func settings() throws(StoreError) -> SettingsRows {
    var rows = SettingsRows(version: 0, values: [:])
    try each("SELECT key, value, version FROM settings", []) { row in
      rows.values[row.text(0)] = row.optionalText(1)
      rows.version = max(rows.version, row.int64(2))
    }
    return rows
  }
}
