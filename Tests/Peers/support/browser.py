"""Chromium without a screen, driven over its DevTools protocol."""
import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from websockets.sync.client import connect

from .waiting import until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One browser with a profile of its own; its processes are a group, which ends with it."""

    def __init__(self):
        assert PROGRAM, "no Chromium is installed (see the list of packages)"
        self.profile = Path(tempfile.mkdtemp(prefix="tc-chromium-"))
        self.process = subprocess.Popen(
            [PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
             "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": str(self.profile)})
        self.open_ends = contextlib.ExitStack()
        port, path = until(self.address, "the browser listens", 60)
        self.socket = self.open_ends.enter_context(connect(f"ws://127.0.0.1:{port}{path}", max_size=None))
        self.count, self.session = 0, None
        self.complaints, self.targets = [], []
        self.new_tab()

    def new_tab(self):
        """Opens a tab and speaks to it from now on; what `speak_to` wants to come back to it."""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.targets.append(target)
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        return self.session

    def close_tabs(self):
        """Closes all tabs; a new one is needed then."""
        self.session = None
        for target in self.targets:
            self.call("Target.closeTarget", targetId=target)
        self.targets = []

    def speak_to(self, tab):
        """Chooses the tab that commands are for."""
        self.session = tab

    def listen(self):
        """From now on `complaints` takes what the tab's console is told: errors, warnings, failed requests."""
        self.call("Runtime.enable")
        self.call("Log.enable")

    def note(self, event):
        """Keeps an event that a page without faults does not cause."""
        method, what = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(what["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning", "assert"):
            self.complaints.append(what["args"])
        elif method == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
            self.complaints.append(what["entry"])

    def address(self):
        assert self.process.poll() is None, "the browser ended"
        try:
            lines = (self.profile / "DevToolsActivePort").read_text().split("\n")
        except FileNotFoundError:
            return None
        return (int(lines[0]), lines[1]) if len(lines) > 1 and lines[1] else None

    def call(self, method, **parameters):
        """One command and its result; of events on the way only complaints are of interest."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(60))
            self.note(answer)
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, address):
        """Goes to a page and waits until it is there."""
        result = self.call("Page.navigate", url=address)
        assert "errorText" not in result, result
        until(lambda: self.run("document.readyState") == "complete" and self.run("location.href") != "about:blank",
              f"{address} is loaded")

    def run(self, script):
        """The value of an expression in the page, awaited if it is a promise."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def resize(self, width, height, dark=False, still=False):
        """The size of the window, the colours that the system prefers, and whether nothing is to move."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}])

    def press(self, key):
        """A key, as a person presses it."""
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        code = {"Escape": 27, "Enter": 13}.get(key, 0)
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text):
        """Text into what has the focus."""
        self.call("Input.insertText", text=text)

    def picture(self, path):
        """What the window shows, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def end(self):
        self.open_ends.close()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(30)
        shutil.rmtree(self.profile, ignore_errors=True)
