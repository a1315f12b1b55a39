"""The clients of docs/clients, as a reader of docs/streams.md would take them: each follows a transcript through what
happens to servers and files, and prints exactly what the file holds."""
import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest

from support.browser import Browser
from support.ports import at_port, free_port
from support.server import REPOSITORY
from support.waiting import until

CLIENTS = REPOSITORY / "docs" / "clients"


class Client:
    """A running client and the lines that it has printed."""

    def __init__(self, words, key=None):
        environment = {**os.environ, **({"TAILCAST_KEY": key} if key else {})}
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment)
        self.lines, self.complaints = [], []
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True) for pair in
                        [(self.process.stdout, self.lines), (self.process.stderr, self.complaints)]]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def read(pipe, into):
        for line in pipe:
            into.append(line.decode().rstrip("\n"))

    def events(self):
        """What was printed, as (name, id, value)."""
        return [(name, id, json.loads(data)) for name, id, data in (line.split("\t", 2) for line in list(self.lines))]

    def numbers(self):
        """The records' numbers, `reset` and `damaged` in their places."""
        shown = {"message": lambda value: value["seq"], "reset": lambda _: "reset", "damaged": lambda _: "damaged"}
        return [shown[name](value) for name, _, value in self.events() if name in shown]

    def shows(self, *wanted):
        """Waits until exactly this was printed."""
        def done():
            assert self.process.poll() is None, self.complaints
            got = self.numbers()
            assert got == list(wanted[:len(got)]), (got, self.complaints)
            return len(got) == len(wanted)

        try:
            until(done, f"{len(wanted)} lines")
        except AssertionError:
            print(self.lines, self.complaints)
            raise

    def end(self, deadline=30):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(deadline)
        for reader in self.readers:
            reader.join(deadline)

    def exits(self, deadline=30):
        code = self.process.wait(deadline)
        for reader in self.readers:
            reader.join(deadline)
        return code


@pytest.fixture(scope="session")
def swift_client(tmp_path_factory):
    """tail.swift, compiled once for each process of the test run."""
    compiler = shutil.which("swiftc")
    assert compiler, "swiftc is not in PATH"
    program = tmp_path_factory.mktemp("swift") / "tail"
    subprocess.run([compiler, "-swift-version", "6", "-warnings-as-errors", "-o", program, CLIENTS / "tail.swift"],
                   check=True)
    return program


@pytest.fixture(params=["python", "node", "swift"])
def follow(request):
    """Starts a client: `follow(server, session, *flags, key=…)`."""
    started = []

    def start(server, session, *flags, key=None):
        if request.param == "python":
            words = ["/usr/bin/python3", CLIENTS / "tail.py", server.url, session]
        elif request.param == "node":
            words = [shutil.which("node") or "node", CLIENTS / "tail.mjs", server.url, session]
        else:
            words = [request.getfixturevalue("swift_client"), "127.0.0.1", str(server.port), session]
        started.append(Client([*words, *flags], key))
        return started[-1]

    yield start
    for client in started:
        client.end()


@pytest.fixture
def lasting(new_server):
    """A server that comes back at its port, and its transcript of three records."""
    def make(settings=(), **options):
        settings = {"streams.retry": "50ms", **dict(settings)}
        server = at_port(new_server(settings=settings, **options), free_port())
        file = server.root / "s.jsonl"
        append(file, 0, 1, 2)
        return server.start(), file
    return make


def append(file, *numbers, raw=b""):
    with open(file, "ab") as out:
        out.write(raw + b"".join(json.dumps({"seq": n, "text": "ä€😀" * 40}, ensure_ascii=False).encode() + b"\n"
                                 for n in numbers))


def test_a_client_goes_on_where_it_was_when_the_server_comes_back(lasting, follow):
    server, file = lasting()
    client = follow(server, "s")
    client.shows(0, 1, 2)
    for first in (3, 6, 9):
        server.kill()
        append(file, first, raw=b"" if first == 3 else b"\n")
        with open(file, "ab") as out:
            out.write(b'{"seq": %d' % (first + 1))  # a record that is finished under the next server
        server.start()
        append(file, first + 2, raw=b"}\n")
        client.shows(*range(first + 3))
    server.stop()
    append(file, 12)
    server.start()
    client.shows(*range(13))


def test_a_client_is_told_of_a_truncation_that_it_watches(lasting, follow):
    server, file = lasting()
    client = follow(server, "s")
    client.shows(0, 1, 2)
    os.truncate(file, 0)
    until(lambda: server.session("s")["transcript"]["bytes"] == 0, "the server sees the empty file")
    append(file, 20, 21)
    client.shows(0, 1, 2, "reset", 20, 21)
    append(file, 22)
    client.shows(0, 1, 2, "reset", 20, 21, 22)


def test_a_client_is_told_of_a_rewrite_that_happened_while_no_server_ran(lasting, follow):
    server, file = lasting()
    client = follow(server, "s")
    client.shows(0, 1, 2)
    server.kill()
    os.truncate(file, 0)
    append(file, *range(30, 36))
    server.start()
    client.shows(0, 1, 2, "reset", *range(30, 36))
    (reset,) = [value for name, _, value in client.events() if name == "reset"]
    assert reset["requested"] == [id for name, id, value in client.events() if name == "message"][2]
    append(file, 36)
    client.shows(0, 1, 2, "reset", *range(30, 37))


def test_damage_is_shown_in_its_place_and_the_stream_goes_on(lasting, follow):
    server, file = lasting()
    client = follow(server, "s")
    client.shows(0, 1, 2)
    append(file, 3, raw=b"no record at all\n")
    client.shows(0, 1, 2, "damaged", 3)
    (damage,) = [value for name, _, value in client.events() if name == "damaged"]
    assert damage["reason"] == "malformed"
    assert server.get(damage["href"]).body.rstrip(b"\n") == b"no record at all"


def test_a_client_that_is_started_again_begins_behind_the_last_id_that_it_printed(lasting, follow):
    server, file = lasting(auth="key")
    client = follow(server, "s", key=server.key())
    client.shows(0, 1, 2)
    client.end()
    last = client.events()[-1][1]
    append(file, 3, 4)
    client = follow(server, "s", "--after", last, key=server.key())
    client.shows(3, 4)


@pytest.mark.parametrize("what", ["session", "key"])
def test_a_client_ends_when_the_server_will_not_serve_it(lasting, follow, what):
    server, _ = lasting(auth="key")
    client = follow(server, "nobody" if what == "session" else "s",
                    key=server.key() if what == "session" else "tc_wrong")
    assert client.exits() == 1
    assert ("404" if what == "session" else "401") in client.complaints[-1]
    assert client.lines == []


@pytest.fixture
def page():
    """A browser at a page of another origin, from which tail.mjs can be loaded."""
    class Files(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=CLIENTS)) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        browser = Browser()
        try:
            browser.open(f"http://127.0.0.1:{files.server_port}/")
            yield browser, f"http://127.0.0.1:{files.server_port}"
        finally:
            browser.end()
            files.shutdown()


FOLLOW_IN_PAGE = """(async () => {
  const { tail } = await import('/tail.mjs')
  window.got = []
  ;(async () => {
    for await (const { name, data } of tail(%s, { session: 's', key: %s }))
      if (['message', 'reset'].includes(name)) got.push(name === 'message' ? JSON.parse(data).seq : name)
  })()
  return true
})()"""


def test_the_module_does_the_same_in_a_browser(lasting, page):
    browser, origin = page
    server, file = lasting(auth="key", settings={"allowed_origins": origin})
    assert browser.run(FOLLOW_IN_PAGE % (json.dumps(server.url), json.dumps(server.key())))
    until(lambda: browser.run("got") == [0, 1, 2], "the records are there")
    server.kill()
    append(file, 3)
    server.start()
    append(file, 4)
    until(lambda: browser.run("got") == [0, 1, 2, 3, 4], "the rest is there, once")
    server.kill()
    os.truncate(file, 0)
    append(file, 5)
    server.start()
    until(lambda: browser.run("got") == [0, 1, 2, 3, 4, "reset", 5], "the reset is told")
