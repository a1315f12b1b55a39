"""What real agents ask their users before they act: seen within a second, with and without hooks, and answered."""
import subprocess

import pytest

from support.waiting import until
from test_agent_hooks import tailcast
from test_sessions import TMUX, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")
ASKS = {"claude": ("--allowedTools Bash", "--permission-mode default"),
        "codex": ("--dangerously-bypass-approvals-and-sandbox", "--sandbox read-only --ask-for-approval on-request")}
PATCH = "run: apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: {0}\n+patched\n*** End Patch\nEOF"


def asks(home):
    """A real agent's surroundings, changed so that it asks before it uses a tool."""
    # Codex asks less where it can be undone.
    subprocess.run(["git", "init", "-q", home.project], check=True)
    home.program.write_text(home.program.read_text().replace(*ASKS[home.agent]))
    return home


class Asking:
    """A real agent that asks before it uses a tool, in a session of a server."""

    def __init__(self, steered, home, hooks=False):  # noqa: F811
        self.home, agent, program = asks(home), home.agent, home.program
        if hooks and agent == "codex":
            program.write_text(program.read_text().replace(ASKS[agent][1], ASKS[agent][1] + " --dangerously-bypass-hook-trust"))
        self.desk = steered(**home.known)
        if hooks:
            done = tailcast(self.home.home, "hooks", "install", agent, "--state", str(self.desk.server.state))
            assert done.returncode == 0, done.stderr
        self.name = self.desk.create(project_path=str(self.home.project), agent=agent)
        self.desk.runs(self.name)
        self.project = self.home.project

    def say(self, text):
        answer = self.desk.post(f"/api/v1/sessions/{self.name}/messages", {"message": text})
        assert answer.status == 202, answer

    def waits(self):
        """Waits for the question on the screen, and no longer than a second more for the status; the question."""
        until(lambda: self.pending(), "a question stands on the screen", 60)
        self.desk.stands(self.name, "waiting_input", deadline=1)
        return self.pending()

    def pending(self):
        return self.desk.server.get(f"/api/v1/sessions/{self.name}/pending").json()["pending"]

    def answer(self, **body):
        return self.desk.post(f"/api/v1/sessions/{self.name}/answer", body)

    def rests(self):
        until(lambda: self.pending() is None and self.desk.show(self.name)["status"] == "idle", "its turn has ended", 60)
        assert self.answer(answer="yes").code == "NOTHING_TO_ANSWER"


@pytest.fixture
def asking(steered, real_agent):  # noqa: F811
    return lambda agent, **options: Asking(steered, real_agent(agent), **options)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("hooks", [False, True], ids=["without hooks", "with hooks"])
def test_codex_asks_before_it_runs_a_command_and_is_answered(asking, hooks):  # noqa: F811
    session = asking("codex", hooks=hooks)
    assert session.answer(answer="yes").code == "NOTHING_TO_ANSWER"

    session.say("ask: touch first")
    asked = session.waits()
    assert asked["question"] == "Would you like to run the following command?"
    assert asked["detail"].endswith("$ touch first") and len(asked["options"]) == 3 and asked["marked"] == 1
    source = session.desk.show(session.name)["status_source"]
    assert source in (("hook", "screen") if hooks else ("screen",))
    assert not (session.project / "first").exists()
    wrong = session.desk.post(f"/api/v1/sessions/{session.name}/approvals/q-0/resolve", {"answer": "yes"})
    assert wrong.status == 409 and wrong.code == "NOTHING_TO_ANSWER"
    done = session.answer(answer="accept")
    assert done.status == 200 and done.json()["option"].startswith("Yes, proceed")
    until((session.project / "first").exists, "the command has run", 30)
    session.rests()

    session.say("ask: touch second")
    assert session.waits()["id"] != asked["id"]
    assert session.answer(answer="deny").json()["option"].startswith("No")
    session.rests()
    assert not (session.project / "second").exists()

    # Accepted for the session: the same command is not asked about again.
    session.say("ask: touch third")
    session.waits()
    assert "don't ask again" in session.answer(answer="approved_for_session").json()["option"]
    until((session.project / "third").exists, "the command has run", 30)
    session.rests()
    (session.project / "third").unlink()
    session.say("ask: touch third")
    until((session.project / "third").exists, "the command has run unasked", 30)


@pytest.mark.timeout(240)
def test_codex_asks_before_it_changes_a_file_and_is_answered(asking):  # noqa: F811
    session = asking("codex")
    session.say(PATCH.format("no.txt"))
    asked = session.waits()
    assert asked["question"] == "Would you like to make the following edits?" and "no.txt" in asked["detail"]
    assert session.answer(answer="reject").status == 200
    session.rests()
    session.say(PATCH.format("yes.txt"))
    session.waits()
    assert session.answer(option=1).status == 200
    until((session.project / "yes.txt").exists, "the file was made", 30)
    session.rests()
    session.say(PATCH.format("more.txt"))
    session.waits()
    assert "don't ask again" in session.answer(answer="always").json()["option"]
    until((session.project / "more.txt").exists, "the file was made", 30)
    assert not (session.project / "no.txt").exists()


@pytest.mark.timeout(240)
def test_claude_without_hooks_is_seen_to_ask(asking):  # noqa: F811
    session = asking("claude")
    session.say("run: touch asked-for")
    session.waits()
    assert session.desk.show(session.name)["status_source"] == "screen"
    patches = session.desk.server.get("/api/v1/sessions/patches").json()["patches"]
    assert next(one for one in patches if one["session_id"] == session.name)["status"] == "waiting_input"
    assert session.answer(answer="yes").status == 200
    until((session.project / "asked-for").exists, "the tool has run", 60)
    session.rests()
