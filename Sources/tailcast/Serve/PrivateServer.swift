import Client
import Control
import Glibc
import Reactor
import Store
import Synchronization

/// A server inside a command, for when none runs: on a Unix socket in a directory of its own that nobody else knows,
/// gone with the command. The commands then have one way to read, with a server and without.
final class PrivateServer: LocalTranscripts {
  let socket: String
  private let directory: String
  private let assembly: Assembly
  // Held so that no server starts on the same database meanwhile; nil when one runs.
  private let state: StateDirectory?

  /// Starts it; returns when every transcript is listed.
  ///
  /// Where the state directory is free its database is used, so that what was read and indexed before is known;
  /// otherwise everything is kept in memory.
  /// - Parameter stays: the command goes on until it is interrupted, so it must not keep the lock from a server.
  init(configuration: Configuration, stays: Bool) throws(LocalFault) {
    var template = Array("/tmp/tailcast-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .failed("no temporary directory: \(String(cString: strerror(errno)))")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    socket = directory + "/socket"
    state = stays ? nil : try? StateDirectory(configuration.state)
    let database = state == nil ? ":memory:" : configuration.state + "/tailcast.db"
    var own = configuration
    own.state = directory
    own.listen.tcp = false
    own.listen.socket = socket
    own.log.level = .error
    // A command that reads sends nothing to others.
    own.hooks.enabled = false
    let settings = own
    let (journal, path) = (Journal(own.log), socket)
    let done = Signal()
    let outcome = Outcome()
    Task {
      let made: Result<Assembly, any Error>
      do {
        let assembly = try await Assembly.make(
          settings, database: database, journal: journal, steers: false, shutdown: {})
        try await assembly.server.listen(unix: path)
        await assembly.engine.start()
        await assembly.control.start()
        await assembly.engine.surveyed()
        made = .success(assembly)
      } catch {
        made = .failure(error)
      }
      outcome.set(made)
      done.signal()
    }
    done.wait()
    switch outcome.value {
    case .success(let assembly): self.assembly = assembly
    case .failure(let error): throw .failed("\(error)")
    case nil: throw .failed("the transcripts could not be opened")
    }
  }

  deinit {
    let done = Signal()
    let assembly = assembly
    Task {
      await assembly.engine.stop()
      await assembly.control.stop()
      await assembly.store.close()
      done.signal()
    }
    done.wait()
    assembly.stop()
    for name in ["socket", "key", "key.new"] { unlink(directory + "/" + name) }
    rmdir(directory)
  }
}

/// Carries the result of the start to the waiting thread.
private final class Outcome: Sendable {
  private let result = Mutex<Result<Assembly, any Error>?>(nil)

  var value: Result<Assembly, any Error>? { result.withLock { $0 } }

  func set(_ made: Result<Assembly, any Error>) { result.withLock { $0 = made } }
}
