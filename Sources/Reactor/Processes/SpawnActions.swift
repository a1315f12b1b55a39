import CLinux
import Glibc

/// The attributes and file actions of one `posix_spawn`, and the copies of descriptors made for it.
final class SpawnActions {
  var files = posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  private var copies: [Int32] = []

  init(_ spawn: Spawn) throws(SystemError) {
    posix_spawn_file_actions_init(&files)
    posix_spawnattr_init(&attributes)
    for (target, stream) in [spawn.input, spawn.output, spawn.error].enumerated() {
      try connect(Int32(target), stream)
    }
    try check("addclosefrom", tc_spawn_addclosefrom(&files, 3))
    if let directory = spawn.workingDirectory {
      try check("addchdir", tc_spawn_addchdir(&files, directory))
    }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    // Without these the child would inherit the signals that main blocked, and could not be interrupted.
    try check("setsigmask", posix_spawnattr_setsigmask(&attributes, &none))
    try check("setsigdefault", posix_spawnattr_setsigdefault(&attributes, &all))
    var flags = TC_POSIX_SPAWN_SETSIGMASK | TC_POSIX_SPAWN_SETSIGDEF
    if spawn.newSession { flags |= TC_POSIX_SPAWN_SETSID }
    try check("setflags", posix_spawnattr_setflags(&attributes, flags))
  }

  deinit {
    posix_spawn_file_actions_destroy(&files)
    posix_spawnattr_destroy(&attributes)
    for copy in copies { close(copy) }
  }

  private func connect(_ target: Int32, _ stream: Spawn.Stream) throws(SystemError) {
    switch stream {
    case .inherit:
      try check("adddup2", posix_spawn_file_actions_adddup2(&files, target, target))
    case .null:
      let mode = target == 0 ? O_RDONLY : O_WRONLY
      try check("addopen", posix_spawn_file_actions_addopen(&files, target, "/dev/null", mode, 0))
    case .terminal(let path):
      // Opened by the child, after setsid: only so does the terminal become its session's, and hang it up.
      try check("addopen", posix_spawn_file_actions_addopen(&files, target, path, O_RDWR, 0))
    case .descriptor(let given):
      var source = given
      if given < 3 {
        // An earlier of the three actions may have replaced what this number means.
        source = fcntl(given, F_DUPFD_CLOEXEC, 3)
        guard source >= 0 else { throw SystemError(call: "fcntl") }
        copies.append(source)
      }
      try check("adddup2", posix_spawn_file_actions_adddup2(&files, source, target))
    }
  }

  private func check(_ call: String, _ failure: Int32) throws(SystemError) {
    guard failure == 0 else { throw SystemError(call: "posix_spawn \(call)", errno: failure) }
  }
}
