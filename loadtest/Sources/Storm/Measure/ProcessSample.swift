import Glibc
import Reactor

/// What `/proc` says of one process at one moment.
public struct ProcessSample: Sendable {
  /// Processor time in user and kernel mode, in seconds (the kernel counts in ticks of 10 ms).
  public var cpu: Double
  /// Resident memory in bytes.
  public var resident: UInt64
  /// The most memory that was ever resident, in bytes.
  public var peakResident: UInt64
  /// Open descriptors.
  public var descriptors: Int

  /// Reads `/proc/PID`; throws when the process is gone or another user's.
  public init(pid: Int32) throws(SystemError) {
    let stat = try SmallFile.text("/proc/\(pid)/stat")
    // The command's name stands in parentheses and may hold spaces: fields are counted behind it.
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw SystemError(call: "parse /proc/\(pid)/stat", errno: EINVAL)
    }
    cpu = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    let status = try SmallFile.text("/proc/\(pid)/status")
    resident = Self.kibibytes("VmRSS:", in: status) * 1024
    peakResident = Self.kibibytes("VmHWM:", in: status) * 1024
    descriptors = Self.entries(of: "/proc/\(pid)/fd")
  }

  /// What `/proc` says of several processes together; nil for none. Of memory that several share each has its part
  /// (`Pss`), so that it counts once; `peakResident` and `descriptors` are plain sums.
  public init?(pids: [Int32]) throws(SystemError) {
    guard let first = pids.first else { return nil }
    try self.init(pid: first)
    guard pids.count > 1 else { return }
    resident = try Self.proportional(first)
    for pid in pids.dropFirst() {
      let other = try ProcessSample(pid: pid)
      cpu += other.cpu
      resident += try Self.proportional(pid)
      peakResident += other.peakResident
      descriptors += other.descriptors
    }
  }

  private static func proportional(_ pid: Int32) throws(SystemError) -> UInt64 {
    kibibytes("Pss:", in: try SmallFile.text("/proc/\(pid)/smaps_rollup")) * 1024
  }

  private static func kibibytes(_ field: String, in status: String) -> UInt64 {
    for line in status.split(separator: "\n") where line.hasPrefix(field) {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        .flatMap { UInt64($0) } ?? 0
    }
    return 0
  }

  private static func entries(of path: String) -> Int {
    guard let directory = opendir(path) else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return Swift.max(0, count - 2)
  }
}
