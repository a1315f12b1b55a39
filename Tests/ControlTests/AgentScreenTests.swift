import Testing

@testable import Control
@testable import Tail

@Suite("Questions on the screens of agents")
struct AgentScreenTests {
  private func dialog(_ lines: String, of agent: AgentKind) -> AgentScreen.Dialog? {
    let screen = TerminalScreen(
      lines: lines.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    if case .dialog(let dialog) = AgentScreen(screen, of: agent).input { return dialog }
    return nil
  }

  @Test("Codex asks whether it may run a command: the question, the command and three answers")
  func command() throws {
    // As Codex 0.163.0 draws it.
    let asked = try #require(
      dialog(
        """
        › ask: touch asked-for

        • Running touch asked-for


          Would you like to run the following command?

          Environment: local

          Reason: May it run outside of the sandbox?

          $ touch asked-for

          1. Yes, proceed (y)
        › 2. Yes, and don't ask again for commands that start with `touch asked-for` (p)
          3. No, and tell Codex what to do differently (esc)

          Press enter to confirm or esc to cancel
        """, of: .codex))
    #expect(asked.question == "Would you like to run the following command?")
    #expect(
      asked.detail == "Environment: local\nReason: May it run outside of the sandbox?\n$ touch asked-for")
    #expect(asked.options.count == 3 && asked.marked == 1)
    #expect(ChosenAnswer.allow.index(in: asked.options) == 0)
    #expect(ChosenAnswer.allowAlways.index(in: asked.options) == 1)
    #expect(ChosenAnswer.deny.index(in: asked.options) == 2)
  }

  @Test("Codex asks whether it may change files, and another file is another question")
  func patch() throws {
    func screen(_ file: String) -> String {
      """
      • Added \(file) (+1 -0)
          1 +patched
          + Show details


        Would you like to make the following edits?

        Description: Apply proposed file edits
        Destination: /project/\(file)

      › 1. Yes, proceed (y)
        2. Yes, and don't ask again for these files (a)
        3. No, and tell Codex what to do differently (esc)

        Press enter to confirm or esc to cancel
      """
    }
    let asked = try #require(dialog(screen("one.txt"), of: .codex))
    #expect(asked.question == "Would you like to make the following edits?")
    #expect(asked.detail == "Description: Apply proposed file edits\nDestination: /project/one.txt")
    #expect(asked.options.map { $0.prefix(3) } == ["Yes", "Yes", "No,"] && asked.marked == 0)
    #expect(asked.id != dialog(screen("two.txt"), of: .codex)?.id)
  }

  @Test("What is left on Codex' screen after an answer asks nothing")
  func answered() {
    let lines = """
      › ask: touch asked-for

      ✗ You canceled the request to run touch asked-for

      • Would you like to make the following edits? 1. Yes 2. No

      › Ask Codex to do anything

        mock-model default · /project
        ← for agents · ? for shortcuts
      """
    #expect(dialog(lines, of: .codex) == nil)
  }

  @Test("What Claude shows behind a command is not what was typed", arguments: [9, 8])
  func hint(column: Int) {
    var screen = TerminalScreen(lines: ["───────", "❯\u{A0}/clear  [name]", "───────"])
    (screen.cursorRow, screen.cursorColumn) = (1, column)
    guard case .text(let text) = AgentScreen(screen, of: .claude).input else {
      Issue.record("no text is seen")
      return
    }
    #expect(PlainText("/clear").ends(in: text), "\(text)")
  }

  @Test("Claude asks without numbers where its safety check cannot be had, and its input is no such question")
  func bare() throws {
    // As Claude Code 2.1.329 draws it.
    let asked = try #require(
      dialog(
        """
        ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
         Agent(Do it)
        ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
         Auto mode can't check actions in this session, so this one needs your approval

         Do you want to proceed?
         ❯ No
           Yes

         Esc to cancel · Tab to amend
        """, of: .claude))
    #expect(
      asked.question == "Do you want to proceed?" && asked.options == ["No", "Yes"] && asked.marked == 0)
    #expect(ChosenAnswer.allow.index(in: asked.options) == 1)
    let typed = """
      ──────────────
      ❯ No
        Yes

        Esc to cancel
      ──────────────
        ? for shortcuts
      """
    #expect(dialog(typed, of: .claude) == nil)
  }

  @Test(
    "Answers that hold for longer are found by what they say",
    arguments: [
      "Yes, and allow this host for this conversation", "Yes, and allow these permissions for this session",
      "Yes, and don't ask again for this command in this session", "Always allow",
    ])
  func lasting(option: String) {
    let options = ["Yes, just this once", option, "No, continue without"]
    #expect(ChosenAnswer.allowAlways.index(in: options) == 1)
    #expect(ChosenAnswer.allow.index(in: options) == 0)
  }
}
