import Reactor
import Tail
import TestSupport
import Wire

@testable import Control

/// An agent with an input, as far as typing goes: it takes pastes and keys, sometimes late, loses pastes while it asks
/// something, and writes rows.
struct AgentModel {
  var random: SeededGenerator
  var input = ""
  var rows: [PlainText] = []
  var dialogTicks = 0
  var pid: Int32 = 1
  /// Keys that answered a question which nobody was asked about.
  var answeredByMistake = 0
  /// What was typed and the agent has not read yet.
  private var unread: [Typed] = []
  private var lateRows: [(text: PlainText, ticks: Int)] = []
  var opensDialogs = false
  var isSlow = false

  private enum Typed {
    case text([UInt8])
    case key(TerminalKey)
  }

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Time goes by. A question opens only when everything typed was read: keys that were on their way to the input would
  /// answer it, and no server can prevent that.
  mutating func tick() {
    if dialogTicks > 0 {
      dialogTicks -= 1
    } else if opensDialogs, unread.isEmpty, random.next() % 150 == 0 {
      dialogTicks = 1 + Int(random.next() % 6)
    }
    if !isSlow || random.next() % 4 == 0 { read() }
    lateRows = lateRows.map { ($0.text, $0.ticks - 1) }
    while let first = lateRows.first, first.ticks <= 0 { rows.append(lateRows.removeFirst().text) }
  }

  mutating func paste(_ bytes: [UInt8]) {
    unread.append(.text(bytes))
    if !isSlow { read() }
  }

  mutating func press(_ key: TerminalKey) {
    unread.append(.key(key))
    if !isSlow { read() }
  }

  private mutating func read() {
    let typed = unread
    unread = []
    for one in typed {
      switch one {
      case .text(let bytes): if dialogTicks == 0 { input += String(decoding: bytes, as: UTF8.self) }
      case .key(.enter) where dialogTicks > 0: answeredByMistake += 1
      case .key(.enter): take()
      case .key(.control("c")): if dialogTicks == 0 { input = "" }
      case .key: break
      }
    }
  }

  private mutating func take() {
    guard !input.isEmpty else { return }
    lateRows.append((PlainText(input), isSlow ? Int(random.next() % 30) : 0))
    input = ""
  }

  /// All that is under way is done.
  mutating func quiesce() {
    opensDialogs = false
    isSlow = false
    for _ in 0..<100 { tick() }
  }

  var screen: AgentScreen {
    let shown: AgentScreen.Input =
      dialogTicks > 0
      ? .dialog(.init(question: "Really?", options: ["Yes", "No"]))
      : input.isEmpty ? .empty : .text(String(input.suffix(2_000)))
    return AgentScreen(input: shown, pid: pid)
  }
}

/// The queue around the machine, with a server that crashes: what is stored outlives it, the machine does not.
struct TypingWorld {
  struct Stored {
    var text: String
    var phase: TypingMachine.Phase?
    var process: Int32?
    var rowsBefore = 0
    var outcome: TypingMachine.Outcome?
  }

  var agent: AgentModel
  var stored: [Stored]
  var now = Instant(nanoseconds: 0)
  var crashes = 0
  var steps = 0
  private var random: SeededGenerator
  /// One action in so many is the last of its server; 0 is never.
  private let crashRate: UInt64
  private let loseRate: UInt64

  init(_ texts: [String], seed: UInt64, crashRate: UInt64, loseRate: UInt64 = 0) {
    agent = AgentModel(seed: seed ^ 0xABCD)
    stored = texts.map { Stored(text: $0) }
    random = SeededGenerator(seed: seed)
    self.crashRate = crashRate
    self.loseRate = loseRate
  }

  /// Runs servers until every message has come to an end.
  mutating func run() {
    while let index = stored.firstIndex(where: { $0.outcome == nil }), steps < 200_000 { serve(index) }
    agent.quiesce()
  }

  /// Types one message until it ends or the server crashes.
  private mutating func serve(_ index: Int) {
    let message = stored[index]
    let wanted = PlainText(message.text)
    var machine = TypingMachine(
      message.text, to: .claude, rules: TypingRules(), phase: message.phase, process: message.process)
    var event = TypingMachine.Event.done
    while steps < 200_000 {
      steps += 1
      let action = machine.next(event, at: now)
      // A crash may come before the action's effect or after it.
      if crashes(here: action) { return }
      event = .done
      switch action {
      case .finish(let outcome): stored[index].outcome = outcome
      case .mark(let phase):
        stored[index].phase = phase
        stored[index].process = machine.process
        if phase == .typing { stored[index].rowsBefore = agent.rows.count }
      case .paste(let bytes): agent.paste(bytes)
      case .press(let keys): for key in keys { agent.press(key) }
      case .wait(let time): pass(time)
      case .hold: break
      case .look:
        pass(.milliseconds(1))
        let isSeen =
          stored[index].phase == .entering
          && agent.rows[stored[index].rowsBefore...].contains(wanted)
        event = .looked(agent.screen, isSeen: isSeen)
      }
      if case .finish = action { return }
      if crashes(here: action) { return }
      if loseRate > 0, random.next() % loseRate == 0, [.paste, .press].contains(action.kind) {
        event = .lost
      }
    }
  }

  private mutating func crashes(here action: TypingMachine.Action) -> Bool {
    guard crashRate > 0, crashes < 60, random.next() % crashRate == 0 else { return false }
    crashes += 1
    pass(.milliseconds(Int64(random.next() % 3_000)))
    return true
  }

  private mutating func pass(_ time: Duration) {
    now = now + time
    agent.tick()
  }
}

extension TypingMachine.Action {
  enum Kind { case paste, press, other }

  var kind: Kind {
    switch self {
    case .paste: .paste
    case .press: .press
    default: .other
    }
  }
}
