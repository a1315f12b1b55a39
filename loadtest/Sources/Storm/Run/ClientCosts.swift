import Glibc

/// What this process used itself.
enum ClientCosts {
  /// Processor seconds so far, in user and kernel mode.
  static func cpu() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

/// The number of descriptors that this process may have open.
enum DescriptorLimit {
  /// Raises the limit to the hard one; throws when that is too low for `sockets`.
  static func raise(for sockets: Int) throws(Run.Failure) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    getrlimit(resource, &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
    guard UInt64(sockets) + 64 <= limit.rlim_cur else {
      throw Run.Failure(description: "\(sockets) descriptors are needed, the hard limit is \(limit.rlim_cur)")
    }
  }
}
