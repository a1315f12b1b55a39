import Glibc

/// What the kernel says about this process. A value, read from /proc.
struct ProcessFacts: Sendable {
  /// Resident memory, bytes; 0 where /proc is not to be had.
  var residentBytes = 0
  /// Open descriptors; 0 where /proc is not to be had.
  var descriptors = 0
  /// CPU used by all threads, seconds.
  var cpuSeconds = 0.0

  static func read() -> ProcessFacts {
    var facts = ProcessFacts()
    if let file = fopen("/proc/self/statm", "r") {
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 128)
      if fgets(&line, 128, file) != nil {
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
          .split(separator: " ")
        if fields.count > 1, let pages = Int(fields[1]) {
          facts.residentBytes = pages * sysconf(Int32(_SC_PAGESIZE))
        }
      }
    }
    if let directory = opendir("/proc/self/fd") {
      defer { closedir(directory) }
      // `.`, `..` and the descriptor of this very listing.
      while readdir(directory) != nil { facts.descriptors += 1 }
      facts.descriptors = max(0, facts.descriptors - 3)
    }
    var usage = rusage()
    if getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 {
      for time in [usage.ru_utime, usage.ru_stime] {
        facts.cpuSeconds += Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
      }
    }
    return facts
  }

  func metrics(startedAtMS: Int64) -> [Metric] {
    [
      Metric("process_resident_bytes", .gauge, "Resident memory.", residentBytes),
      Metric("process_open_fds", .gauge, "Open descriptors.", descriptors),
      Metric("process_cpu_seconds_total", .counter, "CPU used.", [.init(value: cpuSeconds)]),
      Metric("process_start_time_seconds", .gauge, "Start, seconds since 1970.", startedAtMS / 1000),
    ]
  }
}
