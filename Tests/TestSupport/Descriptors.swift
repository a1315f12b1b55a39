import Glibc

/// Runs `body` when this process can open so many more descriptors and no other; for an exit test, since everything
/// else in the process has no more either.
public func withDescriptorsLeft(_ count: Int, _ body: () async throws -> Void) async rethrows {
  var usual = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &usual)
  var scarce = usual
  scarce.rlim_cur = 256
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &scarce)
  var held = openAll()
  for _ in 0..<count { close(held.removeLast()) }
  defer {
    held.forEach { close($0) }
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &usual)
  }
  try await body()
}

/// How many descriptors this process can open still.
public func descriptorsLeft() -> Int {
  let opened = openAll()
  opened.forEach { close($0) }
  return opened.count
}

/// As many descriptors as this process can open.
private func openAll() -> [Int32] {
  var opened: [Int32] = []
  while case let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC), descriptor >= 0 {
    opened.append(descriptor)
  }
  return opened
}

/// Whether this process has a child, running or not yet reaped; for an exit test, since a child that has ended is
/// reaped.
public func hasChild() -> Bool {
  !(waitpid(-1, nil, WNOHANG) < 0 && errno == ECHILD)
}
