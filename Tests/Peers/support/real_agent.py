"""A real coding agent in a terminal: Claude Code or Codex in tmux, talking to a scripted model on loopback."""
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

from .server import REPOSITORY
from .waiting import until

HERE = Path(__file__).parent / "agents"
# Installed once, about 750 MB; every test has a HOME of its own.
CACHE = REPOSITORY / ".build" / "agents"


def install():
    """Installs both agents into the cache; an explanation if they cannot be had."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["bash", HERE / "setup.sh", CACHE, "http://127.0.0.1:9", CACHE], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=900)
    return None if done.returncode == 0 else done.stderr.strip()[-500:]


@contextlib.contextmanager
def scripted_model():
    """The model that answers as its prompt says; its address."""
    process = subprocess.Popen([sys.executable, HERE / "mock_llm.py"], stdout=subprocess.PIPE, text=True,
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


class Terminal:
    """One agent on a screen. Its tmux server is its own and ends with it."""

    READY = {"claude": "❯", "codex": "›"}

    def __init__(self, agent, place, model):
        self.agent = agent
        self.place = place
        self.project = place / "project"
        self.project.mkdir(parents=True)
        # Our own HOME beside the installed programs.
        self.directory = place / "agent"
        self.directory.mkdir()
        (self.directory / "venv").symlink_to(CACHE / "venv")
        subprocess.run(["bash", HERE / "setup.sh", self.directory, model, self.project], check=True,
                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.home = self.directory / "home"
        self.program = self.directory / "bin" / agent
        self.socket = place / "tmux"
        self.is_started = False

    @property
    def known(self):
        """What a server has to know of it: `serve(**terminal.known)`."""
        return {"roots": [(self.agent, self.root)], "settings": {f"agents.{self.agent}.command": str(self.program)}}

    @property
    def root(self):
        """Where it keeps its transcripts."""
        folder = self.home / {"claude": ".claude/projects", "codex": ".codex/sessions"}[self.agent]
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, text=True, check=True).stdout

    def start(self):
        environment = {**os.environ, "HOME": str(self.home), "LANG": "C.UTF-8"}
        environment.pop("TMUX", None)
        self.is_started = True
        subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "-u", "new-session", "-d", "-x", "160", "-y",
                        "50", "-c", self.project, str(self.program)],
                       check=True, env=environment, stdin=subprocess.DEVNULL)
        self.seen(self.READY[self.agent])
        return self

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def seen(self, text):
        """Waits for a text on the screen."""
        until(lambda: text in self.screen(), f"{text!r} on the screen", 60)

    def type(self, text):
        """Types a prompt as a person does: the text, and when it stands there, Enter."""
        self.tmux("send-keys", "-l", text)
        self.seen(text)
        self.tmux("send-keys", "Enter")

    def end(self):
        pids = []
        if self.is_started:
            pids += subprocess.run(["tmux", "-S", self.socket, "list-panes", "-a", "-F", "#{pane_pid}"],
                                   capture_output=True, text=True).stdout.split()
            subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)
        # Codex leaves two processes of its own behind.
        for file in (self.home / ".codex" / "app-server-daemon").glob("*.pid"):
            digits = "".join(char for char in file.read_text().split(",")[0] if char.isdigit())
            pids += [digits] if digits else []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(pid), signal.SIGKILL)
