"""A terminal of a test's own: one window of a tmux with its own socket, in which a program runs."""
import os
import shlex
import shutil
import subprocess

from .server import FOREIGN
from .waiting import until

TMUX = shutil.which("tmux")


class Pane:
    """A program in a tmux window. `keys` types, `text` is what stands on the screen."""

    def __init__(self, place, command, size=(80, 24), environment=None, name="pane"):
        self.sockets = place / f"{name}-tmux"
        self.sockets.mkdir()
        self.name = name
        self.environment = {key: value for key, value in os.environ.items()
                            if key not in ("TMUX", "NO_COLOR") and not key.startswith(FOREIGN)}
        self.environment.update(TMUX_TMPDIR=str(self.sockets), LANG="C.UTF-8", LC_ALL="C.UTF-8", HOME=str(place))
        self.environment.update(environment or {})
        self.columns, self.rows = size
        # A shell stays behind the program: what it leaves of the terminal can be looked at.
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-s", "t",
                  "env PS1='$ ' sh")
        self.tmux("set-option", "-g", "window-size", "manual", ";", "set-option", "-g", "escape-time", "10")
        self.resize(*size)
        until(lambda: self.text().startswith("$"), "the shell is there")
        self.run(command)

    def tmux(self, *words, check=True):
        return subprocess.run([TMUX, "-u", "-L", self.name, *words], capture_output=True, text=True, check=check,
                              env=self.environment, stdin=subprocess.DEVNULL).stdout

    def run(self, command):
        """Types a command to the shell."""
        self.tmux("send-keys", "-t", "t", "-l", shlex.join(command) if isinstance(command, list) else command)
        self.tmux("send-keys", "-t", "t", "Enter")

    def keys(self, *names):
        """Presses keys by tmux's names."""
        self.tmux("send-keys", "-t", "t", *names)

    def type(self, text):
        self.tmux("send-keys", "-t", "t", "-l", "--", text)

    def bytes(self, data):
        """Sends bytes as a terminal would: a report of the mouse, say."""
        self.tmux("send-keys", "-t", "t", "-H", *[f"{byte:02x}" for byte in data])

    def paste(self, text):
        self.tmux("set-buffer", text)
        self.tmux("paste-buffer", "-p", "-t", "t")

    def click(self, row, column, button=0):
        """The left button, or with 64 and 65 the wheel, at a place counted from 1."""
        self.bytes(f"\x1b[<{button};{column};{row}M".encode())

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def lines(self):
        return self.tmux("capture-pane", "-p", "-t", "t", check=False).split("\n")[:self.rows]

    def text(self):
        return "\n".join(self.lines())

    def styled(self):
        """The screen with its SGR sequences."""
        return self.tmux("capture-pane", "-p", "-e", "-t", "t", check=False)

    def fact(self, name):
        """A format of tmux, `alternate_on` for example."""
        return self.tmux("display-message", "-p", "-t", "t", f"#{{{name}}}").strip()

    def sees(self, *wanted, deadline=30):
        """Waits until all of it stands on the screen, which is returned."""
        def look():
            text = self.text()
            return text if all(one in text for one in wanted) else None
        return self._wait(look, f"{wanted} on the screen", deadline)

    def misses(self, *unwanted, deadline=30):
        """Waits until none of it stands on the screen, which is returned."""
        def look():
            text = self.text()
            return text if not any(one in text for one in unwanted) else None
        return self._wait(look, f"{unwanted} not on the screen", deadline)

    def _wait(self, look, what, deadline):
        try:
            return until(look, what, deadline)
        except AssertionError as late:
            raise AssertionError(f"{late}:\n{self.text()}") from None

    def program(self):
        """The process id of the program that the shell runs; None at its prompt."""
        shell = self.fact("pane_pid")
        children = subprocess.run(["ps", "--ppid", shell, "-o", "pid="], capture_output=True, text=True).stdout.split()
        return int(children[0]) if children else None

    def end(self):
        self.tmux("kill-server", check=False)
