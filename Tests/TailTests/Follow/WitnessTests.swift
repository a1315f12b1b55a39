import Testing

@testable import Tail

@Suite("The witness")
struct WitnessTests {
  private let folder = TemporaryFolder()

  @Test("It keeps the last 256 bytes however they came", arguments: [1, 7, 255, 256, 257, 1_000])
  func window(step: Int) {
    let bytes = (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }
    var witness = Witness.none
    var at = 0
    while at < bytes.count {
      let next = min(bytes.count, at + step)
      witness.advance(over: bytes[at..<next])
      at = next
      #expect(witness.end == UInt64(at))
      #expect(witness.bytes == Array(bytes[max(0, at - 256)..<at]))
      #expect(witness.start == UInt64(max(0, at - 256)))
    }
  }

  @Test("It holds in a file that grew, and in none that lost or changed one of its bytes")
  func holds() throws {
    let bytes = (0..<600).map { UInt8($0 % 251) }
    var witness = Witness.none
    witness.advance(over: bytes[...])
    folder.append(bytes + [1, 2, 3], to: "f")
    let file = try OpenFile(folder.file("f"))
    #expect(witness.holds(in: file))
    for offset in [344, 400, 599] {
      folder.overwrite("f", at: offset, [bytes[offset] ^ 1])
      #expect(!witness.holds(in: file), "byte \(offset)")
      folder.overwrite("f", at: offset, [bytes[offset]])
    }
    // The byte before the window cannot be known.
    folder.overwrite("f", at: 343, [0xFF])
    #expect(witness.holds(in: file))
    folder.truncate("f", to: 599)
    #expect(!witness.holds(in: file))
    #expect(Witness.none.holds(in: file))
  }
}
