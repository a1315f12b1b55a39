import Reactor
import Testing
import Wire

@testable import Client

@Suite("A server in the background")
struct BackgroundTests {
  let start = ContinuousClock.now

  @Test("A crash is followed by another start, five times in a minute")
  func crashes() {
    var plan = RestartPlan()
    var now = start
    var pauses: [Duration] = []
    for _ in 0..<5 {
      guard case .again(let pause) = plan.next(.signalled(9), ran: .seconds(1), isWanted: false, now: now)
      else {
        Issue.record("it was given up")
        return
      }
      pauses.append(pause)
      now += .seconds(1)
    }
    #expect(pauses == [100, 200, 400, 800, 1600].map { .milliseconds($0) })
    #expect(plan.next(.signalled(9), ran: .seconds(1), isWanted: false, now: now) == .end(1))
    // The first of them are forgotten.
    now = start + .seconds(61)
    #expect(
      plan.next(.exited(1), ran: .seconds(50), isWanted: false, now: now) == .again(after: .milliseconds(800))
    )
  }

  @Test(
    "What no other start mends ends it",
    arguments: [(ChildExit.exited(0), 60, 0), (.exited(2), 60, 2), (.exited(1), 1, 1)]
      as [(ChildExit, Int, Int32)])
  func ends(exit: ChildExit, seconds: Int, code: Int32) {
    var plan = RestartPlan()
    #expect(plan.next(exit, ran: .seconds(seconds), isWanted: false, now: start) == .end(code))
  }

  @Test("A start that was asked for is no crash")
  func wanted() {
    var plan = RestartPlan()
    for _ in 0..<20 {
      #expect(plan.next(.exited(0), ran: .seconds(9), isWanted: true, now: start) == .again(after: .zero))
    }
  }

  @Test("The flags of a server are handed on with absolute paths")
  func words() throws {
    let surroundings = Surroundings(environment: [:], home: "/home/ada", workingDirectory: "/w")
    let line =
      "--json start --port 0 --root jsonl=logs --root claude=/c --no-tcp --state s --set a.b=c --socket x"
    let invocation = try TailcastCommand.parse(
      arguments: line.split(separator: " ").map(String.init), surroundings: surroundings)
    let expected =
      "--port 0 --no-tcp --root jsonl=/w/logs --root claude=/c --state /w/s --set a.b=c --socket /w/x"
    #expect(invocation.command == .start(expected.split(separator: " ").map(String.init)))
  }

  @Test("Words of the unit are read back by systemd as they are")
  func unit() {
    let text = ServiceUnit(program: "/opt/tail cast", words: ["--root", "jsonl=/a %b$c\"d\\e"]).text
    #expect(
      text.split(separator: "\n").contains(
        #"ExecStart="/opt/tail cast" serve --root "jsonl=/a %%b$$c\"d\\e""#), "\(text)")
  }

  @Test("A package prints the unit of a program that is elsewhere")
  func printed() {
    let home = TemporaryFolder.make()
    let run = CommandRun("service print --program /usr/bin/tailcast --port 0", home: home)
    #expect(run.code == 0)
    let start = run.output.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
    #expect(start?.hasPrefix("ExecStart=/usr/bin/tailcast serve --port 0") == true, "\(run)")
    #expect(SmallFile.text(home + "/.config/systemd/user/tailcast.service") == nil)
  }

  @Test("The unit is written where the user's units lie, and removed")
  func service() throws {
    let home = TemporaryFolder.make()
    let output = CommandRun("service install --port 0 --json", home: home)
    #expect(output.code == 0)
    let path = home + "/.config/systemd/user/tailcast.service"
    #expect(JSONSlice(Array(output.output.utf8))["path"]?.string == path)
    #expect(SmallFile.text(path)?.contains("serve --port 0") == true)
    #expect(CommandRun("service uninstall", home: home).code == 0)
    #expect(SmallFile.text(path) == nil)
  }

  @Test("Every command is in the manual and in every shell's completion, hidden ones aside")
  func generated() {
    let texts = [ManualPage.text(version: "1")] + Completion.allCases.map(\.script)
    for text in texts {
      for spec in CommandSpec.all where !spec.isHidden { #expect(text.contains(spec.word)) }
      #expect(!text.contains("supervise"))
      // Quotes in help would end a quoted word of the script.
      #expect(text.split(separator: "\n").allSatisfy { !$0.hasPrefix("'") })
    }
  }
}
