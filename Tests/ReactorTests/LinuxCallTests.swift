import CLinux
import Glibc
import Testing

@Suite("Linux calls")
struct LinuxCallTests {
  @Test("The second half of a ring is its first")
  func ring() throws {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let base = try #require(tc_ring_map(page * 2))
    let bytes = base.assumingMemoryBound(to: UInt8.self)
    #expect(bytes[0] == 0)
    let text = Array("wrapped".utf8)
    for (index, byte) in text.enumerated() { bytes[page * 2 - 3 + index] = byte }
    #expect(Array(UnsafeBufferPointer(start: bytes, count: 4)) == Array("pped".utf8))
    #expect(tc_ring_unmap(base, page * 2) == 0)
  }

  @Test("A ring of part of a page, or of nothing, is refused", arguments: [0, 1, 4095])
  func oddRing(size: Int) {
    #expect(tc_ring_map(size) == nil)
    #expect(errno == EINVAL)
  }

  @Test("inotify's events are decoded with their names, and a cut one is not")
  func inotify() throws {
    var template = Array("/tmp/reactor-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { rmdir(directory) }
    let watcher = tc_inotify_init()
    defer { close(watcher) }
    let watch = tc_inotify_add_watch(watcher, directory, TC_IN_CREATE | TC_IN_DELETE | TC_IN_ONLYDIR)
    #expect(watch > 0)
    for name in ["a", "a longer name.jsonl"] {
      close(open("\(directory)/\(name)", O_CREAT | O_WRONLY, 0o600))
      unlink("\(directory)/\(name)")
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(watcher, &buffer, buffer.count)
    var seen: [String] = []
    var offset = 0
    var event = tc_inotify_event()
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      while true {
        let next = tc_inotify_next(base, count, offset, &event)
        guard next > 0 else { break }
        #expect(tc_inotify_next(base, next - 1, offset, &event) == 0)
        #expect(event.watch == watch)
        let name = UnsafeBufferPointer(start: event.name, count: Int(event.name_length))
        seen.append("\(event.mask == TC_IN_CREATE ? "+" : "-")\(String(decoding: name, as: UTF8.self))")
        offset = next
      }
    }
    #expect(seen == ["+a", "-a", "+a longer name.jsonl", "-a longer name.jsonl"])
    #expect(offset == count)
  }

  @Test("openat2 does not leave the directory it was given")
  func beneath() {
    let etc = open("/etc", TC_O_DIRECTORY | O_RDONLY)
    defer { close(etc) }
    let inside = tc_openat2(etc, "passwd", O_RDONLY | TC_O_CLOEXEC, 0, TC_RESOLVE_BENEATH)
    #expect(inside >= 0)
    close(inside)
    #expect(tc_openat2(etc, "../etc/passwd", O_RDONLY, 0, TC_RESOLVE_BENEATH) == -1)
    #expect(errno == EXDEV)
  }

  @Test("A Unix socket tells who is at the other end")
  func credentials() throws {
    let pair = try SocketPair()
    var uid: UInt32 = .max
    var gid: UInt32 = .max
    var pid: Int32 = 0
    #expect(tc_peer_credentials(pair.near, &uid, &gid, &pid) == 0)
    #expect(uid == getuid())
    #expect(gid == getgid())
    #expect(pid == getpid())
  }

  @Test("A file's facts are those of the file")
  func facts() throws {
    let file = tc_memfd_create("file", TC_MFD_CLOEXEC)
    defer { close(file) }
    write(file, "12345", 5)
    var facts = tc_stat()
    #expect(tc_fstat(file, &facts) == 0)
    #expect(facts.size == 5)
    #expect(facts.uid == getuid())
    #expect(facts.modified_ns > 1_600_000_000_000_000_000)
  }
}
