import Client
import Control
import Glibc
import Reactor
import Store
import StreamServer
import Synchronization
import Wire

/// `tailcast serve`: one server in the foreground, from its lock to its last byte. Its thread only waits.
struct ServerProcess {
  private let configuration: Configuration
  private let journal: Journal
  private let notice: ServiceNotice?

  /// - Parameter notice: who is told how the server is, where a service manager runs it.
  init(configuration: Configuration, notice: ServiceNotice?) {
    self.configuration = configuration
    self.notice = notice
    journal = Journal(configuration.log)
  }

  /// Runs until a signal or `POST /shutdown` ends it; the exit code.
  func run() -> Int32 {
    // Before any thread exists: a signal goes to the loop's descriptor or nowhere.
    EventLoop.blockSignals([SIGTERM, SIGINT])
    raiseDescriptorLimit()
    let directory: StateDirectory
    do {
      directory = try StateDirectory(configuration.state, patience: StateDirectory.patience)
    } catch {
      complain("\(error)")
      return 1
    }
    let life = ServerLife(
      directory: directory, configuration: configuration, journal: journal, notice: notice)
    return life.run()
  }

  private func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

/// One clear line on standard error.
func complain(_ text: String) {
  let line = Array("tailcast: \(text)\n".utf8)
  _ = write(2, line, line.count)
}
