import Glibc
import Testing

@testable import Client

@Suite("The end that comes early")
struct InterruptionTests {
  @Test("A signal ends a wait, and under nohup a hangup is none")
  func signals() {
    signal(SIGHUP, SIG_IGN)
    let interruption = Interruption(signals: [SIGUSR1, SIGHUP])
    interruption.watch()
    // Threads of the concurrency pool block all signals; a command runs on the main thread, which does not.
    var both = sigset_t()
    var before = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGUSR1)
    sigaddset(&both, SIGHUP)
    pthread_sigmask(SIG_UNBLOCK, &both, &before)
    defer {
      pthread_sigmask(SIG_SETMASK, &before, nil)
      signal(SIGUSR1, SIG_DFL)
      signal(SIGHUP, SIG_DFL)
    }
    raise(SIGHUP)
    #expect(!interruption.isDue)
    #expect(interruption.pause(milliseconds: 1))
    raise(SIGUSR1)
    #expect(interruption.isDue)
    #expect(!interruption.pause(milliseconds: 60_000))
  }

  @Test("A reader of the output that goes away is seen")
  func reader() {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    defer { close(ends[1]) }
    let interruption = Interruption(output: ends[1])
    #expect(!interruption.isDue)
    close(ends[0])
    #expect(interruption.isDue)
  }

  @Test("A stream on which nothing comes is left at once")
  func stream() throws {
    let interruption = Interruption()
    let server = FakeServer { _, _ in
      interruption.interrupt()
      return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    }
    defer { server.close() }
    let connection = try ServerConnection(.socket(server.socketPath), interruption: interruption)
    #expect(throws: RequestFailure.interrupted) { try connection.request("/x") }
  }
}
