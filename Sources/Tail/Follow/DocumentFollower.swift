import Store
import Wire

/// Tells what is new or changed between two states of a document transcript. Lives on the home loop; the documents
/// are read on the archive thread.
final class DocumentFollower {
  private(set) var identity: FileIdentity
  private(set) var witness: Witness
  private(set) var facts: FileFacts
  private var fingerprints: [Int]
  /// Set while a document is being read.
  var isReading = false

  /// Goes on from a document; `known` is what was stored of its path.
  init(_ document: DocumentReader, known: FileIdentityRow?) {
    let opened = document.opened(known: known)
    identity =
      opened.identity
      ?? FileIdentity(device: 0, inode: 0, incarnation: opened.incarnation, firstHash: document.firstHash)
    witness = opened.witness
    facts = document.facts
    fingerprints = document.messages.map(Self.fingerprint)
  }

  /// Forgets what was read: the next reading gives every message.
  func rewind() {
    fingerprints = []
    witness = Witness(end: 0, bytes: Digest.sha256([]))
  }

  /// Makes its epoch another one: the content begins like another file of its chain.
  func raiseIncarnation() { identity.incarnation &+= 1 }

  var epoch: Epoch { identity.epoch }
  /// Messages known.
  var head: UInt64 { UInt64(fingerprints.count) }

  /// The items that lead from the last state to this one. `restart` is set when messages that were shown are gone.
  func take(_ document: DocumentReader) -> (items: [TailItem], restart: RestartReason?) {
    facts = document.facts
    let kept =
      document.firstHash == identity.firstHash && document.messages.count >= fingerprints.count
      && document.witness(of: fingerprints.count).bytes == witness.bytes
    if !kept {
      identity.incarnation &+= 1
      identity.firstHash = document.firstHash
      fingerprints = []
    }
    let now = document.messages.map(Self.fingerprint)
    let head = UInt64(now.count)
    var added: [TailItem] = []
    var changed: [TailItem] = []
    for (index, message) in document.messages.enumerated() {
      if index >= fingerprints.count {
        added.append(.message(message, start: UInt64(index), end: UInt64(index + 1)))
      } else if fingerprints[index] != now[index] {
        // A change of an old message stands at the head: its id must not lead a client back.
        let at = UInt64(fingerprints.count)
        changed.append(.message(message, start: at, end: at))
      }
    }
    fingerprints = now
    witness = document.witness(of: Int(head))
    return (changed + added, kept ? nil : .replaced)
  }

  /// The row that keeps the identity over a restart.
  func row(path: String, nowMS: Int64) -> FileIdentityRow {
    FileIdentityRow(
      path: path, device: identity.device, inode: identity.inode, incarnation: identity.incarnation,
      epoch: epoch.value, firstHash: identity.firstHash, position: witness.end, witness: witness.bytes,
      size: facts.size, mtimeNS: facts.modifiedNS, seenAtMS: nowMS)
  }

  private static func fingerprint(_ message: JSONSlice) -> Int {
    var hasher = Hasher()
    message.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
