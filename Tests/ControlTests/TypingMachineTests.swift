import Reactor
import Tail
import TestSupport
import Testing
import Wire

@testable import Control

@Suite("Typing a message")
struct TypingMachineTests {
  /// The seeds of the random tests: from `TAILCAST_SEED` on, to run one again.
  static let seeds: [UInt64] = {
    let first = testSeed()
    return (0..<UInt64(testRounds(40))).map { first &+ $0 }
  }()

  static func texts(_ seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    return (0..<12).map { index in
      let length = Int(random.next() % 3) == 0 ? 5_000 : 20
      return "message \(index) " + String((0..<length).map { _ in "abc 🎉\n".randomElement(using: &random)! })
        + "\(index)."
    }
  }

  @Test("Messages arrive once and in order when the server crashes at any action", arguments: seeds)
  func crashes(seed: UInt64) {
    print("TAILCAST_SEED=\(seed)")
    let texts = Self.texts(seed)
    var world = TypingWorld(texts, seed: seed, crashRate: 25)
    world.run()
    #expect(world.agent.rows == texts.map { PlainText($0) })
    #expect(world.stored.allSatisfy { $0.outcome == .delivered || $0.outcome == .seen })
  }

  @Test("A slow agent, questions and lost answers of tmux change nothing about that", arguments: seeds)
  func disturbances(seed: UInt64) {
    print("TAILCAST_SEED=\(seed)")
    let texts = Self.texts(seed)
    var world = TypingWorld(texts, seed: seed, crashRate: 60, loseRate: 40)
    world.agent.isSlow = true
    world.agent.opensDialogs = true
    world.run()
    // Nothing twice, nothing out of order; what is missing was said to be.
    let wanted = texts.map { PlainText($0) }
    let arrived = world.agent.rows
    var last = -1
    for row in arrived {
      let index = wanted.firstIndex(of: row)
      #expect(index != nil, "a row that no message is")
      #expect((index ?? -1) > last, "twice or out of order")
      last = index ?? last
    }
    for (index, message) in world.stored.enumerated() where !arrived.contains(wanted[index]) {
      #expect(
        message.outcome == .failed(.uncertain) || message.outcome == .failed(.notTaken)
          || message.outcome == .failed(.notTyped),
        "message \(index) is lost without a word: \(String(describing: message.outcome))")
    }
  }

  @Test("A question on the screen is never answered by a message")
  func dialog() {
    var machine = TypingMachine("hello", to: .claude, rules: TypingRules())
    let dialog = AgentScreen(
      input: .dialog(.init(question: "Do you want to proceed?", options: ["Yes", "No"])))
    var now = Instant(nanoseconds: 0)
    #expect(machine.next(.done, at: now) == .look)
    #expect(machine.next(.looked(dialog, isSeen: false), at: now) == .hold(.dialog))
    for _ in 0..<100 {
      now = now + .seconds(1)
      let action = machine.next(.done, at: now)
      guard action == .look else {
        if case .wait = action { continue }
        Issue.record("\(action)")
        return
      }
      _ = machine.next(.looked(dialog, isSeen: false), at: now)
    }
  }

  @Test("A text of another in the input is left alone, and the message waits")
  func draft() {
    var machine = TypingMachine("hello", to: .claude, rules: TypingRules())
    _ = machine.next(.done, at: Instant(nanoseconds: 0))
    let screen = AgentScreen(input: .text("what I was about to say"))
    #expect(machine.next(.looked(screen, isSeen: false), at: Instant(nanoseconds: 1)) == .hold(.draft))
  }

  @Test("After a crash an agent of another process is not typed to again")
  func otherProcess() {
    var machine = TypingMachine("hello", to: .claude, rules: TypingRules(), phase: .entering, process: 7)
    var now = Instant(nanoseconds: 0)
    var event = TypingMachine.Event.done
    for _ in 0..<10_000 {
      let action = machine.next(event, at: now)
      event = .done
      switch action {
      case .look: event = .looked(AgentScreen(input: .empty, pid: 8), isSeen: false)
      case .wait(let time): now = now + time
      case .finish(let outcome):
        #expect(outcome == .failed(.uncertain))
        return
      default: Issue.record("\(action)")
      }
    }
    Issue.record("it never ends")
  }
}
