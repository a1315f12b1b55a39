import Testing

@testable import Control
@testable import Tail

@Suite("The life of a session, as a value")
struct ManagedSessionTests {
  private static let terminal = TerminalID(server: "s", pane: "%1")

  private func session(_ state: LifecycleState) -> ManagedSession {
    var session = ManagedSession(
      id: "a", agent: "claude", kind: .claude, directory: "/", projectPath: "/", state: state, nowMS: 1)
    session.restore(state, reason: nil, sinceMS: 1, closedMS: nil)
    return session
  }

  @Test("Every event in every state leads where the table says, or changes nothing")
  func transitions() {
    // Rows: events; columns: headless, initializing, active, closing, closed, failed. `.`: nothing changes.
    let table: [(LifecycleEvent, String)] = [
      (.launch, "i i i . i i"),
      (.opened(Self.terminal), ". i a c . ."),
      (.ready, ". a . . . ."),
      (.agentEnded(.code(1), saying: "x"), ". f a c . ."),
      (.terminalGone, ". f a x . ."),
      (.failed("why"), ". f . . . ."),
      (.close, ". c c . . c"),
      (.closed, ". . . x . ."),
    ]
    let letters: [Character: LifecycleState] = [
      "h": .headless, "i": .initializing, "a": .active, "c": .closing, "x": .closed, "f": .failed,
    ]
    for (event, row) in table {
      for (state, cell) in zip(LifecycleState.allCases, row.filter { $0 != " " }) {
        var session = session(state)
        let before = session
        let applied = session.apply(event, nowMS: 2)
        #expect(applied == (cell != "."), "\(event) in \(state)")
        if cell == "." {
          #expect(session == before, "\(event) in \(state)")
        } else {
          #expect(session.state == letters[cell], "\(event) in \(state)")
        }
      }
    }
  }

  @Test("An agent that ends at once has failed, with its code and its last words; one that ran has ended")
  func endings() {
    var early = session(.initializing)
    #expect(
      step(&early, .opened(Self.terminal), .agentEnded(.code(3), saying: "no key / bye")) == [true, true])
    #expect(early.reason == "the agent ended at once, with code 3: no key / bye")
    var late = session(.initializing)
    #expect(step(&late, .opened(Self.terminal), .ready) == [true, true])
    #expect(late.isRunning)
    let killed = LifecycleEvent.agentEnded(.signal("KILL"), saying: "")
    #expect(step(&late, killed, killed) == [true, false])
    #expect(late.state == .active && !late.isRunning && late.terminal != nil)
    #expect(late.reason == "the agent has ended, by SIGKILL")
    #expect(step(&late, .terminalGone, .terminalGone) == [true, false])
    #expect(late.terminal == nil)
  }

  private func step(_ session: inout ManagedSession, _ events: LifecycleEvent...) -> [Bool] {
    events.map { session.apply($0, nowMS: 2) }
  }
}

@Suite("How agents are started, as a value")
struct AgentProfileTests {
  private static let profile: AgentProfile = {
    var profile = AgentProfile(name: "x", kind: .claude, command: ["x", "--always"])
    profile.start = ["--id={session_id}", "{unknown}", "{"]
    profile.resume = ["resume", "{native_session_id}"]
    profile.model = ["-m", "{model}"]
    profile.permissionModes = ["plan=--ask  never --sandbox"].compactMap { AgentProfile.Mode($0) }
    return profile
  }()

  @Test("An argument stays one argument, and what a value brings is not expanded again")
  func arguments() {
    let start = Self.profile.arguments(
      .start(id: "{model} $(id)"), AgentChoices(model: "m", permissionMode: "plan"))
    #expect(
      start == [
        "x", "--always", "-m", "m", "--ask", "never", "--sandbox", "--id={model} $(id)", "{unknown}", "{",
      ])
    #expect(
      Self.profile.arguments(.resume(nativeID: "n"), AgentChoices()) == ["x", "--always", "resume", "n"])
    #expect(Self.profile.startGivesID && !Self.profile.canFork)
  }

  @Test(
    "A model that could be an option, or modes that nobody configured, are refused",
    arguments: [
      (AgentChoices(model: "--yolo"), "model"), (AgentChoices(model: "a b"), "model"),
      (AgentChoices(model: ""), "model"), (AgentChoices(permissionMode: "bypass"), "permission_mode"),
      (AgentChoices(thinkingMode: "deep"), "thinking_mode"),
    ])
  func refusals(choices: AgentChoices, field: String) {
    #expect(Self.profile.refusal(of: choices)?.field == field)
  }

  @Test("What was configured is allowed, and so is the mode that every agent begins in")
  func allowed() {
    #expect(Self.profile.refusal(of: AgentChoices(model: "opus[1m]", permissionMode: "plan")) == nil)
    #expect(Self.profile.refusal(of: AgentChoices(permissionMode: "default")) == nil)
  }

  @Test("An id of ours is a version 4 UUID")
  func ids() {
    for _ in 0..<100 {
      let id = SessionDesk.newID()
      #expect(
        id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil,
        "\(id)")
    }
  }

  @Test("Variables are read behind the mark, whatever a profile prints before it")
  func variables() {
    let output = Array("Welcome A=1\nmark-1A=x\ny\0B=c=d\0SHLVL=1\0=:\0_=/usr/bin/env\0".utf8)
    #expect(LoginEnvironment.variables(output, after: "mark-1") == ["A": "x\ny", "B": "c=d"])
    #expect(LoginEnvironment.variables(output, after: "other") == [:])
  }
}
