import Store
import Testing

@Suite("Settings and access keys")
struct SettingsTests {
  let scratch = Scratch()

  @Test("Each save raises the version, a removal too")
  func versions() async throws {
    let store = try scratch.store()
    #expect(try await store.settings() == SettingsRows(version: 0, values: [:]))
    #expect(
      try await store.saveSettings(["a": "1", "b": "true"])
        == .saved(SettingsRows(version: 1, values: ["a": "1", "b": "true"])))
    let removed = SettingsRows(version: 2, values: ["a": "1"])
    #expect(try await store.saveSettings(["b": nil], ifVersion: 1) == .saved(removed))
    #expect(try await store.saveSettings(["a": "2"], ifVersion: 1) == .conflict(removed))
    #expect(try await store.settings() == removed)
  }

  @Test("A key is found by its hash until it is removed")
  func keys() async throws {
    let store = try scratch.store()
    let key = AccessKeyRow(id: "k1", name: "laptop", hash: Digest.sha256([1]), createdMS: 5)
    try await store.addAccessKey(key)
    #expect(try await store.accessKey(hash: key.hash) == key)
    #expect(try await store.accessKey(hash: Digest.sha256([2])) == nil)
    await #expect(throws: StoreError.self) {
      try await store.addAccessKey(AccessKeyRow(id: "k2", name: "", hash: key.hash, createdMS: 6))
    }
    try await store.touchAccessKey(id: "k1", usedMS: 9)
    try await store.touchAccessKey(id: "k1", usedMS: 8)
    #expect(try await store.accessKeys().map(\.lastUsedMS) == [9])
    #expect(try await store.removeAccessKey(id: "k1"))
    #expect(try await !store.removeAccessKey(id: "k1"))
    #expect(try await store.accessKeys().isEmpty)
  }
}
