import Glibc
import Reactor
import Store

/// What opening a transcript found: where its whole lines end and which content it is.
struct OpenedTranscript: Sendable {
  var facts: FileFacts
  /// Nil while there is no complete first line.
  var identity: FileIdentity?
  /// The incarnation to use for the content, also when its first line is still to come.
  var incarnation: UInt32
  /// The position after the last newline.
  var boundary: UInt64
  /// Ends at `boundary`.
  var witness: Witness
  /// True when the content is another one than the row knew.
  var replaced: Bool

  /// Opens and compares with what was stored. Reads the head, the last lines and the witness; blocks.
  static func open(_ path: String, known: FileIdentityRow?) throws(SystemError) -> OpenedTranscript {
    let file = try OpenFile(path)
    let facts = try file.facts()
    guard facts.isRegular else { throw SystemError(call: "open", errno: EISDIR) }
    let firstHash = try firstLineHash(file, size: facts.size)
    // Both are looked for in turn while the writer may be at work: without a first line there is no position.
    let boundary = firstHash == nil ? 0 : try lastBoundary(file, size: facts.size)
    let witnessBytes = try file.read(
      at: boundary - min(boundary, UInt64(Witness.span)), count: Int(min(boundary, UInt64(Witness.span))))
    var incarnation: UInt32 = 0
    var replaced = false
    // A row found by its inode speaks of this file only if it begins the same: inode numbers are given again.
    if let known, !known.firstHash.isEmpty, known.path == path || known.firstHash == firstHash {
      let proof = Witness(end: known.position, bytes: known.witness)
      let same = known.firstHash == firstHash && facts.size >= known.position && proof.holds(in: file)
      incarnation = known.incarnation &+ (same ? 0 : 1)
      replaced = !same
    }
    let identity = firstHash.map {
      FileIdentity(device: facts.device, inode: facts.inode, incarnation: incarnation, firstHash: $0)
    }
    return OpenedTranscript(
      facts: facts, identity: identity, incarnation: incarnation, boundary: boundary,
      witness: Witness(end: boundary, bytes: witnessBytes), replaced: replaced)
  }

  /// The row that keeps this identity over a restart; nil while there is nothing to keep.
  func row(path: String, nowMS: Int64) -> FileIdentityRow? {
    guard let identity else { return nil }
    return FileIdentityRow(
      path: path, device: identity.device, inode: identity.inode, incarnation: identity.incarnation,
      epoch: identity.epoch.value, firstHash: identity.firstHash, position: witness.end,
      witness: witness.bytes,
      size: facts.size, mtimeNS: facts.modifiedNS, seenAtMS: nowMS)
  }

  /// The hash of the first line, or nil while it has no end. Only its head is read into memory.
  private static func firstLineHash(_ file: OpenFile, size: UInt64) throws(SystemError) -> [UInt8]? {
    // Most first lines are short, and this is asked after every burst of appends.
    for count in [4 << 10, FileIdentity.hashedBytes] {
      let head = try file.read(at: 0, count: count)
      if let end = head.firstIndex(of: 0x0A) { return FileIdentity.hash(ofFirst: head[..<end]) }
      if head.count < count { return nil }
    }
    let head = try file.read(at: 0, count: FileIdentity.hashedBytes)
    var offset = UInt64(head.count)
    while offset < size {
      let chunk = try file.read(at: offset, count: 256 << 10)
      if chunk.isEmpty { return nil }
      if chunk.contains(0x0A) { return FileIdentity.hash(ofFirst: head[...]) }
      offset += UInt64(chunk.count)
    }
    return nil
  }

  /// The position after the last newline, searched backwards.
  private static func lastBoundary(_ file: OpenFile, size: UInt64) throws(SystemError) -> UInt64 {
    var end = size
    var span: UInt64 = 4 << 10
    while end > 0 {
      let start = end - min(end, span)
      let chunk = try file.read(at: start, count: Int(end - start))
      if let newline = chunk.lastIndex(of: 0x0A) { return start + UInt64(newline) + 1 }
      end = start
      span = 64 << 10
    }
    return 0
  }
}
