import CLinux
import Glibc
import Reactor

/// A program that runs, with all that it starts in a group that it leads, and our end of the pipe that it writes to.
/// Used on the home loop, by the actor that started it.
final class ProgramOutput {
  private let loop: EventLoop
  private let child: Child
  private var descriptor: Int32
  private let registration: Registration

  /// Starts a program, its errors led nowhere.
  /// - Parameter sink: told when there is something to read.
  /// - Parameter endsGroup: whether those that it started are killed when it ends.
  /// - Parameter ended: told on the loop, once, when it was reaped.
  init(
    of program: Spawn, on loop: EventLoop, sink: any ReadinessSink, endsGroup: Bool = false,
    ended: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    var ends: [Int32] = [0, 0]
    guard tc_pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError(call: "pipe2") }
    defer { Glibc.close(ends[1]) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    var spawn = program
    spawn.output = .descriptor(ends[1])
    spawn.error = .null
    spawn.newSession = true
    do throws(SystemError) {
      registration = try loop.register(ends[0], .readable, sink: sink, tag: 0)
    } catch {
      Glibc.close(ends[0])
      throw error
    }
    do throws(SystemError) {
      child = try spawn.start(on: loop, endsGroup: endsGroup, ended: ended)
    } catch {
      loop.deregister(registration)
      Glibc.close(ends[0])
      throw error
    }
    descriptor = ends[0]
    self.loop = loop
  }

  deinit {
    // Open still, the loop is gone, and its registrations with it.
    guard descriptor >= 0 else { return }
    Glibc.close(descriptor)
    child.killGroup()
  }

  /// Whether the program's end was not told yet.
  var isRunning: Bool { child.isRunning }

  /// What has come, until it is more than `most` bytes, and whether more can come.
  func read(most: Int) -> (bytes: [UInt8], isOpen: Bool) {
    var bytes: [UInt8] = []
    guard descriptor >= 0 else { return (bytes, false) }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= most {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      guard count > 0 else { return (bytes, false) }
      bytes += chunk[..<count]
    }
    return (bytes, true)
  }

  /// Kills the program and all that it started, unless it has ended.
  func kill() { child.killGroup() }

  /// Reads no more.
  func close() {
    guard descriptor >= 0 else { return }
    loop.deregister(registration)
    Glibc.close(descriptor)
    descriptor = -1
  }
}
