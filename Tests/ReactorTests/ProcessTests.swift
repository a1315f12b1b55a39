import CLinux
import Glibc
import TestSupport
import Testing

@testable import Reactor

@Suite("Processes and signals", .timeLimit(.minutes(1)))
struct ProcessTests {
  private func exit(of spawn: Spawn, on loop: EventLoop, kill signal: Int32? = nil) async throws -> ChildExit?
  {
    let inbox = Inbox<ChildExit>()
    try await loop.run {
      let child = try spawn.start(on: loop) { inbox.put($0) }
      if let signal { kill(child.pid, signal) }
    }
    return await inbox.next()
  }

  /// What the program writes to its output until it closes it.
  private func output(of spawn: Spawn, on loop: EventLoop) async throws -> String {
    var ends: [Int32] = [-1, -1]
    guard tc_pipe2(&ends, TC_O_CLOEXEC) == 0 else { throw SystemError(call: "pipe2") }
    var spawn = spawn
    spawn.output = .descriptor(ends[1])
    let ended = try await exit(of: spawn, on: loop)
    close(ends[1])
    defer { close(ends[0]) }
    #expect(ended == .exited(0))
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(ends[0], &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  @Test("A child's end is told as it was")
  func exits() async throws {
    try await withLoop { (loop) async throws in
      #expect(try await exit(of: Spawn("true"), on: loop) == .exited(0))
      #expect(try await exit(of: Spawn("false"), on: loop) == .exited(1))
      #expect(try await exit(of: Spawn("/bin/sh", ["-c", "exit 42"]), on: loop) == .exited(42))
      #expect(try await exit(of: Spawn("sleep", ["1000"]), on: loop, kill: SIGKILL) == .signalled(SIGKILL))
      #expect(loop.statistics.registered <= 1)
    }
  }

  @Test("Many children at once are all told")
  func many() async throws {
    try await withLoop { (loop) async throws in
      let inbox = Inbox<ChildExit>()
      try await loop.run {
        for code in 0..<20 {
          _ = try Spawn("/bin/sh", ["-c", "exit \(code)"]).start(on: loop) { inbox.put($0) }
        }
      }
      let exits = await inbox.next(20)
      #expect(Set(exits) == Set((0..<20).map { ChildExit.exited(Int32($0)) }))
    }
  }

  @Test("A process that is not our child is refused")
  func stranger() async throws {
    try await withLoop { (loop) async throws in
      await #expect(throws: SystemError(call: "waitid", errno: ECHILD)) {
        try await loop.run { try Child(pid: 1, on: loop, endsGroup: false) { _ in } }
      }
    }
  }

  @Test("A child that cannot be watched is killed and reaped")
  func unwatched() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { (loop) async throws in
        await withDescriptorsLeft(0) {
          await #expect(throws: SystemError(call: "pidfd_open", errno: EMFILE)) {
            try await loop.run { try Spawn("sleep", ["1000"]).start(on: loop) { _ in } }
          }
        }
      }
      #expect(!hasChild())
    }
  }

  @Test("What a child started ends with it where that is asked for", arguments: [true, false])
  func group(endsGroup: Bool) async throws {
    try await withLoop { (loop) async throws in
      var ends: [Int32] = [-1, -1]
      #expect(tc_pipe2(&ends, TC_O_CLOEXEC | TC_O_NONBLOCK) == 0)
      defer { close(ends[0]) }
      var spawn = Spawn("/bin/sh", ["-c", "sleep 1000 &"])
      spawn.output = .descriptor(ends[1])
      spawn.error = .null
      spawn.newSession = true
      let inbox = Inbox<ChildExit>()
      let child = try await loop.run { [spawn] in
        try spawn.start(on: loop, endsGroup: endsGroup) { inbox.put($0) }
      }
      close(ends[1])
      #expect(await inbox.next() == .exited(0))
      defer { kill(-child.pid, SIGKILL) }
      var byte: UInt8 = 0
      if endsGroup {
        var reading = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(poll(&reading, 1, 10_000) == 1, "the pipe is still held")
        #expect(read(ends[0], &byte, 1) == 0)
      } else {
        #expect(read(ends[0], &byte, 1) == -1 && errno == EAGAIN, "nobody holds the pipe")
      }
    }
  }

  @Test("A program that does not exist, or a NUL in an argument, is an error and no process")
  func refused() {
    #expect(throws: SystemError(call: "posix_spawn", errno: ENOENT)) {
      try Spawn("/nowhere/at/all").start()
    }
    #expect(throws: SystemError(call: "posix_spawn", errno: ENOENT)) {
      try Spawn("true", workingDirectory: "/nowhere/at/all").start()
    }
    #expect(throws: SystemError(call: "posix_spawn", errno: EINVAL)) {
      try Spawn("true", ["a\0b"]).start()
    }
  }

  @Test("The child has the directory, the arguments and the environment that were asked for")
  func surroundings() async throws {
    try await withLoop { (loop) async throws in
      let script = "pwd; echo \"$COLOUR $1 ${HOME-none}\""
      let spawn = Spawn(
        "/bin/sh", ["-c", script, "sh", "two words"], environment: ["COLOUR": "blue"],
        workingDirectory: "/usr")
      #expect(try await output(of: spawn, on: loop) == "/usr\nblue two words none\n")
    }
  }

  @Test("The child has no descriptor but its three, even if one of ours is not close-on-exec")
  func descriptors() async throws {
    let leak = open("/dev/null", O_RDONLY)
    let high = fcntl(leak, F_DUPFD, 200)
    defer {
      close(leak)
      close(high)
    }
    try await withLoop { (loop) async throws in
      let spawn = Spawn("/bin/sh", ["-c", "for f in /proc/$$/fd/*; do echo ${f##*/}; done"])
      let open = try await output(of: spawn, on: loop).split(separator: "\n").map(String.init)
      #expect(!open.contains("\(high)"))
      #expect(Set(open).isSuperset(of: ["0", "1", "2"]))
    }
  }

  @Test("A child can be interrupted though its parent's thread blocks the signal, and may lead a session")
  func signalsAndSession() async throws {
    try await withLoop { (loop) async throws in
      loop.post { EventLoop.blockSignals([SIGTERM]) }
      #expect(try await exit(of: Spawn("sleep", ["1000"]), on: loop, kill: SIGTERM) == .signalled(SIGTERM))
      var spawn = Spawn("/bin/sh", ["-c", "read -r stat < /proc/$$/stat; set -- $stat; echo $(($6 == $$))"])
      #expect(try await output(of: spawn, on: loop) == "0\n")
      spawn.newSession = true
      #expect(try await output(of: spawn, on: loop) == "1\n")
    }
  }

  @Test("A standard descriptor may be made of another one")
  func crossed() async throws {
    try await withLoop { (loop) async throws in
      var spawn = Spawn("/bin/sh", ["-c", "read line; echo \"$line\""])
      var ends: [Int32] = [-1, -1]
      #expect(tc_pipe2(&ends, TC_O_CLOEXEC) == 0)
      write(ends[1], "hello\n", 6)
      close(ends[1])
      spawn.input = .descriptor(ends[0])
      spawn.error = .null
      #expect(try await output(of: spawn, on: loop) == "hello\n")
      close(ends[0])
    }
  }

  @Test("A watched signal is a call on the loop")
  func signals() async throws {
    try await withLoop { (loop) async throws in
      let inbox = Inbox<[Int32]>()
      try await loop.run {
        try loop.watchSignals([SIGUSR1, SIGUSR2]) { inbox.put([$0, loop.inLoop ? 1 : 0]) }
        // To this thread alone: the other threads of the test process do not block it.
        pthread_kill(pthread_self(), SIGUSR1)
      }
      #expect(await inbox.next() == [SIGUSR1, 1])
      try await loop.run { _ = pthread_kill(pthread_self(), SIGUSR2) }
      #expect(await inbox.next() == [SIGUSR2, 1])
    }
  }

  @Test("An error says which call and why")
  func errors() {
    #expect(SystemError(call: "open", errno: ENOENT).description == "open: No such file or directory")
  }
}
