"""Terminals over `/mux`: what viewers see, type and do to each other, and that nothing of them stays behind."""
import base64
import json
import signal
import struct

import pytest
from support.frames import BINARY, Refused, WebSocket, frame
from support.peer import Events
from support.waiting import until
from wsproto.events import BytesMessage, TextMessage

from test_sessions import TMUX, gone, script, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")
PROTOCOL = "tailcast.mux.v1"


class Viewer:
    """A client of /mux; keeps what each terminal has shown."""

    def __init__(self, server, binary=False, headers=(), **options):
        self.socket = WebSocket(server, "/mux", subprotocols=[PROTOCOL] if binary else [], headers=headers, **options)
        self.binary = binary
        self.shown = {}
        self.numbers = {}
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.socket.close()

    def message(self):
        """The next message that is not data; data is kept."""
        while True:
            event = self.socket.event()
            assert event is not None, "the socket ended"
            if isinstance(event, BytesMessage):
                assert self.binary
                (number,) = struct.unpack("!I", event.data[:4])
                self.shown[self.numbers[number]] += bytes(event.data[4:])
                return None
            if isinstance(event, TextMessage):
                self.text += event.data
                if not event.message_finished:
                    continue
                text, self.text = self.text, ""
                message = json.loads(text)
                assert message["ch"] == "terminal"
                if message["op"] == "opened":
                    self.numbers[message["number"]] = message["id"]
                    self.shown[message["id"]] = b""
                if message["op"] == "data":
                    assert not self.binary
                    self.shown[message["id"]] += base64.b64decode(message["data"], validate=True)
                    return None
                return message

    def told(self, *operations):
        while True:
            message = self.message()
            if message and message["op"] in operations:
                return message

    def say(self, op, name, **more):
        self.socket.say(ch="terminal", op=op, id=name, **more)

    def ask(self, op, name, **more):
        """Asks, and returns the answer."""
        self.say(op, name, ref=7, **more)
        while True:
            message = self.message()
            if message and message.get("ref") == 7:
                return message

    def open(self, name, cols=100, rows=30, **more):
        answer = self.ask("open", name, cols=cols, rows=rows, **more)
        assert answer["op"] == "opened", answer
        return answer

    def type(self, name, text):
        if self.binary:
            number = next(key for key, value in self.numbers.items() if value == name)
            self.socket.send(frame(BINARY, struct.pack("!I", number) + text.encode()))
        else:
            self.say("data", name, data=base64.b64encode(text.encode()).decode())

    def sees(self, name, text):
        """Reads until the terminal has shown the text; what it has shown until then is forgotten."""
        while text.encode() not in self.shown[name]:
            self.message()
        self.shown[name] = b""


@pytest.fixture
def desk(steered, place):  # noqa: F811
    """A server, and agents that say what they are given, or flood their screens."""
    echo = script(place, "echo-agent", "echo ready; exec cat -v\n")
    flood = script(place, "flood-agent", "exec yes flooded\n")
    desk = steered(settings={"agents.echo.command": str(echo), "agents.flood.command": str(flood)})
    desk.begin = lambda agent="echo", **more: started(desk, place, agent, **more)
    desk.clients = lambda: [line for line in desk.tmux("list-clients", "-F", "#{client_pid} #{session_name}")
                            .splitlines() if not line.endswith(" tailcast")]
    return desk


def started(desk, place, agent, **more):
    name = desk.create(project_path=str(place), agent=agent, **more)
    desk.runs(name)
    desk.seen(name, "ready" if agent == "echo" else "flooded")
    return name


def viewers(desk):
    return desk.server.metric("mux_terminals")


@pytest.mark.parametrize("binary", [False, True], ids=["json", "binary"])
def test_a_terminal_is_shown_typed_into_and_resized(desk, binary):
    name = desk.begin()
    with Viewer(desk.server, binary) as viewer:
        assert viewer.socket.accepted.subprotocol == (PROTOCOL if binary else None)
        opened = viewer.open(name)
        assert opened["cols"] == 100 and opened["rows"] == 30 and opened["writable"] and opened["number"] == 1
        viewer.sees(name, "ready")
        viewer.type(name, "hello\r")
        viewer.sees(name, "hello")
        desk.seen(name, "hello")
        # Every key is the program's, tmux's own too.
        viewer.type(name, "\x02d\r")
        desk.seen(name, "^Bd")
        assert viewer.ask("resize", name, cols=77, rows=22) == {
            "ch": "terminal", "op": "resize", "id": name, "ref": 7, "cols": 77, "rows": 22}
        size = "#{window_width} #{window_height}"
        until(lambda: desk.tmux("display-message", "-p", "-t", f"={desk.show(name)['tmux_session_name']}:",
                                size).split() == ["77", "22"], "the pane has another size")
        assert viewer.ask("close", name)["reason"] == "closed"
        until(lambda: viewers(desk) == 0, "its client is gone")
        assert viewer.open(name)["number"] == 2
        viewer.sees(name, "hello")
    assert desk.show(name)["status"] in ("active", "idle")


def test_two_viewers_see_the_same_and_one_that_leaves_takes_nothing_with_it(desk):
    name = desk.begin()
    with Viewer(desk.server) as first, Viewer(desk.server, binary=True) as second:
        for viewer in (first, second):
            viewer.open(name)
            viewer.sees(name, "ready")
        assert viewers(desk) == 2 and len(desk.clients()) == 2
        first.type(name, "from the first\r")
        second.sees(name, "from the first")
        first.socket.socket.close()
        until(lambda: viewers(desk) == 1 and len(desk.clients()) == 1, "one is left")
        second.type(name, "from the second\r")
        second.sees(name, "from the second")
    until(lambda: viewers(desk) == 0 and not desk.clients(), "nobody is left")
    assert desk.show(name)["status"] in ("active", "idle")
    assert not gone(desk.pane(name))


def test_who_watches_neither_types_nor_resizes(desk):
    name = desk.begin()
    with Viewer(desk.server) as typist, Viewer(desk.server) as watcher:
        typist.open(name, cols=90, rows=30)
        typist.sees(name, "ready")
        assert not watcher.open(name, cols=40, rows=10, watch=True)["writable"]
        watcher.sees(name, "ready")
        refused = watcher.ask("data", name, data=base64.b64encode(b"rm\r").decode())
        assert refused["op"] == "error" and refused["code"] == "FORBIDDEN" and refused["id"] == name
        watcher.ask("resize", name, cols=30, rows=10)
        typist.type(name, "typed\r")
        watcher.sees(name, "typed")
        assert "rm" not in desk.screen(name)
        assert desk.tmux("display-message", "-p", "-t", f"={desk.show(name)['tmux_session_name']}:",
                         "#{window_width}").strip() == "90"


def test_members_watch_what_is_shared_and_type_into_what_is_theirs(desk):
    def person(email):
        return Viewer(desk.server, unix=True, headers=[
            ("x-web-user-email", email), ("x-web-user-name", "N"), ("x-web-user-role", "member")])

    hers = desk.begin(human_email="ada@example.org")
    hidden = desk.begin(human_email="ada@example.org")
    assert desk.server.ask("PATCH", f"/api/v1/sessions/{hers}", {"visibility": "shared"}).status == 200
    with person("ada@example.org") as ada, person("bob@example.org") as bob:
        assert ada.open(hers)["writable"]
        ada.sees(hers, "ready")
        assert not bob.open(hers)["writable"]
        bob.sees(hers, "ready")
        assert bob.ask("data", hers, data="eA==")["code"] == "FORBIDDEN"
        assert bob.ask("open", hidden, cols=80, rows=24)["code"] == "SESSION_NOT_FOUND"
        assert ada.open(hidden)["writable"]


REFUSED = {
    "no channel": ({"op": "open", "id": "x", "cols": 80, "rows": 24}, "VALIDATION_ERROR"),
    "another channel": ({"ch": "x", "op": "open", "id": "x", "cols": 80, "rows": 24}, "VALIDATION_ERROR"),
    "no operation": ({"ch": "terminal", "id": "x"}, "VALIDATION_ERROR"),
    "an unknown operation": ({"ch": "terminal", "op": "kill", "id": "x"}, "VALIDATION_ERROR"),
    "no id": ({"ch": "terminal", "op": "close"}, "VALIDATION_ERROR"),
    "an id that is none": ({"ch": "terminal", "op": "open", "id": "a b", "cols": 80, "rows": 24}, "VALIDATION_ERROR"),
    "no size": ({"ch": "terminal", "op": "open", "id": "x"}, "VALIDATION_ERROR"),
    "a size for nobody": ({"ch": "terminal", "op": "open", "id": "x", "cols": 1, "rows": 1}, "VALIDATION_ERROR"),
    "no base64": ({"ch": "terminal", "op": "data", "id": "x", "data": "*"}, "VALIDATION_ERROR"),
    "nothing of this name": ({"ch": "terminal", "op": "open", "id": "x", "cols": 80, "rows": 24}, "SESSION_NOT_FOUND"),
    "data before it is open": ({"ch": "terminal", "op": "data", "id": "x", "data": "eA=="}, "NOT_OPEN"),
    "a close before it is open": ({"ch": "terminal", "op": "close", "id": "x"}, "NOT_OPEN"),
}


def test_what_cannot_be_done_is_answered_and_the_socket_goes_on(desk):
    server = desk.server
    (server.root / "found.jsonl").write_text('{"text":"x"}\n')
    server.listed("found")
    name = desk.begin()
    with Viewer(server) as viewer:
        for what, (message, code) in REFUSED.items():
            viewer.socket.say(ref=what, **message)
            answer = viewer.told("error")
            assert (answer["code"], answer["ref"]) == (code, what) and answer["message"]
        for text in (b"hello", b"[]", b""):
            viewer.socket.send(frame(1, text))
            assert viewer.told("error")["code"] == "INVALID_JSON"
        viewer.socket.send(frame(BINARY, b"\0\0\0\1x"))
        assert viewer.told("error")["code"] == "UNSUPPORTED"
        assert viewer.ask("open", "found", cols=80, rows=24)["code"] == "SESSION_NOT_MANAGED"
        viewer.open(name)
        assert viewer.ask("open", name, cols=80, rows=24)["code"] == "ALREADY_OPEN"
        viewer.sees(name, "ready")
        assert server.ask("DELETE", f"/api/v1/sessions/{name}").status == 204
        ended = viewer.told("exited")
        assert ended["id"] == name and ended["reason"] == "ended"
        assert viewer.ask("open", name, cols=80, rows=24)["code"] == "SESSION_CLOSED"
    with Viewer(server, binary=True) as viewer:
        for message in (b"", b"\0\0\1", b"\0\0\0\1x"):
            viewer.socket.send(frame(BINARY, message))
            assert viewer.told("error")["code"] in ("UNSUPPORTED", "NOT_OPEN")
    with pytest.raises(Refused) as refused:
        WebSocket(server, "/mux", headers=[("origin", "https://elsewhere.example")])
    assert refused.value.status == 403
    assert server.get("/mux").status == 426


def test_terminals_are_limited_for_a_socket_and_in_all(steered, place):  # noqa: F811
    echo = script(place, "echo-agent", "echo ready; exec cat\n")
    desk = steered(settings={"agents.echo.command": str(echo), "mux.max_terminals": "1", "mux.max_clients": "2"})
    names = [started(desk, place, "echo") for _ in range(2)]
    with Viewer(desk.server) as first, Viewer(desk.server) as second, Viewer(desk.server) as third:
        first.open(names[0])
        refused = first.ask("open", names[1], cols=80, rows=24)
        assert refused["code"] == "LIMIT_REACHED" and "mux.max_terminals" in refused["message"]
        second.open(names[1])
        refused = third.ask("open", names[1], cols=80, rows=24)
        assert refused["code"] == "LIMIT_REACHED" and "mux.max_clients" in refused["message"]
        first.ask("close", names[0])
        until(lambda: viewers(desk) == 1, "one is gone")
        third.open(names[1])


def test_one_that_floods_slows_neither_others_nor_streams(desk):
    quiet, loud = desk.begin(), desk.begin("flood")
    server = desk.server
    path = server.root / "watched.jsonl"
    path.write_text('{"text":"first"}\n')
    server.listed("watched")
    with Viewer(server) as viewer, Viewer(server, receive_buffer=4096) as deaf, \
            Events(server, "/api/v1/sessions/watched/stream?view=raw") as stream:
        stream.until("caught_up")
        # One that never reads costs a bounded queue, and tmux is held back.
        deaf.open(loud)
        viewer.open(loud)
        viewer.open(quiet)
        viewer.sees(loud, "flooded")
        viewer.sees(quiet, "ready")
        before = server.resident()
        for round in range(20):
            viewer.type(quiet, f"round {round}\r")
            viewer.sees(quiet, f"round {round}")
            with open(path, "a") as file:
                file.write('{"text":"line %d"}\n' % round)
            assert f"line {round}" in stream.take(1)[0].data
        assert server.resident() - before < 32 << 20
        assert viewer.shown[loud], "it was shown all the time"


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_nothing_is_left_of_a_server_that_ends(desk, how):
    name = desk.begin()
    viewer = Viewer(desk.server)
    viewer.open(name)
    viewer.sees(name, "ready")
    (client,) = desk.clients()
    agent = desk.pane(name)
    if how == "kill":
        desk.server.kill()
    else:
        desk.server.signal(signal.SIGTERM)
        assert viewer.socket.closing() == 1001
        desk.server.stop()
    viewer.socket.socket.close()
    until(lambda: not desk.clients() and gone(int(client.split()[0])), "its clients are gone")
    assert not gone(agent)
    desk.server.start()
    desk.runs(name)
    with Viewer(desk.server) as viewer:
        viewer.open(name)
        viewer.sees(name, "ready")
