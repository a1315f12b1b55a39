extension Store {
  /// Every chain, oldest first.
  public func chains() throws(StoreError) -> [ChainRow] {
    try read { (reader) throws(StoreError) in
      var files: [String: [ChainRow.File]] = [:]
      try reader.database.each(
        "SELECT session_id, native_id, path FROM chain_files ORDER BY session_id, ordinal", []
      ) { row in
        files[row.text(0), default: []].append(ChainRow.File(nativeID: row.text(1), path: row.text(2)))
      }
      return try reader.database.query(
        "SELECT session_id, agent, cwd, created_ms FROM chains ORDER BY created_ms, session_id"
      ) { row in
        ChainRow(
          sessionID: row.text(0), agent: row.text(1), cwd: row.optionalText(2), createdMS: row.int64(3),
          files: files[row.text(0)] ?? [])
      }
    }
  }

  /// Remembers a chain as it is now.
  public func save(_ chain: ChainRow) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.run("DELETE FROM chain_files WHERE session_id = ?", chain.sessionID)
      try database.run(
        "INSERT OR REPLACE INTO chains(session_id, agent, cwd, created_ms) VALUES (?, ?, ?, ?)",
        chain.sessionID, chain.agent, chain.cwd, chain.createdMS)
      for (ordinal, file) in chain.files.enumerated() {
        try database.run(
          "INSERT INTO chain_files(session_id, ordinal, native_id, path) VALUES (?, ?, ?, ?)",
          chain.sessionID, ordinal, file.nativeID, file.path)
      }
    }
  }

  /// Forgets a chain; its files are sessions of their own from then on.
  public func forgetChain(_ sessionID: String) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.run("DELETE FROM chain_files WHERE session_id = ?", sessionID)
      try database.run("DELETE FROM chains WHERE session_id = ?", sessionID)
    }
  }
}
