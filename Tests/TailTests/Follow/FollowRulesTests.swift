import Glibc
import Testing

@testable import Tail

@Suite("What a look at a file means")
struct FollowRulesTests {
  private func facts(inode: UInt64 = 5, size: UInt64 = 100, device: UInt64 = 1) -> FileFacts {
    FileFacts(device: device, inode: inode, size: size, modifiedNS: 9)
  }

  private let rules = FollowRules(device: 1, inode: 5, position: 100)

  @Test("Size against position: shorter restarts, equal is verified, longer is read")
  func sizes() {
    #expect(rules.observe(facts(size: 99)) == .restart(.truncated))
    #expect(rules.observe(facts(size: 0)) == .restart(.truncated))
    #expect(rules.observe(facts(size: 100)) == .verify)
    #expect(rules.observe(facts(size: 101)) == .read)
  }

  @Test("Another inode or device, or no file open, opens the name anew, whatever the size")
  func identities() {
    for size in [0, 100, 200] as [UInt64] {
      #expect(rules.observe(facts(inode: 6, size: size)) == .reopen)
      #expect(rules.observe(facts(size: size, device: 2)) == .reopen)
      #expect(FollowRules(position: 100).observe(facts(size: size)) == .reopen)
    }
  }

  @Test("A directory under the name is no transcript")
  func directories() {
    var directory = facts()
    directory.isRegular = false
    #expect(rules.observe(directory) == .missing)
  }

  @Test(
    "A failure is either absence or refusal",
    arguments: [(ENOENT, true), (ENOTDIR, true), (EACCES, false), (ELOOP, false), (EIO, false)])
  func failures(errno: Int32, missing: Bool) {
    #expect(rules.observe(failure: errno) == (missing ? .missing : .denied(errno: errno)))
  }
}
