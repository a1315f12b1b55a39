"""`tailcast hooks install` in a HOME of the test's own, and what the hooks then tell: to a recorder that no code of ours
serves, from real agents where they can be had."""
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.server import FOREIGN, binary
from support.waiting import until

MEMORY = "# Memory\n\n- The tests need UTF-8.\n"


class Recorder:
    """Notes what is posted; `known` are the sessions that it has, None for all."""

    def __init__(self, known=None):
        self.known, self.posts, self.asked = known, [], []
        self.gate = threading.Event()
        self.gate.set()
        recorder = self

        class Requests(BaseHTTPRequestHandler):
            def reply(self, status, body):
                recorder.gate.wait(60)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                session = self.path.split("/")[-2]
                recorder.posts.append((session, body))
                self.reply(200 if recorder.known is None or session in recorder.known else 404, b"{}")

            def do_GET(self):
                recorder.asked.append(self.path)
                self.reply(200, MEMORY.encode())

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def states(self, session=None):
        return [body["state"] for name, body in self.posts if session in (None, name)]

    def close(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def record():
    made = []

    def make(**options):
        made.append(Recorder(**options))
        return made[-1]

    yield make
    for recorder in made:
        recorder.close()


@pytest.fixture
def home(place):
    path = place / "home"
    path.mkdir()
    return path


def surroundings(**more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return {**kept, **more}


def tailcast(home, *words, given="", **environment):
    return subprocess.run([binary(), *words], env=surroundings(HOME=str(home), **environment), input=given,
                          capture_output=True, text=True, timeout=60)


def hooks(path):
    return [hook["command"] for groups in json.loads(path.read_text())["hooks"].values() for group in groups
            for hook in group["hooks"]]


@pytest.mark.parametrize("agent, name", [("claude", ".claude/settings.json"), ("gemini", ".gemini/settings.json"),
                                         ("codex", ".codex/hooks.json")])
def test_the_change_is_shown_made_and_undone(home, agent, name):
    path = home / name
    path.parent.mkdir()
    own = {"model": "m", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]}}
    path.write_text(json.dumps(own, indent=2) + "\n")
    path.chmod(0o640)
    before = path.read_bytes()

    trial = tailcast(home, "hooks", "install", agent, "--dry-run")
    assert trial.returncode == 0 and path.read_bytes() == before
    done = tailcast(home, "hooks", "install", agent)
    assert done.returncode == 0 and done.stdout == trial.stdout
    assert f"activity --agent {agent}" in done.stdout and str(path) in done.stdout
    assert "say done" in hooks(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    after = path.read_bytes()
    again = tailcast(home, "hooks", "install", agent)
    assert again.returncode == 0 and path.read_bytes() == after and "nothing to change" in again.stderr

    assert tailcast(home, "hooks", "uninstall", agent).returncode == 0
    assert path.read_bytes() == before


def test_a_link_stays_a_link_and_a_comment_is_refused(home, place):
    folder = home / ".claude"
    folder.mkdir()
    kept = place / "dotfiles.json"
    kept.write_text("{}\n")
    (folder / "settings.json").symlink_to(kept)
    assert tailcast(home, "hooks", "install", "claude").returncode == 0
    assert (folder / "settings.json").is_symlink() and "activity" in kept.read_text()

    kept.write_text("{ // mine\n}")
    refused = tailcast(home, "hooks", "install", "claude")
    assert refused.returncode == 1 and "not JSON" in refused.stderr
    assert kept.read_text() == "{ // mine\n}"


def test_codex_is_notified_unless_somebody_else_is(home):
    folder = home / ".codex"
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text('model = "x"\n\n[a]\nb = 1\n')
    assert tailcast(home, "hooks", "install", "codex").returncode == 0
    lines = config.read_text().splitlines()
    assert lines[0].startswith("notify = [") and lines[0].endswith('"activity", "--agent", "codex"]')
    assert tailcast(home, "hooks", "uninstall", "codex").returncode == 0
    assert config.read_text() == 'model = "x"\n\n[a]\nb = 1\n'

    config.write_text('notify = ["other"]\n')
    done = tailcast(home, "hooks", "install", "codex")
    assert done.returncode == 0 and "stays" in done.stderr
    assert config.read_text() == 'notify = ["other"]\n'


def event(name, **more):
    return json.dumps({"hook_event_name": name, "session_id": "native", "cwd": "/work", **more})


def test_a_hook_tells_the_server_under_the_id_of_the_session(home, record):
    recorder = record()
    own = {"TAILCAST_SESSION_ID": "own", "TAILCAST_URL": recorder.url}
    done = tailcast(home, "activity", "--agent", "claude", given=event("Stop"), **own)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert recorder.posts == [("own", {"state": "idle", "event": "Stop", "agent_session_id": "native"})]
    tailcast(home, "activity", given=event("Stop"), TAILCAST_URL=recorder.url)
    assert recorder.posts[-1][0] == "native"


def test_a_session_that_is_not_known_here_is_told_by_its_own_id(home, record):
    recorder = record(known=["native"])
    tailcast(home, "activity", given=event("Stop"), TAILCAST_SESSION_ID="own", TAILCAST_URL=recorder.url)
    assert [name for name, _ in recorder.posts] == ["own", "native"]


def test_codex_gives_its_json_as_an_argument(home, record):
    recorder = record()
    told = json.dumps({"type": "agent-turn-complete", "thread-id": "helper", "cwd": "/work"})
    done = tailcast(home, "activity", "--agent", "codex", told, TAILCAST_SESSION_ID="own", TAILCAST_URL=recorder.url)
    assert done.returncode == 0
    assert recorder.posts == [("helper", {"state": "idle", "event": "agent-turn-complete"})]


def test_the_start_of_a_session_prints_the_memory_of_its_project(home, record):
    recorder = record()
    done = tailcast(home, "activity", given=event("SessionStart", source="startup"), TAILCAST_URL=recorder.url)
    told = json.loads(done.stdout)["hookSpecificOutput"]
    assert told == {"hookEventName": "SessionStart", "additionalContext": MEMORY}
    assert recorder.asked == ["/api/v1/memory/inject?projects=%2Fwork"]
    resumed = tailcast(home, "activity", given=event("SessionStart", source="resume"), TAILCAST_URL=recorder.url)
    assert resumed.stdout == ""


def test_an_agent_within_an_agent_is_not_taken_for_it(home, record):
    recorder = record()
    # Two programs that are no shells, the second with what Claude Code sets for what it runs.
    inner = ("import os, subprocess, sys; sys.exit(subprocess.run(sys.argv[1:], input=os.environ['GIVEN'], text=True)"
             ".returncode)")
    outer = "import os, subprocess, sys; sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, 'CLAUDECODE': '1'})" \
            ".returncode)"
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TAILCAST_SESSION_ID": "own",
                   "TAILCAST_URL": recorder.url, "GIVEN": event("Stop")}
    subprocess.run([sys.executable, "-c", outer, sys.executable, "-c", inner, binary(), "activity"], env=environment,
                   check=True, timeout=60)
    subprocess.run([sys.executable, "-c", inner, binary(), "activity"], env=environment, check=True, timeout=60)
    assert [name for name, _ in recorder.posts] == ["native", "own"]


def test_no_server_and_a_hanging_server_cost_the_agent_nothing(home, record):
    assert tailcast(home, "activity", given=event("Stop")).returncode == 0
    recorder = record()
    recorder.gate.clear()
    done = tailcast(home, "activity", "--verbose", given=event("Stop"), TAILCAST_URL=recorder.url)
    assert done.returncode == 0 and "too long" in done.stderr
    bad = tailcast(home, "activity", given=event("Stop"), TAILCAST_LOOPS="many")
    assert (bad.returncode, bad.stdout) == (0, "") and "loops" in bad.stderr


@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_real_agent_tells_what_it_does(real_agent, record, agent):
    recorder = record()
    own = real_agent(agent)
    done = tailcast(own.home, "hooks", "install", agent, "--url", recorder.url)
    assert done.returncode == 0, done.stderr
    words = {"claude": ["-p"], "codex": ["exec", "--skip-git-repo-check", "--dangerously-bypass-hook-trust"]}[agent]
    ended = subprocess.run([own.program, *words, "run: echo told-$((6*7))"], cwd=own.project,
                           env=surroundings(TAILCAST_SESSION_ID="own"), capture_output=True, text=True,
                           stdin=subprocess.DEVNULL, timeout=120)
    assert ended.returncode == 0 and "told-42" in ended.stdout, (ended.stdout, ended.stderr)
    until(lambda: "idle" in recorder.states()[1:], "the end of the turn is told")
    # Codex's own end of turn is told under its own id.
    assert recorder.states("own")[:5] == ["idle", "working", "tool_use", "working", "idle"], recorder.posts
    tool = next(body for _, body in recorder.posts if body["state"] == "tool_use")
    assert tool["tool_name"] == "Bash" and tool["tool_preview"].startswith("echo told-")
    native = {body["agent_session_id"] for name, body in recorder.posts if name == "own"}
    assert len(native) == 1


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is absent")
def test_a_session_from_its_first_message_to_an_answered_permission_prompt(real_agent, place, serve):
    """All of it at once, on the command line: the agent's hooks say where it stands, and what is remembered reaches it."""
    own = real_agent("claude")
    own.program.write_text(own.program.read_text().replace("--allowedTools Bash", "--permission-mode default"))
    known = own.known
    server = serve(roots=known["roots"],
                   settings={**known["settings"], "terminals.socket": "hooks", "sessions.login_environment": "false"},
                   environment={"TMUX_TMPDIR": str(place), "LANG": "C.UTF-8"})
    state = ["--state", str(server.state)]

    def run(*words):
        done = server.run(*words, *state)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    try:
        assert tailcast(own.home, "hooks", "install", "claude", *state).returncode == 0
        run("memory", "save", "--project", str(own.project), "The moon is round.")
        name = run("new", str(own.project), "--agent", "claude", "--wait")
        run("send", name, "--wait", "run: touch asked-for")
        until(lambda: server.session(name)["status"] == "waiting_input", "it waits for its user", 60)
        assert not (own.project / "asked-for").exists()
        run("answer", name, "1")
        until((own.project / "asked-for").exists, "the tool has run", 60)
        until(lambda: server.session(name)["status"] == "idle", "the turn has ended", 60)
        run("kill", name)
        transcript = next(own.root.rglob("*.jsonl")).read_text()
        assert "The moon is round." in transcript
    finally:
        server.stop()
        subprocess.run(["tmux", "-L", "hooks", "kill-server"], capture_output=True,
                       env={**os.environ, "TMUX_TMPDIR": str(place)})
