"""One `tailcast serve` as a process of its own: own HOME, state, roots and port, ended by its pid."""
import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from .waiting import until

REPOSITORY = Path(__file__).resolve().parents[3]
# What a developer has set for a server of their own must not reach those under test.
FOREIGN = ("TAILCAST_", "XDG_", "CLAUDE_", "CODEX_", "GEMINI_", "ANTHROPIC_", "OPENAI_")


def binary():
    """The program under test: TAILCAST_BIN (or TAILCAST), else the newest that was built here."""
    for name in ("TAILCAST_BIN", "TAILCAST"):
        if os.environ.get(name):
            return Path(os.environ[name]).resolve()
    built = [REPOSITORY / ".build" / kind / "tailcast" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    return max(built, key=lambda path: path.stat().st_mtime) if built else None


class Answer:
    """A whole HTTP response."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The `code` of an error."""
        return self.json()["error"]["code"]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Server:
    """A server. `root` is the folder that it watches; it may be stopped and started again on the same state."""

    def __init__(self, directory, *, agent="jsonl", roots=None, loops=None, settings=None, flags=(),
                 auth="none", prefix=(), environment=None, user_limits=None):
        self.directory = Path(directory)
        self.root = self.directory / "root"
        self.home = self.directory / "home"
        self.state = self.directory / "state"
        for path in (self.root, self.home):
            path.mkdir(parents=True, exist_ok=True)
        self.agent = agent
        self.roots = roots if roots is not None else [(agent, self.root)]
        self.loops = loops
        self.settings = dict(settings or {})
        self.flags = list(flags)
        self.auth = auth
        self.prefix = list(prefix)
        self.environment = dict(environment or {})
        self.user_limits = user_limits
        self.program = binary()
        self.process = None
        self.facts = {}
        self.log = self.directory / "server.log"

    # --- life ---------------------------------------------------------------------------------
    def command(self):
        words = self.prefix + [str(self.program), "serve", "--port", "0", "--state", str(self.state),
                               "--auth", self.auth]
        for agent, folder in self.roots:
            words += ["--root", f"{agent}={folder}"]
        if self.loops:
            words += ["--loops", str(self.loops)]
        for key, value in self.settings.items():
            words += ["--set", f"{key}={value}"]
        return words + [str(flag) for flag in self.flags]

    def surroundings(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        terminals = self.directory / "tmux"
        terminals.mkdir(exist_ok=True)
        return {**kept, "HOME": str(self.home), "TMUX_TMPDIR": str(terminals), **self.environment}

    def spawn(self):
        """Starts the process without waiting for it."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        (self.state / "run.json").unlink(missing_ok=True)  # one of a killed server names a dead port
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self.surroundings(), cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=self.user_limits)

    def start(self, deadline=60):
        """Starts it and returns when it is ready."""
        self.spawn()
        until(self._listening, "the server says where it listens", deadline)
        until(lambda: self._running() and self.get("/readyz").status == 200, "the server is ready", deadline)
        return self

    def _running(self):
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.tail()}"
        return True

    def _listening(self):
        self._running()
        try:
            self.facts = json.loads((self.state / "run.json").read_text())
        except (FileNotFoundError, ValueError):
            return False
        return True

    @property
    def pid(self):
        """The server's own process id (not that of what it runs under)."""
        return self.facts["pid"]

    @property
    def port(self):
        return self.facts["port"]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket(self):
        return self.facts["socket"]

    def key(self):
        """The access key of a server that wants one."""
        return Path(self.facts["key_file"]).read_text().strip()

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        """Ends it as a crash would: no drain, no flush."""
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait(30)

    def stop(self, deadline=60):
        """Ends it as an operator would; the exit code."""
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGTERM)
            return self.process.wait(deadline)
        return self.process.returncode if self.process else None

    def end(self):
        """For the end of a test: whatever state it is in, it is gone afterwards."""
        if self.process and self.process.poll() is None:
            try:
                self.signal(signal.SIGKILL)
            except (KeyError, ProcessLookupError):
                pass
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
        if self.process:
            self.end_terminals()

    def end_terminals(self):
        """Ends the tmux that outlives the server, one that was just being started too, and what runs in it."""
        mark = b"TMUX_TMPDIR=" + self.surroundings()["TMUX_TMPDIR"].encode()
        for _ in range(3):
            for entry in Path("/proc").glob("[0-9]*/environ"):
                try:
                    if mark in entry.read_bytes().split(b"\0"):
                        os.kill(int(entry.parent.name), signal.SIGKILL)
                except (OSError, ProcessLookupError):
                    pass

    def tail(self, lines=40):
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    # --- asking ---------------------------------------------------------------------------------
    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=30):
        """One request on a connection of its own."""
        connection = self.connect(timeout)
        try:
            if isinstance(body, (dict, list)):
                body, headers = json.dumps(body), {"content-type": "application/json", **(headers or {})}
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, path, headers=None, timeout=30):
        return self.ask("GET", path, headers=headers, timeout=timeout)

    def raw(self, request, timeout=30, unix=False):
        """Sends bytes as they are and returns all that comes back until the server closes."""
        family = socket.AF_UNIX if unix else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as plain:
            plain.settimeout(timeout)
            plain.connect(self.socket if unix else ("127.0.0.1", self.port))
            plain.sendall(request)
            received = b""
            while chunk := plain.recv(65536):
                received += chunk
            return received

    def health(self):
        return self.get("/health").json()

    def session(self, name):
        """The session object, or None."""
        answer = self.get(f"/api/v1/sessions/{name}")
        return answer.json()["session"] if answer.status == 200 else None

    def sessions(self, query=""):
        """All listed sessions by id."""
        found, page = {}, 1
        while True:
            answer = self.get(f"/api/v1/sessions?all=true&page_size=100&page={page}{query}").json()
            found.update({session["id"]: session for session in answer["sessions"]})
            if len(answer["sessions"]) < 100:
                return found
            page += 1

    def listed(self, name, deadline=30):
        """Waits until a session is listed."""
        return until(lambda: self.session(name), f"{name} is listed", deadline)

    def metric(self, name):
        """The sum over all labels of a metric."""
        total = None
        for line in self.get("/metrics").body.decode().splitlines():
            key, _, value = line.rpartition(" ")
            if key.partition("{")[0] == f"tailcast_{name}":
                total = (total or 0) + float(value)
        return total

    def resident(self):
        """Resident memory in bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def run(self, *words, timeout=60, **more):
        """Another command of the same program in the same surroundings."""
        return subprocess.run([str(self.program), *words], env=self.surroundings(), capture_output=True, text=True,
                              timeout=timeout, cwd=self.directory, stdin=subprocess.DEVNULL, **more)
