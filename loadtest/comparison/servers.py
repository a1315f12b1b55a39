"""The servers that are compared: each is started on a folder of its own and ended by its process id."""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
REFERENCE = HERE / "reference"
READY_WITHIN = 60.0
END_WITHIN = 20.0


class Failure(Exception):
    """Why a run could not be made."""


@dataclass
class Running:
    """A server that runs, and what a client needs of it."""

    folder: Path
    process: subprocess.Popen
    port: int = 0
    key: str | None = None
    settings: dict = field(default_factory=dict)
    start_seconds: float = 0.0

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def pids(self) -> list[int]:
        """The process that was started and its children."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def rss(self) -> int:
        """Resident bytes of the process that was started."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def cpu(self) -> float:
        """Processor seconds of the process that was started."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, keep: bool = False) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def raise_descriptor_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    _libc.prctl(1, signal.SIGTERM)


def spawn(arguments: list, folder: Path, **options) -> subprocess.Popen:
    """Starts a program whose output goes to `folder`/log, and which ends when this script does."""
    with open(folder / "log", "ab") as log:
        options = {"stdout": log, "stderr": log, **options}
        return subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent, **options
        )


def new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tailcast-compare-"))
    (folder / "root").mkdir()
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process: subprocess.Popen, folder: Path, found) -> None:
    """Waits until `found` returns something true."""
    deadline = time.monotonic() + READY_WITHIN
    while not found():
        if process.poll() is not None:
            raise Failure(f"the server ended at once:\n{(folder / 'log').read_text()[-2000:]}")
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise Failure(f"the server was not ready within {READY_WITHIN} s")
        time.sleep(0.001)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Tailcast:
    """The server that is measured."""

    def __init__(self, executable: Path):
        self.executable = executable

    def start(self, loops: int = 1, folder: Path | None = None) -> Running:
        """Starts it, on the folders of an earlier start when `folder` is given."""
        folder = folder or new_folder()
        for name in ("home", "config", "state"):
            (folder / name).mkdir(exist_ok=True)
        state = folder / "state"
        run_file = state / "run.json"
        run_file.unlink(missing_ok=True)
        environment = {
            "HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(state),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        arguments = [self.executable, "serve", "--port", 0, "--state", state, "--loops", loops]
        begun = time.monotonic()
        process = spawn([*arguments, "--root", f"jsonl={folder / 'root'}"], folder, env=environment)
        wait_for(process, folder, run_file.exists)
        seconds = time.monotonic() - begun
        known = json.loads(run_file.read_text())
        key = Path(known["key_file"]).read_text().strip()
        return Running(folder, process, known["port"], key, start_seconds=seconds)


class Limit:
    """reference/limit.c."""

    def __init__(self):
        out = HERE / ".build" / "reference"
        subprocess.run(["make", "-s", "-C", REFERENCE, f"OUT={out}"], check=True)
        self.executable = out / "limit"

    def start(self, loops: int = 1) -> Running:
        folder = new_folder()
        arguments = [self.executable, "--root", folder / "root", "--threads", loops]
        process = spawn(arguments, folder)
        log = folder / "log"
        wait_for(process, folder, lambda: log.read_text().endswith("\n"))
        return Running(folder, process, int(log.read_text().split()[1]))


class Nchan:
    """nginx with nchan: reference/nginx.conf. One loop is one worker."""

    def __init__(self):
        if not Path("/usr/lib/nginx/modules/ngx_nchan_module.so").exists():
            subprocess.run([HERE.parent / "scripts" / "packages", "compare"], check=True)

    def start(self, loops: int = 1) -> Running:
        folder = new_folder()
        port = free_port()
        text = (REFERENCE / "nginx.conf").read_text()
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        for name, value in {"PORT": port, "WORKERS": loops, "HERE": folder, "FILES": files}.items():
            text = text.replace(f"@{name}@", str(value))
        (folder / "nginx.conf").write_text(text)
        # A worker that runs as another user would have no way into the folder.
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        process = spawn(["/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf", *user], folder)
        server = Running(folder, process, port, settings={"source": "post"})
        # The master listens before its workers are there, and these are whose costs are counted.
        wait_for(process, folder, lambda: listens(port) and len(server.pids) == 1 + loops)
        return server


class FastAPI:
    """reference/polling.py under uvicorn, in a virtual environment of its own."""

    def __init__(self):
        venv = HERE / ".build" / "compare-venv"
        self.executable = venv / "bin" / "uvicorn"
        if not self.executable.exists():
            subprocess.run(["/usr/bin/python3", "-m", "venv", venv], check=True)
            pip = [venv / "bin" / "pip", "install", "-q", "-r", REFERENCE / "requirements.txt"]
            subprocess.run(pip, check=True)

    def start(self, loops: int = 1) -> Running:
        folder = new_folder()
        port = free_port()
        arguments = [self.executable, "--app-dir", REFERENCE, "--port", port, "--log-level", "warning", "polling:app"]
        process = spawn(arguments, folder, env={**os.environ, "ROOT": str(folder / "root")})
        wait_for(process, folder, lambda: listens(port))
        return Running(folder, process, port)
