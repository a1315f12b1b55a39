import Glibc

extension Inspection {
  /// Share of a limit in use from which on a warning is due.
  private static let alarm = 0.8

  /// The kernel's limits for this user and how much of them is in use.
  static func inotify(proc: String = "/proc") -> [Finding] {
    let limits = proc + "/sys/fs/inotify/"
    func limit(_ name: String) -> Int? { SmallFile.text(limits + name).flatMap { Int($0) } }
    guard let watches = limit("max_user_watches"), let instances = limit("max_user_instances"),
      let queue = limit("max_queued_events")
    else {
      return [
        .warn("inotify", "not to be had here", "files are polled; nothing is lost, but news comes later")
      ]
    }
    let used = inotifyUse(proc: proc, user: geteuid())
    return [
      grade("inotify watches", used.watches, watches, "fs.inotify.max_user_watches", 1 << 19),
      grade("inotify instances", used.instances, instances, "fs.inotify.max_user_instances", 512),
      queue >= 4096
        ? .ok("inotify queue", "\(queue) events")
        : .warn(
          "inotify queue", "\(queue) events; overflows cost a full comparison",
          "sysctl fs.inotify.max_queued_events=16384"),
    ]
  }

  private static func grade(_ name: String, _ used: Int, _ limit: Int, _ setting: String, _ proposal: Int)
    -> Finding
  {
    let detail = "\(used) of \(limit) in use"
    let remedy = "sysctl \(setting)=\(max(proposal, limit * 2)); until then the rest is polled"
    if used >= limit { return .fail(name, detail, remedy) }
    return Double(used) >= Double(limit) * alarm ? .warn(name, detail, remedy) : .ok(name, detail)
  }

  /// Watches and instances of all processes of a user that this process may look into.
  static func inotifyUse(proc: String, user: uid_t) -> (watches: Int, instances: Int) {
    var watches = 0
    var instances = 0
    for process in names(in: proc) where process.first?.isNumber == true {
      var facts = stat()
      guard stat("\(proc)/\(process)", &facts) == 0, facts.st_uid == user else { continue }
      for descriptor in names(in: "\(proc)/\(process)/fd") {
        guard link("\(proc)/\(process)/fd/\(descriptor)") == "anon_inode:inotify" else { continue }
        instances += 1
        // One line of about a hundred bytes for each watch.
        let info = SmallFile.read("\(proc)/\(process)/fdinfo/\(descriptor)", limit: 256 << 20)
        guard case .success(let bytes) = info else { continue }
        watches += bytes.split(separator: 0x0a).count { $0.starts(with: "inotify wd:".utf8) }
      }
    }
    return (watches, instances)
  }

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func link(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink(path, &target, target.count)
    return count < 0 ? nil : String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
