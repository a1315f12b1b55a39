import CAllocations
import Glibc
import Reactor
import Testing
import Wire

@testable import StreamServer
@testable import Tail

@Suite("Allocations of a delivery")
struct AllocationTests {
  /// What one line may cost in all, from the tail's news to the sends, in a debug build.
  private static let perLine = 48

  @Test("Readers cost no allocations: a line needs as many for fifty as for one, and no more than it did")
  func allocations() async throws {
    guard tc_allocations() >= 0 else { return }
    let one = try await allocationsPerLine(readers: 1)
    let many = try await allocationsPerLine(readers: 50)
    print("allocations per line: \(one) for 1 reader, \(many) for 50")
    #expect(many < one + 25, "an allocation for each delivery")
    #expect(one <= Self.perLine, "\(one) allocations for one line")
  }

  /// The median over lines: what grows by doubling allocates now and then.
  private func allocationsPerLine(readers: Int) async throws -> Int64 {
    let first = #"{"role":"user","content":"hello"}"#
    let lines = (100..<141).map { #"{"role":"user","content":"line \#($0)"}"# }
    var counts: [Int64] = []
    try await StreamBench.with([first]) { bench in
      var clients: [StreamClient] = []
      var cursor: Cursor?
      for _ in 0..<readers {
        let client = try await bench.client("view=raw")
        cursor = try await client.events(until: "caught_up").last?.id.flatMap { Cursor($0) }
        clients.append(client)
      }
      var position = try #require(cursor)
      for line in lines {
        let bytes = Array(line.utf8)
        let start = position.offset
        position.offset += UInt64(bytes.count + 1)
        let batch = TailBatch(
          session: "s", path: "", epoch: position.epoch, restart: nil,
          items: [.line(bytes[...], start: start, end: position.offset)], head: position.offset,
          witness: .none)
        let server = bench.server
        counts.append(
          await bench.onLoop {
            let before = tc_allocations()
            server.take(.batch(batch))
            server.shards[0].assumeIsolated { $0.flush() }
            return tc_allocations() - before
          })
      }
      for client in clients {
        for line in lines { #expect(try await client.next()?.data == line) }
      }
    }
    return counts.sorted()[counts.count / 2]
  }
}
