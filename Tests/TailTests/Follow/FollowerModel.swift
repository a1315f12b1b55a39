import TestSupport
import Testing
import Wire

@testable import Tail

/// A file, its writer, its follower, and what must have been delivered. Knows contents, not how the follower works;
/// all it takes from there is that 256 bytes before the position are compared.
struct FollowerModel {
  private let folder = TemporaryFolder()
  private let name = "t.jsonl"
  private var limits = TailLimits()
  private var random: SeededGenerator
  private var source = RecordSource()
  private var reading: Reading
  /// The file under the name, if there is one, and older ones that a writer still has open.
  private var file: WrittenFile?
  private var older: [WrittenFile] = []

  /// What the follower had read in full when it last came to rest, and from which file; nil after half a look.
  private var rested: (bytes: [UInt8], file: WrittenFile?, stretch: Int, hasEpoch: Bool)?
  /// Offsets that were changed where nobody looks any more.
  private var unobservable: Set<Int> = []
  /// Where the delivered lines differ from the content, for that reason.
  private var differing: Set<Int> = []
  private var epochs: Set<Epoch> = []
  /// The epoch last seen.
  private var told: Epoch?

  private(set) var history: [String] = []
  private(set) var fault: String?

  init(random: SeededGenerator) throws {
    self.random = random
    limits.maxRecordBytes = 500
    limits.readBytes = [1, 5, 64, 700, 100_000].randomElement(using: &self.random) ?? 64
    let count = self.random.upTo(0...5)
    var content = source.lines(count, &self.random)
    if self.random.oneIn(2) { content += Array("{\"cut\":".utf8) }
    let file = WrittenFile(folder.file(name), content)
    self.file = file
    reading = try Reading(folder.file(name), limits: limits)
    history = ["open \(content.count) bytes, readBytes \(limits.readBytes)"]
    if let epoch = reading.current.epoch { epochs.insert(epoch) }
  }

  /// Something happens to the file, or the follower looks.
  mutating func step() throws {
    switch random.upTo(1...30) {
    case 1...8: append()
    case 9: appendToOlder()
    case 10: truncate()
    case 11: rewrite()
    case 12: rewriteSameLength()
    case 13: changeOneByte()
    case 14: replace(keeping: true)
    case 15: replace(keeping: false)
    case 16: remove()
    case 17...22: look()
    case 23: try restartServer()
    default: settle()
    }
  }

  // MARK: What writers do

  private mutating func append() {
    guard let file else {
      // Recreated, now and then with what was there.
      let old = older.last?.bytes ?? []
      let extra = source.lines(random.upTo(0...2), &random)
      let content = random.oneIn(2) ? old + extra : extra
      self.file = WrittenFile(folder.file(name), content)
      note("create \(content.count)")
      return
    }
    write(to: file)
  }

  private mutating func appendToOlder() {
    if let file = older.randomElement(using: &random) { write(to: file) }
  }

  /// Writes up to any byte of the records; the next write goes on from there.
  private mutating func write(to file: WrittenFile) {
    let bytes = file.rest + source.lines(random.upTo(0...4), &random)
    let cut = random.oneIn(3) ? random.upTo(0...bytes.count) : bytes.count
    file.rest = Array(bytes[cut...])
    file.append(Array(bytes[..<cut]))
    note("append \(cut) to \(file === self.file ? "it" : "an older file")")
  }

  private mutating func truncate() {
    guard let file else { return }
    let count = file.bytes.count
    let size = [0, count / 2, random.upTo(0...count)].randomElement(using: &random) ?? 0
    file.truncate(to: size)
    if random.oneIn(2) { file.rest = [] }
    note("truncate \(count) to \(size)")
  }

  private mutating func rewrite() {
    guard let file else { return }
    file.truncate(to: 0)
    file.rest = []
    file.append(source.lines(random.upTo(0...12), &random))
    note("rewrite, now \(file.bytes.count)")
  }

  private mutating func rewriteSameLength() {
    guard let file, !file.bytes.isEmpty else { return }
    var other: [UInt8] = []
    while other.count < file.bytes.count { other += source.line(&random) }
    file.overwrite(at: 0, Array(other[..<file.bytes.count]))
    note("rewrite with the same length")
  }

  private mutating func changeOneByte() {
    guard let file, let offset = file.bytes.indices.randomElement(using: &random), file.bytes[offset] != 0x0A
    else {
      return
    }
    file.overwrite(at: offset, [file.bytes[offset] ^ 0x80])
    // What an older file still holds is read on first: the position at which this one is compared is not known yet.
    let isOpen = reading.follower.identity?.inode == folder.facts(name)?.inode
    if !isOpen || offset + 256 < reading.follower.position { unobservable.insert(offset) }
    note("change byte \(offset)")
  }

  /// Renames another file over the name, or the name away first.
  private mutating func replace(keeping: Bool) {
    let extra = source.lines(random.upTo(0...3), &random)
    let content = (keeping ? file?.bytes ?? [] : []) + extra
    leave()
    file = WrittenFile(folder.file(name), content)
    note("replace by \(content.count), \(keeping ? "same beginning" : "other bytes")")
  }

  private mutating func remove() {
    guard file != nil else { return }
    folder.remove(name)
    leave()
    note("remove")
  }

  private mutating func leave() {
    if let file { older.append(file) }
    if older.count > 2 { older.removeFirst() }
    file = nil
  }

  // MARK: What the follower does

  private mutating func look() {
    reading.advance()
    rested = nil
    noteEpochs()
    note("look")
  }

  private mutating func settle() {
    let before = rested
    let condition = reading.settle()
    noteEpochs()
    note("settle: \(condition), \(reading.stretches.count) stretches, head \(reading.follower.head)")
    if (condition == .missing) != (file == nil) { fault = "is \(condition)" }
    checkOldFile(before)
    guard let file else {
      rested = nil
      return
    }
    checkContent(file.bytes)
    checkRestart(before, file)
    // What was seen after all is no excuse for later; of history and of the unfinished line nobody knows.
    let seen = min(reading.current.base, reading.follower.head)..<reading.follower.head
    unobservable = unobservable.filter { differing.contains($0) || !seen.contains(UInt64($0)) }
    let isExact = unobservable.isEmpty
    rested = isExact ? (file.bytes, file, reading.stretches.count, reading.follower.identity != nil) : nil
  }

  /// Every whole line of the content, and nothing else, has been delivered.
  private mutating func checkContent(_ bytes: [UInt8]) {
    let lines = wholeLines(of: bytes, limit: limits.maxRecordBytes)
    differing = []
    guard reading.follower.identity != nil else {
      if !lines.isEmpty { fault = "\(lines.count) lines are there, none was delivered" }
      return
    }
    let expected = lines.filter { $0.start >= reading.current.base }
    let delivered = reading.current.lines
    if expected.count != delivered.count { fault = "\(delivered.count) lines for \(expected.count)" }
    var differences: Set<Int> = []
    for (want, got) in zip(expected, delivered) where want != got {
      guard let offsets = differingOffsets(want, got), offsets.isSubset(of: unobservable) else {
        fault = "delivered \(got.text) for \(want.text)"
        return
      }
      differences.formUnion(offsets)
    }
    // Of a record over the limit nobody sees whether the changed byte was read before or after it was changed.
    for line in delivered where line.bytes == nil {
      differences.formUnion(unobservable.filter { (line.start..<line.end).contains(UInt64($0)) })
    }
    differing = differences
  }

  private func differingOffsets(_ one: SeenLine, _ other: SeenLine) -> Set<Int>? {
    guard one.start == other.start, one.end == other.end, let a = one.bytes, let b = other.bytes
    else { return nil }
    return Set(a.indices.filter { a[$0] != b[$0] }.map { Int(one.start) + $0 })
  }

  /// Nothing that the old file still held, when its name went to another, is lost.
  private mutating func checkOldFile(
    _ before: (bytes: [UInt8], file: WrittenFile?, stretch: Int, hasEpoch: Bool)?
  ) {
    guard let before, before.hasEpoch, let old = before.file, old !== file,
      old.bytes.starts(with: before.bytes)
    else { return }
    let stretch = reading.stretches[before.stretch - 1]
    let whole = wholeLines(of: old.bytes, limit: limits.maxRecordBytes).filter { $0.start >= stretch.base }
    if !stretch.lines.starts(with: whole) {
      fault = "the old file had \(whole.count) lines, \(stretch.lines.count) were delivered"
    }
  }

  /// A restart is told when the bytes that were read are gone, and only then.
  private mutating func checkRestart(
    _ before: (bytes: [UInt8], file: WrittenFile?, stretch: Int, hasEpoch: Bool)?, _ file: WrittenFile
  ) {
    guard let before, before.hasEpoch, unobservable.isEmpty else { return }
    // What the follower read last: an older file may have grown before its name was lost.
    var read = before.bytes
    if let old = before.file, old !== file {
      if !old.bytes.starts(with: read) { return }
      read = old.bytes
    }
    let restarted = reading.stretches.count > before.stretch || reading.follower.identity == nil
    if restarted == file.bytes.starts(with: read) {
      fault = restarted ? "a restart although nothing was lost" : "no restart although read bytes are gone"
    }
  }

  private mutating func noteEpochs() {
    for (index, stretch) in reading.stretches.enumerated().dropFirst() where stretch.restart == nil {
      fault = "stretch \(index) begins without a restart"
    }
    guard let epoch = reading.current.epoch, reading.current.restart != nil || !epochs.contains(epoch) else {
      return
    }
    if reading.current.lines.count > 0, reading.current.restart != nil, epochs.contains(epoch), told != epoch
    {
      fault = "epoch \(epoch) is used for two contents"
    }
    epochs.insert(epoch)
    told = epoch
  }

  /// Opens the file anew with the row that the store would have.
  private mutating func restartServer() throws {
    guard let file else { return }
    let known = reading.row
    reading = try Reading(folder.file(name), known: known, limits: limits)
    rested = nil
    let opened = reading.opened
    note(
      "restart of the server: \(known.map { "row at \($0.position)" } ?? "no row"), replaced \(opened.replaced)"
    )
    let lines = wholeLines(of: file.bytes, limit: .max)
    if (lines.last?.end ?? 0) != opened.boundary { fault = "boundary \(opened.boundary)" }
    if let known {
      let first = lines.first?.bytes.map { FileIdentity.hash(ofFirst: $0[...]) }
      let end = Int(known.position)
      let holds =
        first == known.firstHash && file.bytes.count >= end
        && file.bytes[(end - known.witness.count)..<end].elementsEqual(known.witness)
      if opened.replaced == holds { fault = "stored bytes hold: \(holds), replaced: \(opened.replaced)" }
      if opened.incarnation != known.incarnation + (holds ? 0 : 1) {
        fault = "incarnation \(opened.incarnation)"
      }
      if holds, opened.identity?.epoch.value != known.epoch { fault = "the epoch changed" }
    }
    if !opened.replaced, known != nil { return }
    unobservable = []
    guard let epoch = opened.identity?.epoch else { return }
    if known != nil, epochs.contains(epoch) { fault = "epoch \(epoch) is used again" }
    epochs.insert(epoch)
    told = epoch
  }

  private mutating func note(_ text: String) { history.append(text) }
}
