import Store
import StreamServer
import Wire

extension ControlPlane {
  /// Most access keys. Default 1,000.
  static let keyLimit = 1_000

  /// `GET auth/keys`
  func listKeys(_ call: Call) async throws(Problem) -> Reply {
    let rows = try await read { (reader) throws(StoreError) in try reader.accessKeys() }
    return call.list("keys") { writer in
      for row in rows { Self.write(row, into: &writer) }
    }
  }

  /// `POST auth/keys`
  func makeKey(_ call: Call) async throws(Problem) -> Reply {
    let name = try call.body().requiredText("name", maximum: 128)
    let key = "tc_" + Secret.make()
    let row = AccessKeyRow(
      id: Secret.make(bytes: 8), name: name, hash: Digest.sha256(key.bytes), createdMS: clockMS())
    let result: Result<AccessKeyRow, Problem> = try await commit { (database) throws(StoreError) in
      let count = try database.first("SELECT count(*) FROM access_keys") { $0.int(0) } ?? 0
      guard count < Self.keyLimit else {
        return (.failure(Problem(.limitReached, "there are \(count) access keys; revoke some")), [])
      }
      try database.add(row)
      return (.success(row), [Self.change("key.created", row.id, row.createdMS)])
    }
    _ = try result.get()
    gate.keys.add(id: row.id, hash: row.hash)
    var response = Response.object(status: 201) { json in
      json.field("id", row.id)
      json.field("name", row.name)
      json.field("key", key)
      json.field("created_at", Timestamp.text(row.createdMS))
    }
    response.headers.append(("cache-control", "no-store"))
    return .response(response)
  }

  /// The id under which the cookies of all browsers are revoked.
  static let browsersID = "browsers"

  /// `DELETE auth/keys/{id}`
  func revokeKey(_ call: Call) async throws(Problem) -> Reply {
    let id = call.id
    guard id != AccessKeyFile.id else {
      throw Problem(.keyIsFile, "the key of the key file is revoked by removing the file and restarting")
    }
    let (nowMS, generation) = (clockMS(), gate.cookies.generation)
    let isRevoked = try await commit { (database) throws(StoreError) in
      if id == Self.browsersID {
        try database.leaveCookieGeneration(generation)
      } else {
        try database.run("DELETE FROM access_keys WHERE id = ?", id)
        guard database.changes > 0 else { return (false, []) }
      }
      return (true, [Self.change("key.revoked", id, nowMS)])
    }
    guard isRevoked else {
      throw Problem(.keyNotFound, "there is no access key \(Problem.quoted(id))") { $0.field("id", id) }
    }
    let revocation: Revocation = id == Self.browsersID ? .cookies(generation: generation) : .key(id: id)
    gate.revoke(revocation)
    revoked(revocation)
    keyUses[id] = nil
    return .response(Response(status: 204))
  }

  /// Remembers once a minute that a key was used. What it costs is one write a minute and key; a write that fails is
  /// no reason to refuse a request.
  func noteUse(of caller: Caller) {
    guard case .key(let id) = caller.identity, id != AccessKeyFile.id else { return }
    let nowMS = clockMS()
    guard nowMS - (keyUses[id] ?? 0) >= 60_000 else { return }
    keyUses[id] = nowMS
    Task(executorPreference: loop) { try? await self.store.touchAccessKey(id: id, usedMS: nowMS) }
  }

  private static func change(_ type: String, _ id: String, _ nowMS: Int64) -> Change {
    Change(nowMS: nowMS, "system", type) { $0.field("id", id) }
  }

  private static func write(_ row: AccessKeyRow, into writer: inout JSONWriter) {
    writer.object { json in
      json.field("id", row.id)
      json.field("name", row.name)
      json.field("created_at", Timestamp.text(row.createdMS))
      json.fieldOrNull("last_used_at", row.lastUsedMS.map(Timestamp.text))
    }
  }
}
