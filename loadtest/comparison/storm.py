"""Runs tailstorm against a server that runs already."""

import json
import subprocess
from pathlib import Path

from .servers import Failure, Running, spawn


class Storm:
    """The client, the same for all servers."""

    def __init__(self, executable: Path):
        self.executable = executable

    def run(self, server: Running, may_fail: bool = False, **settings) -> dict:
        """tailstorm's JSON; `settings` are scenario keys. A check that failed is a Failure unless `may_fail`."""
        settings = {"latest": 0, **settings, **server.settings}
        scenario = server.folder / "compare.conf"
        scenario.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        arguments = [self.executable, "--json", "--url", f"http://127.0.0.1:{server.port}", "--dir", server.root]
        for pid in server.pids:
            arguments += ["--pid", pid]
        if server.key:
            arguments += ["--key", server.key]
        process = spawn([*arguments, scenario], server.folder, stdout=subprocess.PIPE)
        bound = 120 + sum(float(settings.get(key, 0)) for key in ("seconds", "idle", "drain", "join_within"))
        try:
            out, _ = process.communicate(timeout=bound)
        except subprocess.TimeoutExpired:
            raise Failure(f"tailstorm did not end within {bound} s") from None
        finally:
            # Also when this script is ended: a storm against a server that is being stopped would only delay that.
            if process.poll() is None:
                process.kill()
                process.wait()
        try:
            result = json.loads(out)
        except ValueError:
            raise Failure(f"tailstorm: {(server.folder / 'log').read_text()[-2000:]}") from None
        if not result["passed"] and not may_fail:
            wrong = [*result["problems"], *(violation["detail"] for violation in result["violations"][:3])]
            raise Failure("; ".join(wrong))
        return result
