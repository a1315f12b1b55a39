"""Streams over plain HTTP: several sessions on one of them, the aliases, HTTP/1.0, and what their heads say."""
import random
import signal

import pytest
from support.peer import Events, Line, dialogue, running, stamp, write
from support.waiting import until

NAMES = ["ada", "bob", "cyd"]


@pytest.fixture(scope="module")
def server():
    with running(agent="claude") as server:
        for number, name in enumerate(NAMES):
            write(server.root / f"{name}.jsonl", dialogue(name, 5 + number))
            server.listed(name)
        yield server


def target(*names, query=""):
    return "/api/v1/stream?" + "&".join(f"session={name}" for name in names) + query


def positions(id):
    return dict(pair.split(":") for pair in id.split(","))


def of(events, name):
    return [event for event in events if event.json().get("session_id") == name]


def all_caught_up(*names):
    waiting = set(names)

    def is_last(event):
        if event.name == "caught_up":
            waiting.discard(event.json()["session_id"])
        return not waiting

    return is_last


def single(server, name, after=None):
    """What a stream of one session shows: (event, cursor, data)."""
    headers = {"last-event-id": after} if after else {}
    with Events(server, f"/api/v1/sessions/{name}/stream", headers) as stream:
        return [(event.name, event.id, event.json()) for event in stream.until("caught_up")
                if event.name not in ("hello", "status")]


def shown(events, name):
    """The same of one session's events on a shared stream."""
    result = []
    for event in of(events, name):
        if event.name in ("hello", "status"):
            continue
        data = event.json()
        assert data.pop("session_id") == name
        result.append((event.name, positions(event.id).get(name) if event.id else None, data))
    return result


def test_ids_are_pairs_and_every_session_is_whole(server):
    with Events(server, target(*NAMES)) as stream:
        events = stream.until(all_caught_up(*NAMES))
    for name in NAMES:
        assert shown(events, name) == single(server, name)
        assert [event.name for event in of(events, name)][0] == "hello"
    for before, event in zip(events, events[1:]):
        if event.id and before.id:
            old, new = positions(before.id), positions(event.id)
            assert set(new) == set(NAMES)
            changed = [name for name in NAMES if old.get(name) != new.get(name)]
            assert changed in ([], [event.json()["session_id"]]), "an event moves its own session only"


def test_a_shared_stream_resumes_after_every_id(server):
    with Events(server, target(*NAMES)) as stream:
        events = stream.until(all_caught_up(*NAMES))
    for number, event in enumerate(events[:-1]):
        if not event.id:
            continue
        with Events(server, target(*NAMES), {"last-event-id": event.id}) as stream:
            rest = stream.until(all_caught_up(*NAMES))
        for name in NAMES:
            at = positions(event.id)[name]
            assert shown(rest, name) == single(server, name, at or None), (number, name)
            assert not [e for e in rest if e.name == "reset"]
        with Events(server, target(*NAMES, query=f"&after={event.id}")) as stream:
            again = stream.until(all_caught_up(*NAMES))
        for name in NAMES:
            assert shown(again, name) == shown(rest, name)


def test_a_shared_stream_resumes_live_at_random_places(server, seed):
    choice = random.Random(seed)
    names = ["live1", "live2", "live3", "live4"]
    written = {name: 1 for name in names}
    for name in names:
        write(server.root / f"{name}.jsonl", dialogue(name, 1))
    for name in names:
        server.listed(name)
    got, last = {name: [] for name in names}, None
    for _ in range(40):
        for _ in range(choice.randrange(4)):
            name, more = choice.choice(names), choice.randrange(1, 4)
            write(server.root / f"{name}.jsonl", dialogue(name, more, written[name]))
            written[name] += more
        with Events(server, target(*names), {"last-event-id": last} if last else {}) as stream:
            for event in some(stream, choice.randrange(1, 20), got, written):
                assert event.name != "reset"
                if event.name == "message":
                    got[event.json()["session_id"]].append(event.json()["uuid"])
                last = event.id or last
    with Events(server, target(*names), {"last-event-id": last}) as stream:
        for event in stream:
            if event.name == "message":
                got[event.json()["session_id"]].append(event.json()["uuid"])
            if {name: len(uuids) for name, uuids in got.items()} == written:
                break
    for name in names:
        assert got[name] == [record["uuid"] for record in dialogue(name, written[name])]


def some(stream, count, got, written):
    """So many events, fewer when all that was written has come."""
    for _ in range(count):
        yield next(stream)
        if {name: len(uuids) for name, uuids in got.items()} == written:
            return


def test_a_position_of_one_session_leaves_the_others_at_the_start(server):
    at = single(server, "ada")[2][1]
    with Events(server, target("ada", "bob"), {"last-event-id": f"ada:{at}"}) as stream:
        events = stream.until(all_caught_up("ada", "bob"))
    assert shown(events, "ada") == single(server, "ada", at)
    assert shown(events, "bob") == single(server, "bob")
    with Events(server, target("ada", "bob"), {"last-event-id": f"ada:{at},bob:"}) as stream:
        assert shown(stream.until(all_caught_up("ada", "bob")), "bob") == single(server, "bob")


def test_a_foreign_position_resets_its_own_session_only(server):
    at = single(server, "bob")[-1][1]
    with Events(server, target("ada", "bob", query=f"&after=ada:00000000-7,bob:{at}")) as stream:
        events = stream.until(all_caught_up("ada", "bob"))
    assert [event.json()["session_id"] for event in events if event.name == "reset"] == ["ada"]
    assert shown(events, "ada")[1:] == single(server, "ada")
    assert shown(events, "bob") == single(server, "bob", at)


def test_one_session_twice_is_once(server):
    with Events(server, target("ada", "bob", "ada")) as stream:
        events = stream.until(all_caught_up("ada", "bob"))
    assert shown(events, "ada") == single(server, "ada")


def test_a_shared_stream_begins_where_it_is_told(server):
    with Events(server, target(*NAMES, query="&tail=1&view=raw")) as stream:
        events = stream.until(all_caught_up(*NAMES))
    for number, name in enumerate(NAMES):
        assert [data["uuid"] for kind, _, data in shown_raw(events, name)] == [dialogue(name, 5 + number)[-1]["uuid"]]
    with Events(server, target(*NAMES, query=f"&since_timestamp={stamp(4)}")) as stream:
        events = stream.until(all_caught_up(*NAMES))
    for number, name in enumerate(NAMES):
        uuids = [data["uuid"] for kind, _, data in shown(events, name) if kind == "message"]
        assert uuids == [record["uuid"] for record in dialogue(name, 5 + number)[4:]]


def shown_raw(events, name):
    return [(event.name, event.id, event.json()) for event in of(events, name) if event.name == "message"]


@pytest.mark.parametrize("query, status, code", [
    ("", 400, "VALIDATION_ERROR"),
    ("?session=", 400, "VALIDATION_ERROR"),
    ("?session=ada&session=nobody", 404, "SESSION_NOT_FOUND"),
    ("?session=ada&session=a%20b", 400, "VALIDATION_ERROR"),
    ("?session=ada&after=garbage", 400, "INVALID_CURSOR"),
    ("?session=ada&after=ada", 400, "INVALID_CURSOR"),
    ("?session=ada&after=ada:garbage", 400, "INVALID_CURSOR"),
    ("?session=ada&after=ada:00000000-1,ada:00000000-1", 400, "INVALID_CURSOR"),
    ("?session=ada&view=ui", 400, "VALIDATION_ERROR"),
    ("?" + "&".join(f"session=s{number}" for number in range(65)), 400, "VALIDATION_ERROR"),
])
def test_what_is_wrong_with_a_shared_stream_is_said_before_it_begins(server, query, status, code):
    answer = server.get(f"/api/v1/stream{query}")
    assert (answer.status, answer.code) == (status, code)


def test_the_head_of_a_stream(server):
    with Events(server, "/api/v1/sessions/ada/stream") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-cache, no-transform"
        assert stream.headers["x-accel-buffering"] == "no"
        hello = next(stream)
        assert stream.retry == 2000
        data = hello.json()
        assert data["session_id"] == "ada" and data["cursor"] == hello.id and hello.id.endswith("-0")
        assert data["epoch"] == hello.id[:8] and data["status"] and data["server"].startswith("tailcast/")


def test_every_mount_streams_the_same(server):
    streams = []
    for path in ("/sessions/ada/stream", "/api/sessions/ada/stream", "/api/v1/sessions/ada/stream"):
        with Events(server, path) as stream:
            streams.append([(e.name, e.id, e.data) for e in stream.until("caught_up") if e.name != "hello"])
    assert streams[0] == streams[1] == streams[2]
    chats = []
    for method, path, body in (("GET", "/api/chat/stream?session_id=ada", None),
                               ("POST", "/api/chat/stream", {"session_id": "ada"}),
                               ("POST", "/api/chat/stream", {"sessionId": "ada", "messages": []}),
                               ("POST", "/api/chat", {"sessionId": "ada"}),
                               ("GET", "/api/v1/sessions/ada/stream?view=ui", None)):
        with Events(server, path, method=method, body=body) as stream:
            assert stream.headers["x-vercel-ai-ui-message-stream"] == "v1"
            chats.append([(e.id, e.data) for e in stream.until(
                lambda event: event.json()["type"] == "data-session-status")][:-1])
    assert all(chat == chats[0] for chat in chats)


def test_a_stream_over_http_1_0_ends_with_its_connection(server):
    with Line(server) as line:
        line.send(b"GET /api/v1/sessions/ada/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"event: caught_up" not in received:
            data = line.receive()
            assert data
            received += data
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower() and b"connection: close" in head.lower()
    assert body.startswith(b"retry: 2000\n") and b"\r" not in body


def test_streams_say_goodbye_when_the_server_goes(new_server):
    server = new_server(agent="claude", settings={"shutdown.grace": "2s"}).start()
    write(server.root / "one.jsonl", dialogue("one", 4))
    server.listed("one")
    with Events(server, "/api/v1/sessions/one/stream") as events, \
            Events(server, "/api/v1/sessions/one/stream?view=ui") as chat, Events(server, "/events") as changes, \
            Events(server, target("one")) as shared:
        events.until("caught_up")
        chat.until(lambda event: event.json()["type"] == "data-session-status")
        next(changes)
        shared.until("caught_up")
        server.signal(signal.SIGTERM)
        for stream in (events, changes, shared):
            rest = list(stream)
            assert rest[-1].name == "bye" and rest[-1].json()["reason"] == "draining"
            assert stream.retry == rest[-1].json()["retry_ms"]
        rest = list(chat)
        assert rest[-1].data == "[DONE]" and rest[-2].json()["type"] == "finish"
    assert server.process.wait(30) == 0


def test_old_streams_are_rotated_and_resume(new_server):
    server = new_server(agent="claude", settings={"streams.max_age": "1s", "streams.heartbeat": "200ms"}).start()
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 1))
    server.listed("one")
    got, last, byes = [], None, 0
    while byes < 3:
        with Events(server, "/api/v1/sessions/one/stream", {"last-event-id": last} if last else {}) as stream:
            for event in stream:
                last = event.id or last
                if event.name == "message":
                    got.append(event.json()["uuid"])
                    write(path, dialogue("one", 1, len(got)))
                byes += event.name == "bye"
                if event.name == "bye":
                    assert event.json()["reason"] == "rotated"
    assert got == [record["uuid"] for record in dialogue("one", len(got))]


def test_silence_is_filled_with_comments(new_server):
    server = new_server(agent="claude", settings={"streams.heartbeat": "100ms"}).start()
    write(server.root / "one.jsonl", dialogue("one", 1))
    server.listed("one")
    with Line(server) as line:
        line.send(b"GET /api/v1/sessions/one/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        received = b""
        while received.count(b"\n:\n") < 3:
            received += line.receive()


def test_closed_streams_leave_nothing(server):
    streams = [Events(server, path) for path in (target(*NAMES), "/events", "/api/v1/sessions/ada/stream") * 5]
    until(lambda: server.metric("subscriptions") == 20, "they are counted")
    for stream in streams:
        stream.close()
    until(lambda: server.metric("subscriptions") == 0 and server.health()["streams"]["sse"] == 0, "none is left")
