import Glibc

/// What the process was started in: environment, home and working directory.
///
/// Read once by `main` and handed on as a value, so that no other place asks the environment.
public struct Surroundings: Sendable {
  /// The environment's variables.
  public var environment: [String: String]
  /// The user's home directory, absolute.
  public var home: String
  /// The directory that relative paths start from, absolute.
  public var workingDirectory: String

  /// This program's file, absolute; its bare name where the system does not tell.
  public var program = "tailcast"

  /// Surroundings as given; `home` defaults to `$HOME`.
  public init(environment: [String: String], home: String? = nil, workingDirectory: String = "/") {
    self.environment = environment
    self.home = home ?? environment["HOME"] ?? "/"
    self.workingDirectory = workingDirectory
  }

  /// The surroundings of this process. Without `$HOME` (a service, a container) the user database is asked.
  public static func ofProcess(environment: [String: String]) -> Surroundings {
    var home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    if home == nil, let user = getpwuid(getuid()), let directory = user.pointee.pw_dir {
      home = String(cString: directory)
    }
    var here = "/"
    if let path = getcwd(nil, 0) {
      here = String(cString: path)
      free(path)
    }
    var surroundings = Surroundings(environment: environment, home: home, workingDirectory: here)
    if let path = realpath("/proc/self/exe", nil) {
      surroundings.program = String(cString: path)
      free(path)
    }
    return surroundings
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `$XDG_STATE_HOME/tailcast`, or the place that the XDG base directory specification gives it.
  public var stateDirectory: String {
    xdg("XDG_STATE_HOME", else: home + "/.local/state") + "/tailcast"
  }

  /// `$XDG_CONFIG_HOME/tailcast/config.yaml`, or the place that the XDG specification gives it.
  public var configurationFile: String {
    xdg("XDG_CONFIG_HOME", else: home + "/.config") + "/tailcast/config.yaml"
  }

  /// The specification says that a relative path in these variables is to be ignored.
  private func xdg(_ name: String, else fallback: String) -> String {
    variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil } ?? fallback
  }

  /// An absolute path for one that may begin with `~/` or be relative.
  public func absolute(_ path: String) -> String {
    if path == "~" { return home }
    if path.hasPrefix("~/") { return home + path.dropFirst(1) }
    if path.hasPrefix("/") { return path }
    let inside = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    if inside.isEmpty || inside == "." { return workingDirectory }
    return workingDirectory == "/" ? "/" + inside : workingDirectory + "/" + inside
  }
}
