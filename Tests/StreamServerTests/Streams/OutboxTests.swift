import Glibc
import Testing

@testable import StreamServer

@Suite("Outbox")
struct OutboxTests {
  @Test("The rest of a frame goes before everything that waits")
  func prepending() {
    var pair: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    defer { for descriptor in pair { close(descriptor) } }
    var outbox = Outbox()
    outbox.append("later".utf8)
    Array("rest,".utf8).withUnsafeBytes { outbox.prepend($0) }
    #expect(outbox.send(to: pair[0]) == 10)
    #expect(outbox.isEmpty)
    var got = [UInt8](repeating: 0, count: 32)
    #expect(read(pair[1], &got, got.count) == 10)
    #expect(String(decoding: got[..<10], as: UTF8.self) == "rest,later")
  }

  @Test("What a full socket did not take stays, in order")
  func fullSocket() {
    var pair: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    defer { for descriptor in pair { close(descriptor) } }
    var outbox = Outbox()
    let all = (0..<4_000_000).map { UInt8($0 % 251) }
    outbox.append(all)
    var got: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while got.count < all.count {
      _ = outbox.send(to: pair[0])
      let count = read(pair[1], &buffer, buffer.count)
      #expect(count > 0)
      got += buffer[..<count]
    }
    #expect(got == all)
    #expect(outbox.isEmpty)
  }
}
