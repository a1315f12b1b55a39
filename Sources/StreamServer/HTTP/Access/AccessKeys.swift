import Store

/// The keys that open the TCP listener, as hashes. A value.
public struct AccessKeys: Sendable {
  private var rows: [(id: String, hash: [UInt8])] = []

  /// No key: nobody gets in.
  public init() {}

  /// Adds a key by its SHA-256.
  public mutating func add(id: String, hash: [UInt8]) {
    rows.removeAll { $0.id == id }
    rows.append((id, hash))
  }

  /// Adds a key that is known as text, the one of the key file.
  public mutating func add(id: String, key: String) {
    add(id: id, hash: Digest.sha256(Array(key.utf8)))
  }

  /// Takes a key out.
  public mutating func remove(id: String) {
    rows.removeAll { $0.id == id }
  }

  /// The id of the key, or nil. Takes the same time for every wrong key.
  func id(of key: String) -> String? {
    let hash = Digest.sha256(Array(key.utf8))
    var found: String?
    for row in rows where Digest.equal(row.hash, hash) { found = row.id }
    return found
  }
}

/// Random secrets as text.
public enum Secret {
  /// So many random bytes of the kernel, as hex.
  public static func make(bytes: Int = 32) -> String {
    // The system's generator on Linux is getrandom(2).
    var generator = SystemRandomNumberGenerator()
    return Digest.hex((0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}
