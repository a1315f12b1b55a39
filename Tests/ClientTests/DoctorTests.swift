import Glibc
import Testing
import Wire

@testable import Client

@Suite("doctor")
struct DoctorTests {
  @Test("Every check has a name and a state, and the JSON says the same as the lines")
  func report() throws {
    let folder = TemporaryFolder.make()
    chmod(folder, 0o700)
    let line = "doctor --set listen.port=0 --set roots=jsonl=\(folder)"
    let json = CommandRun(line + " --json", state: folder)
    let report = try #require(JSONSlice(validating: Array(json.output.utf8.dropLast())))
    let names = report["checks"]?.elements.compactMap { $0["name"]?.string } ?? []
    for name in ["configuration", "jsonl transcripts", "tmux", "state directory", "port", "open files"] {
      #expect(names.contains(name), "\(name)")
    }
    let failed = report["checks"]?.elements.contains { $0["state"]?.string == "fail" } == true
    #expect(json.code == (failed ? 1 : 0))
    #expect(report["ok"]?.bool == !failed)
    #expect(CommandRun(line, state: folder).output.contains("state directory: \(folder)"))
  }

  @Test("A wrong configuration is a finding, not a refusal to look")
  func configuration() {
    let run = CommandRun("doctor --set tail.mode=psychic")
    #expect(run.code == 1)
    #expect(run.output.contains("fail  configuration: --set: tail.mode: must be auto or poll"))
  }

  @Test("A state directory that others may enter fails")
  func openDirectory() {
    let folder = TemporaryFolder.make()
    chmod(folder, 0o755)
    #expect(Inspection.stateDirectory(folder).grade == .fail)
    chmod(folder, 0o700)
    #expect(Inspection.stateDirectory(folder).grade == .ok)
    #expect(Inspection.stateDirectory(folder + "/a/b").detail.hasSuffix("will be made"))
    TemporaryFolder.write(folder + "/file", "")
    #expect(Inspection.stateDirectory(folder + "/file").grade == .fail)
  }

  @Test("Roots: there, not there, not a folder")
  func roots() {
    let folder = TemporaryFolder.make()
    TemporaryFolder.write(folder + "/file", "")
    chmod(folder + "/file", 0o755)
    #expect(Inspection.root(TranscriptRoot(agent: .claude, directory: folder)).grade == .ok)
    #expect(Inspection.root(TranscriptRoot(agent: .claude, directory: folder + "/none")).grade == .warn)
    #expect(Inspection.root(TranscriptRoot(agent: .claude, directory: folder + "/file")).grade == .fail)
  }

  @Test("A taken port fails, a free one does not")
  func port() {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        listen(descriptor, 1)
        getsockname(descriptor, $0, &size)
      }
    }
    var place = Configuration.Listen()
    place.port = Int(UInt16(bigEndian: address.sin_port))
    #expect(Inspection.port(place).grade == .fail)
    place.host = "203.0.113.1"
    #expect(Inspection.port(place).grade == .fail)
    place.tcp = false
    #expect(Inspection.port(place).grade == .ok)
  }

  @Test("Watches of this process are counted")
  func inotify() {
    let before = Inspection.inotifyUse(proc: "/proc", user: geteuid())
    let descriptor = inotify_init1(Int32(O_CLOEXEC))
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    inotify_add_watch(descriptor, "/", UInt32(IN_CREATE))
    inotify_add_watch(descriptor, "/tmp", UInt32(IN_CREATE))
    let after = Inspection.inotifyUse(proc: "/proc/", user: geteuid())
    #expect(after.instances >= 1 && after.watches >= 2, "before \(before), after \(after)")
    #expect(Inspection.inotify(proc: "/nonexistent").map(\.grade) == [.warn])
  }

  @Test("tmux is looked for on the path only")
  func tmux() {
    #expect(Inspection.tmux(Surroundings(environment: ["PATH": "/nonexistent"])).grade == .warn)
    let folder = TemporaryFolder.make()
    TemporaryFolder.write(folder + "/tmux", "#!/bin/sh\necho tmux 9.9\n")
    chmod(folder + "/tmux", 0o755)
    #expect(
      Inspection.tmux(Surroundings(environment: ["PATH": folder])).detail == "tmux 9.9 at \(folder)/tmux")
  }
}
