"""A server that `tailcast start` leaves behind: supervised, logged, started anew, and let into by a browser."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess

import pytest
from support.server import Server
from support.waiting import until


@pytest.fixture
def background(place):
    """Runs commands against a state directory of its own, and ends what they left behind."""
    server = Server(place / "s")
    flags = ["--state", str(server.state)]

    def run(*words, code=0):
        done = server.run(*words, *flags)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done

    run.server = server
    run.start = lambda *more, **options: run("start", "--port", "0", "--root", f"jsonl={server.root}", *more, **options)
    run.facts = lambda: json.loads((server.state / "run.json").read_text())
    yield run
    try:
        pid = run.facts()["pid"]
        os.kill(parent(pid), signal.SIGTERM)
        until(lambda: not alive(pid), "the server is gone")
    except (OSError, ValueError):
        pass


def parent(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_is_started_once_restarted_and_stopped(background):
    assert background.start().stdout.startswith("http://127.0.0.1:")
    first = background.facts()
    again = background.start()
    assert "runs already" in again.stderr and background.facts() == first
    assert json.loads(background("start", "--json").stdout)["pid"] == first["pid"]
    assert "ready" in background("logs").stdout

    background("restart")
    second = background.facts()
    assert second["pid"] != first["pid"] and not alive(first["pid"])
    assert parent(second["pid"]) not in (1, os.getpid())
    supervisor = parent(second["pid"])
    background("stop")
    until(lambda: not alive(supervisor), "nobody starts it again")
    assert not (background.server.state / "run.json").exists()
    background("status", code=3)


def test_a_server_that_crashes_is_started_again(background):
    background.start()
    for _ in range(2):
        pid = background.facts()["pid"]
        os.kill(pid, signal.SIGKILL)
        until(lambda: (background.server.state / "run.json").exists() and background.facts()["pid"] != pid,
              "another server says where it is")
    assert "signal 9" in until(lambda: background("logs").stdout, "the log tells")
    background("status")


def test_a_server_that_cannot_start_says_why_and_is_left(background):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = background("start", "--port", str(port), code=1)
    assert str(port) in failed.stderr and "did not start" in failed.stderr
    background("start", "--port", "many", code=2)


def test_a_server_that_nobody_supervises_is_not_restarted(serve):
    server = serve()
    refused = server.run("restart", "--state", str(server.state))
    assert refused.returncode == 1 and "tailcast start" in refused.stderr
    assert server.run("logs", "--state", str(server.state)).returncode == 4


def test_the_address_that_open_prints_lets_a_browser_in_once(serve):
    server = serve(auth="key")
    done = server.run("open", "--print", "--state", str(server.state))
    assert done.returncode == 0 and done.stdout.startswith(server.url + "/?ticket=")
    path = done.stdout.strip().removeprefix(server.url)

    def visit(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.getheader("set-cookie")

    status, cookie = visit(path)
    assert status == 303
    assert visit("/sessions", Cookie=cookie.split(";")[0])[0] == 200
    assert visit(path)[0] == 401
    # A ticket is not to be had without a key.
    assert server.ask("POST", "/api/v1/auth/ticket").status == 401


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is absent")
def test_systemd_reads_the_unit_without_a_remark(place, program):
    unit = place / "tailcast.service"
    unit.write_text(subprocess.run(
        [str(program), "service", "print", "--root", "jsonl=/a b%c", "--port", "8421"], capture_output=True, text=True,
        check=True, env={"HOME": str(place)}).stdout)

    def remarks():
        done = subprocess.run(["systemd-analyze", "--user", "--man=no", "verify", str(unit)], capture_output=True,
                              text=True, env={**os.environ, "XDG_RUNTIME_DIR": str(place)})
        return done.stdout + done.stderr

    assert remarks() == ""
    assert "NoNewPrivileges=yes" in unit.read_text()
    unit.write_text(unit.read_text().replace("LockPersonality=", "LockPersonalty="))
    assert "LockPersonalty" in remarks()


@pytest.mark.parametrize("abstract", [False, True])
def test_a_service_manager_hears_when_the_server_is_ready_alive_and_stopping(new_server, place, abstract):
    name = f"@tailcast-{os.getpid()}-{place.name}" if abstract else str(place / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(60)
        server = new_server(environment={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"}).start()
        heard = [manager.recv(4096).decode()]
        assert heard[0].startswith("READY=1\n") and f"MAINPID={server.pid}\n" in heard[0]
        while heard.count("WATCHDOG=1") < 3:
            heard.append(manager.recv(4096).decode())
        server.signal(signal.SIGTERM)
        while heard[-1] != "STOPPING=1":
            heard.append(manager.recv(4096).decode())
