import CLinux
import Glibc

/// A program to start: a plain value; `start()` is one `posix_spawn`, `start(on:ended:)` has a loop look after the child.
///
/// The child gets the three standard descriptors and no other, no blocked signal, and the default action for
/// every signal.
public struct Spawn: Sendable {
  /// Where a standard descriptor of the child comes from.
  public enum Stream: Sendable, Hashable {
    /// The same descriptor of this process.
    case inherit
    /// `/dev/null`.
    case null
    /// A copy of this descriptor of this process, which stays the caller's.
    case descriptor(Int32)
    /// The terminal at this path; that of the child's session if it leads a new one.
    case terminal(String)
  }

  /// A path, or a name that is looked up in this process's `PATH`.
  public var executable: String
  /// The arguments after the program's name.
  public var arguments: [String]
  /// The child's environment; nil for a copy of this process's.
  public var environment: [String: String]?
  /// The child's working directory; nil for this process's. A relative `executable` is looked up there.
  public var workingDirectory: String?
  /// The child's descriptors 0, 1 and 2.
  public var input: Stream = .null
  /// The child's descriptor 1.
  public var output: Stream = .inherit
  /// The child's descriptor 2.
  public var error: Stream = .inherit
  /// Whether the child leads a session of its own: signals of ours do not reach it, and it has no terminal but one that
  /// it is given.
  public var newSession = false

  /// A program with its arguments, nothing on its input and our output.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    workingDirectory: String? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
  }

  /// Starts the program and returns its process id; the caller reaps it. Where there is a loop, `start(on:ended:)` does.
  ///
  /// Throws `ENOENT` or `EACCES` for a program or directory that cannot be used, `EINVAL` for a string with
  /// a NUL byte, `EAGAIN` when the system has no process left.
  public func start() throws(SystemError) -> Int32 {
    let strings = [executable] + arguments + [workingDirectory ?? ""]
    let variables = environment?.map { "\($0.key)=\($0.value)" }
    // C would cut the string there: another argument than the caller checked.
    guard !(strings + (variables ?? [])).contains(where: { $0.utf8.contains(0) }) else {
      throw SystemError(call: "posix_spawn", errno: EINVAL)
    }
    let actions = try SpawnActions(self)
    let argv = CStrings([executable] + arguments)
    let envp = variables.map { CStrings($0) }
    var pid: pid_t = 0
    let failure = posix_spawnp(
      &pid, executable, &actions.files, &actions.attributes, argv.pointers,
      envp?.pointers ?? tc_environ())
    guard failure == 0 else { throw SystemError(call: "posix_spawn", errno: failure) }
    return pid
  }
}

/// A NULL-terminated vector of C strings, owned.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    pointers.initialize(repeating: nil, count: count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
