"""Sessions that are started over HTTP: what becomes of them, and everything that fails."""
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.waiting import until

TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")


class Steered:
    """A server whose terminals are in a tmux of the test's own, and that tmux as a person sees it."""

    def __init__(self, new_server, place, settings=None, roots=None, environment=None, start=True, socket="peers"):
        self.socket, self.sockets = socket, place / "sockets"
        self.sockets.mkdir(exist_ok=True)
        self.server = new_server(
            roots=roots,
            settings={"terminals.socket": socket, "terminals.timeout": "1s", "sessions.login_environment": "false",
                      **(settings or {})},
            environment={"TMUX_TMPDIR": str(self.sockets), "LANG": "C.UTF-8", **(environment or {})})
        if start:
            self.server.start()

    def tmux(self, *words, check=True):
        environment = {**os.environ, "TMUX_TMPDIR": str(self.sockets), "LANG": "C.UTF-8"}
        environment.pop("TMUX", None)
        return subprocess.run([TMUX, "-L", self.socket, *words], capture_output=True, text=True, check=check,
                              env=environment, stdin=subprocess.DEVNULL).stdout

    def tmux_pid(self):
        return int(self.tmux("display-message", "-p", "#{pid}"))

    def create(self, **body):
        answer = self.server.ask("POST", "/api/v1/sessions", body)
        assert answer.status == 201, answer
        told = answer.json()
        assert told["session"]["status"] == "initializing"
        return told["session_id"]

    def show(self, name):
        return self.server.session(name)

    def stands(self, name, *states, deadline=60):
        def look():
            session = self.show(name)
            assert session["status"] != "failed" or "failed" in states, session
            return session if session["status"] in states else None
        return until(look, f"{name} is {' or '.join(states)}", deadline)

    def runs(self, name, deadline=60):
        """Waits until its agent runs."""
        return self.stands(name, "active", "idle", deadline=deadline)

    def pane(self, name):
        return int(self.tmux("display-message", "-p", "-t", f"={self.show(name)['tmux_session_name']}:",
                             "#{pane_pid}"))

    def screen(self, name):
        return self.tmux("capture-pane", "-p", "-t", f"={self.show(name)['tmux_session_name']}:", check=False)

    def seen(self, name, text, deadline=60):
        try:
            until(lambda: text in self.screen(name), f"{text!r} on the screen of {name}", deadline)
        except AssertionError as late:
            raise AssertionError(f"{late}:\n{self.screen(name)}") from None

    def type(self, name, text):
        """Types as a person who is attached does."""
        target = f"={self.show(name)['tmux_session_name']}:"
        self.tmux("send-keys", "-t", target, "-l", text)
        self.seen(name, text)
        self.tmux("send-keys", "-t", target, "Enter")

    def said(self, name):
        """All texts of a session."""
        answer = self.server.get(f"/api/v1/sessions/{name}/messages?limit=500")
        if answer.status != 200:
            return []
        return [block.get("text", "") for message in answer.json()["messages"] for block in message["blocks"]]

    def told(self, name):
        """What its user said, message by message."""
        answer = self.server.get(f"/api/v1/sessions/{name}/messages?limit=500")
        return ["\n".join(block["text"] for block in message["blocks"] if block["type"] == "text")
                for message in answer.json()["messages"] if message["role"] == "user"]

    def post(self, path, body=None):
        return self.server.ask("POST", path, body)

    def done(self, answer, state="done", deadline=90):
        """Waits for the end of an operation that was accepted."""
        assert answer.status == 202, answer
        name = answer.json()["operation_id"]

        def look():
            work = self.server.get(f"/api/v1/operations/{name}").json()
            return work if work["state"] != "running" else None
        work = until(look, f"the operation {name} ends", deadline)
        assert work["state"] == state, work
        return work

    def end(self):
        self.tmux("kill-server", check=False)


@pytest.fixture
def steered(new_server, place):
    made = []

    def make(**options):
        made.append(Steered(new_server, place, **options))
        return made[-1]

    yield make
    for one in made:
        one.server.end()
        one.end()


def script(place, name, text):
    """A program that stands for an agent."""
    path = place / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.timeout(300)
@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_discovered_session_is_adopted_when_it_is_revived(steered, real_agent, agent):
    home = real_agent(agent)
    home.start()
    home.type("say found")
    home.seen("echo: say found")
    desk = steered(**home.known)
    name = until(lambda: next(iter(desk.server.sessions()), None), "the transcript is found")
    assert not desk.show(name)["managed"]
    until(lambda: desk.show(name)["status"] == "idle" and desk.show(name)["project_path"], "its head is read", 90)
    # With what Codex leaves in the background: a conversation that is open there is not opened again.
    home.end()
    desk.done(desk.post(f"/api/v1/sessions/{name}/revive"))
    assert desk.show(name)["managed"]
    desk.seen(name, "say found")
    desk.type(name, "say adopted")
    until(lambda: "echo: say adopted" in desk.said(name), "it goes on in its transcript", 60)
    assert list(desk.server.sessions()) == [name]


def test_an_agent_that_is_missing_or_ends_at_once_says_so(steered, place):
    broken = script(place, "broken", "echo 'no key' >&2; echo 'try again'; exit 7\n")
    desk = steered(settings={"agents.broken.command": str(broken), "agents.missing.command": "no-such-agent"})
    # tmux that hears of the end before it has read the terminal drops what was not read: seldom, and not twice.
    for _ in range(5):
        name = desk.create(project_path=str(place), agent="broken")
        shown = desk.stands(name, "failed")
        assert shown["status_reason"].startswith("the agent ended at once, with code 7")
        assert not shown["agent_alive"]
        if shown["status_reason"].endswith(": no key / try again"):
            break
    assert shown["status_reason"].endswith(": no key / try again")
    name = desk.create(project_path=str(place), agent="missing")
    shown = desk.stands(name, "failed")
    assert "no-such-agent" in shown["status_reason"] and "agents.missing.command" in shown["status_reason"]
    answer = desk.post("/sessions", {"project_path": str(place), "agent": "nobody"})
    assert answer.status == 400 and "broken" in answer.json()["detail"]


def test_the_end_of_an_agent_is_known_within_two_seconds(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent)})
    name = desk.create(project_path=str(place), agent="probe")
    desk.runs(name)
    os.kill(desk.pane(name), signal.SIGKILL)
    shown = desk.stands(name, "exited", deadline=2)
    assert shown["status_reason"] == "the agent has ended, by SIGKILL"
    assert shown["terminal_alive"] and not shown["agent_alive"]


def test_without_tmux_the_session_says_which_package_is_missing(steered, place):
    agent = script(place, "agent", "exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent), "terminals.tmux": "tmux-that-is-not-there"})
    name = desk.create(project_path=str(place), agent="probe")
    assert "install the package tmux" in desk.stands(name, "failed")["status_reason"]
    assert desk.server.get("/healthz").status == 200


def test_a_tmux_that_hangs_holds_up_nothing_else(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent)})
    name = desk.create(project_path=str(place), agent="probe")
    desk.runs(name)
    pid = desk.tmux_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = desk.post(f"/sessions/{name}/kill")
        assert answer.status == 503 and answer.code == "TERMINALS_UNAVAILABLE"
        assert "terminals.timeout" in answer.json()["detail"]
        # The loop goes on while a command waits.
        begin = time.monotonic()
        second = desk.create(project_path=str(place), agent="probe")
        assert desk.server.get("/healthz").status == 200
        assert time.monotonic() - begin < 10
        assert "did not answer" in desk.stands(second, "failed")["status_reason"]
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: desk.post(f"/sessions/{name}/kill").status == 204, "tmux is used again")
    assert desk.show(name)["status"] == "closed"


def test_a_second_server_on_the_same_terminals_is_refused(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    first = steered(settings={"agents.probe.command": str(agent)})
    name = first.create(project_path=str(place), agent="probe")
    first.runs(name)
    second = steered(settings={"agents.probe.command": str(agent)})
    other = second.create(project_path=str(place), agent="probe")
    reason = second.stands(other, "failed")["status_reason"]
    assert "another Tailcast" in reason and "terminals.socket" in reason and str(first.server.pid) in reason
    assert first.runs(name)["agent_alive"]
    # When the first is gone the second takes over.
    first.server.kill()
    again = second.create(project_path=str(place), agent="probe")
    second.runs(again)


HOSTILE = ["a b", "$(touch pwned)", "`touch pwned`", "#(touch pwned)", "#{pid}", "quote'\"", "semi;colon", "new\nline",
           "-dash", "~", "ünï😀", "#[x"]


def test_directories_with_hostile_names_are_entered_and_nothing_is_run(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent)})
    inner = place / "project"
    for name in HOSTILE:
        directory = inner / name
        directory.mkdir(parents=True)
        session = desk.create(project_path=str(inner), subdir=name, agent="probe", title=name, tags=[name.replace(",", "")])
        desk.runs(session)
        assert Path(f"/proc/{desk.pane(session)}/cwd").resolve() == directory.resolve()
        assert desk.server.ask("DELETE", f"/sessions/{session}").status == 204
    assert not list(inner.rglob("pwned")) and not (desk.server.directory / "pwned").exists()
    (inner / "out").symlink_to("/etc")
    for body in ({"project_path": str(inner), "subdir": "out"}, {"project_path": str(inner), "subdir": ".."},
                 {"project_path": str(inner / "none")}, {"project_path": "project"}, {"project_path": "/etc/passwd"},
                 {"project_path": str(inner), "subdir": "a\0b"}):
        assert desk.post("/sessions", {**body, "agent": "probe"}).status == 400, body
    for name in ("a;b", "a%2Fb", "..", "%2e%2e", "x" * 129, "a:b"):
        assert desk.post(f"/sessions/{name}/kill").status in (400, 404), name


def test_a_directory_that_is_gone_is_said_before_anything_is_started(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent), "agents.probe.start": "{session_id}",
                             "agents.probe.resume": "{native_session_id}"})
    directory = place / "project"
    directory.mkdir()
    name = desk.create(project_path=str(directory), agent="probe")
    desk.runs(name)
    desk.tmux("kill-server")
    desk.stands(name, "exited", deadline=10)
    directory.rmdir()
    answer = desk.post(f"/api/v1/sessions/{name}/revive")
    assert answer.status == 422 and answer.code == "DIRECTORY_GONE"
    directory.mkdir()
    desk.done(desk.post(f"/api/v1/sessions/{name}/revive"))


def test_agents_get_the_login_shell_s_variables_and_how_to_find_the_server(steered, place):
    agent = script(place, "agent", "env -0 > variables; echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent), "agents.probe.environment": "OF_AGENT=a b",
                             "sessions.login_environment": "true"},
                   environment={"CLAUDECODE": "1", "NOTIFY_SOCKET": "/nowhere"}, start=False)
    (desk.server.home / ".profile").write_text("echo Welcome; FROM_PROFILE='x\ny'; export FROM_PROFILE\n")
    desk.server.start()
    name = desk.create(project_path=str(place), agent="probe")
    desk.runs(name)
    told = dict(pair.split("=", 1) for pair in (place / "variables").read_text().split("\0") if pair)
    assert told["FROM_PROFILE"] == "x\ny" and told["OF_AGENT"] == "a b"
    assert told["TAILCAST_SESSION_ID"] == name and told["TAILCAST_STATE"] == str(desk.server.state)
    # What is about the server's own start is not about the agent's.
    assert not {"TMUX", "CLAUDECODE", "NOTIFY_SOCKET"} & told.keys()


def test_a_login_shell_that_hangs_does_not_keep_agents_from_starting(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent), "sessions.login_environment": "true",
                             "sessions.environment_timeout": "200ms"}, start=False)
    (desk.server.home / ".profile").write_text("sleep 1000\n")
    desk.server.start()
    desk.runs(desk.create(project_path=str(place), agent="probe"))
    assert "sessions.environment_timeout" in desk.server.tail(200)


def test_a_crash_while_agents_start_leaves_none_in_between(steered, place):
    agent = script(place, "agent", "sleep 0.2; echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent)})
    names = [desk.create(project_path=str(place), agent="probe") for _ in range(5)]
    desk.server.kill()
    desk.server.start()
    for name in names:
        shown = until(lambda: (s := desk.show(name))["status"] not in ("initializing",) and s, f"{name} is decided")
        assert shown["status"] in ("active", "idle") and shown["agent_alive"] or shown["status"] == "failed", shown
    events = json.loads(desk.server.get("/sessions?all=true").body)
    assert {one["session_id"] for one in events} == set(names)


def test_a_server_that_ends_leaves_no_empty_tmux_behind(steered, place):
    agent = script(place, "agent", "echo ready; exec sleep 1000\n")
    desk = steered(settings={"agents.probe.command": str(agent)})

    def sessions():
        return desk.tmux("list-sessions", "-F", "#{session_name}", check=False).split()

    # An agent that lives keeps its tmux, whoever ends the server.
    name = desk.create(project_path=str(place), agent="probe")
    desk.runs(name)
    (pid, server) = (desk.pane(name), desk.tmux_pid())
    desk.server.stop()
    assert not gone(pid) and len(sessions()) == 2
    desk.server.start()
    assert desk.runs(name)["agent_alive"] and desk.pane(name) == pid
    # What a killed server leaves is used by the next one, and ended by it.
    assert desk.server.ask("DELETE", f"/sessions/{name}").status == 204
    desk.server.kill()
    assert sessions() == ["tailcast"]
    desk.server.start()
    desk.runs(desk.create(project_path=str(place), agent="probe"))
    assert desk.tmux_pid() == server and len(sessions()) == 2
    for one in desk.server.sessions():
        assert desk.server.ask("DELETE", f"/sessions/{one}").status == 204
    desk.server.kill()
    desk.server.start()
    desk.server.stop()
    until(lambda: gone(server), "the tmux server of nobody has ended")
    # One that somebody else uses stays.
    desk.server.start()
    desk.server.ask("DELETE", f"/sessions/{desk.create(project_path=str(place), agent='probe')}")
    desk.tmux("new-session", "-d", "-s", "mine", "sleep", "1000")
    desk.server.stop()
    assert "mine" in sessions()
