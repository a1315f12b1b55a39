"""What is said over a WebSocket: operations and their answers, topics, the same ids as over SSE."""
import random
import socket as sockets
import struct

import pytest
from support.frames import TEXT, WebSocket, frame
from support.peer import START_MS, Events, dialogue, running, stamp, write
from support.waiting import until


@pytest.fixture(scope="module")
def server():
    with running(agent="claude") as server:
        for name, count in (("one", 12), ("two", 7), ("three", 4)):
            write(server.root / f"{name}.jsonl", dialogue(name, count))
            server.listed(name)
        yield server


def over_sse(server, session, query=""):
    """(event, id, data) of all frames up to the end of history, those of the stream itself aside."""
    with Events(server, f"/api/v1/sessions/{session}/stream{query}") as stream:
        return [(event.name, event.id, event.json()) for event in stream.until("caught_up")
                if event.name not in ("hello", "status")]


def is_caught_up(session):
    return lambda message: message.get("topic") == f"transcript:{session}" and message["event"] == "caught_up"


def frames(messages, session):
    return [(message["event"], message.get("id"), message["data"]) for message in messages
            if message.get("topic") == f"transcript:{session}" and message["event"] not in ("hello", "status")]


# --- operations -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ref", [7, "seven", 0, -1, 1.5, True, None, [1, {"a": 2}], {"deep": ["x"]}, "\u2028😀\\\""])
def test_an_answer_carries_the_reference_as_it_was_sent(server, ref):
    with WebSocket(server) as socket:
        socket.say(op="ping", ref=ref)
        answer = socket.message()
        assert answer["op"] == "ack" and answer.get("ref") == ref


def test_an_operation_without_a_reference_is_answered_without_one(server):
    with WebSocket(server) as socket:
        socket.say(op="ping")
        assert socket.message() == {"op": "ack"}


NONSENSE = {
    "no JSON": b"hello", "cut": b'{"op":"ping"', "two values": b'{"op":"ping"}{"op":"ping"}', "array": b"[]",
    "text": b'"ping"', "number": b"1", "null": b"null", "empty": b"", "blank": b" \n", "comment": b'{/**/"op":"ping"}',
    "single quotes": b"{'op':'ping'}", "comma at the end": b'{"op":"ping",}', "NaN": b'{"op":NaN}',
    "control character": b'{"op":"pi\x01ng"}', "lone surrogate": b'{"op":"ping","ref":"\\ud800"}',
    "deep": b"[" * 100_000, "deep object": b'{"a":' * 50_000,
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_is_no_json_object_is_an_error_and_no_end(server, name):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, NONSENSE[name]))
        answer = socket.message()
        if name != "lone surrogate":  # valid by RFC 8259 section 8.2, if not by everybody's parser
            assert answer["op"] == "error" and answer["code"] == "INVALID_JSON"
        assert socket.ask(op="ping")["op"] == "ack"


@pytest.mark.parametrize("members, code", [
    ({}, "VALIDATION_ERROR"),
    ({"op": 7}, "VALIDATION_ERROR"),
    ({"op": None}, "VALIDATION_ERROR"),
    ({"op": "explode"}, "UNKNOWN_OP"),
    ({"op": "x" * 100_000}, "UNKNOWN_OP"),
    ({"op": "subscribe"}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": []}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": "sessions"}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["sessions", 7]}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["weather"]}, "UNKNOWN_TOPIC"),
    ({"op": "subscribe", "topics": ["sessions", "weather"]}, "UNKNOWN_TOPIC"),
    ({"op": "subscribe", "topics": ["transcript:nobody"]}, "SESSION_NOT_FOUND"),
    ({"op": "subscribe", "topics": ["transcript:../../etc/passwd"]}, "SESSION_NOT_FOUND"),
    ({"op": "subscribe", "topics": ["transcript:"]}, "SESSION_NOT_FOUND"),
    ({"op": "subscribe", "topics": ["transcript:one"], "after": "garbage"}, "INVALID_CURSOR"),
    ({"op": "subscribe", "topics": ["transcript:one"], "after": 7}, "INVALID_CURSOR"),
    ({"op": "subscribe", "topics": ["transcript:one"], "since_timestamp": "yesterday"}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["transcript:one"], "since_timestamp": {}}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["transcript:one"], "view": "smell"}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["transcript:one"], "include": "smell"}, "VALIDATION_ERROR"),
    ({"op": "subscribe", "topics": ["sessions"], "after": "garbage"}, "INVALID_CURSOR"),
    ({"op": "subscribe", "topics": ["sessions"], "after": 7}, "INVALID_CURSOR"),
    ({"op": "unsubscribe"}, "VALIDATION_ERROR"),
    ({"op": "unsubscribe", "topics": "one"}, "VALIDATION_ERROR"),
    ({"op": "send", "session_id": "one"}, "VALIDATION_ERROR"),
    ({"op": "send", "session_id": "nobody", "text": "hi"}, "SESSION_NOT_FOUND"),
    ({"op": "send", "text": "hi"}, "VALIDATION_ERROR"),
    ({"op": "interrupt", "session_id": "one"}, "SESSION_NOT_MANAGED"),
    ({"op": "answer", "session_id": "one"}, "VALIDATION_ERROR"),
])
def test_a_wrong_operation_is_an_error_with_its_reference_and_no_end(server, members, code):
    with WebSocket(server) as socket:
        socket.say(**members, ref="r")
        answer = socket.message()
        assert (answer["op"], answer["ref"], answer["code"]) == ("error", "r", code)
        assert answer["message"] and len(answer["message"]) < 1000
        assert socket.ask(op="ping")["op"] == "ack", "and nothing was subscribed"
        assert socket.early == []


# --- transcripts ----------------------------------------------------------------------------------------------------
def test_a_transcript_topic_carries_what_sse_carries(server):
    expected = over_sse(server, "one")
    with WebSocket(server) as socket:
        assert socket.ask(op="subscribe", topics=["transcript:one"]) == {"op": "ack", "ref": "ask"}
        messages = socket.until(is_caught_up("one"))
        assert messages[0]["event"] == "hello" and messages[0]["data"]["session_id"] == "one"
        assert messages[0]["id"] == messages[0]["data"]["cursor"]
        assert all(message["op"] == "event" for message in messages)
        assert frames(messages, "one") == expected


@pytest.mark.parametrize("view", ["raw", "ui", "events"])
def test_a_view_can_be_chosen(server, view):
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["transcript:one"], view=view, include="text")
        if view == "ui":
            messages = socket.until(lambda message: message["data"].get("type") == "data-session-status")
            assert messages[0]["data"]["type"] == "start"
        else:
            messages = socket.until(is_caught_up("one"))
            assert len([m for m in messages if m["event"] == "message"]) == 12


def test_a_topic_goes_on_live(server):
    path = server.root / "live.jsonl"
    write(path, dialogue("live", 2))
    server.listed("live")
    with WebSocket(server) as socket, Events(server, "/api/v1/sessions/live/stream") as stream:
        socket.ask(op="subscribe", topics=["transcript:live"])
        got = frames(socket.until(is_caught_up("live")), "live")
        sent = [(e.name, e.id, e.json()) for e in stream.until("caught_up") if e.name not in ("hello", "status")]
        for start in range(2, 40, 2):
            write(path, dialogue("live", 2, start))
            last = dialogue("live", 2, start)[-1]["uuid"]
            got += frames(socket.until(lambda m: m.get("data", {}).get("uuid") == last), "live")
            sent += [(e.name, e.id, e.json())
                     for e in stream.until(lambda e: e.json().get("uuid") == last) if e.name != "status"]
        assert [item for item in got if item[0] == "message"] == [item for item in sent if item[0] == "message"]
        assert len([item for item in got if item[0] == "message"]) == 40


def test_a_topic_resumes_after_every_id(server):
    expected = over_sse(server, "one")
    assert expected[-1][0] == "caught_up" and all(id for _, id, _ in expected)
    for number, (_, id, _) in enumerate(expected[:-1]):
        with WebSocket(server) as socket:
            socket.ask(op="subscribe", topics=["transcript:one"], after=id)
            assert frames(socket.until(is_caught_up("one")), "one") == expected[number + 1:]


@pytest.mark.parametrize("form", ["text", "milliseconds"])
def test_a_topic_begins_at_a_time(server, form):
    for number in range(12):
        since = stamp(number) if form == "text" else START_MS + number * 1000
        with WebSocket(server) as socket:
            socket.ask(op="subscribe", topics=["transcript:one"], since_timestamp=since)
            messages = [data["uuid"] for name, _, data in frames(socket.until(is_caught_up("one")), "one")
                        if name == "message"]
        assert messages == [record["uuid"] for record in dialogue("one", 12)[number:]]


def test_a_cursor_of_another_epoch_is_a_reset(server):
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["transcript:two"], after="00000000-5")
        got = frames(socket.until(is_caught_up("two")), "two")
        assert got[0][0] == "reset" and got[0][2]["requested"] == "00000000-5"
        assert got[0][2]["reason"] == "unknown_epoch"
        assert got[1:] == over_sse(server, "two")


def test_subscribing_twice_is_subscribing_once(server):
    with WebSocket(server) as socket:
        seen = []
        for _ in range(3):
            assert socket.ask(op="subscribe", topics=["transcript:one", "transcript:one", "sessions"])["op"] == "ack"
            seen += socket.early
        until(lambda: server.metric("subscriptions") == 1, "there is one subscription")
        if not any(is_caught_up("one")(message) for message in seen):
            seen += socket.until(is_caught_up("one"))
        # Were there another one, its history would come before this answer.
        socket.ask(op="ping")
        got = frames(seen + socket.early, "one")
        assert got == over_sse(server, "one")


def test_a_socket_gets_what_it_subscribed_to_and_nothing_else(server):
    path = server.root / "filter.jsonl"
    write(path, dialogue("filter", 2))
    server.listed("filter")
    with WebSocket(server) as narrow, WebSocket(server) as silent, WebSocket(server) as wide:
        narrow.ask(op="subscribe", topics=["transcript:two"])
        narrow.until(is_caught_up("two"))
        wide.ask(op="subscribe", topics=["transcript:filter", "sessions", "transcript"])
        wide.until(is_caught_up("filter"))
        write(path, dialogue("filter", 2, 2))
        write(server.root / "fresh.jsonl", dialogue("fresh", 2))
        kinds = set()
        while not {"message", "transcript.appended", "session.created"} <= kinds:
            message = wide.message()
            kinds.add(message.get("event") or message.get("type"))
            if "type" in message:
                assert message["topic"] in ("sessions", "transcript") and message["id"]
        narrow.ask(op="ping")
        assert [m for m in narrow.early if m.get("event") != "status"] == []
        silent.ask(op="ping")
        assert silent.early == []


def test_unsubscribing_ends_a_topic_and_leaves_the_others(server):
    paths = [server.root / f"pair{number}.jsonl" for number in (1, 2)]
    for number, path in enumerate(paths, 1):
        write(path, dialogue(f"pair{number}", 2))
        server.listed(f"pair{number}")
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["transcript:pair1", "transcript:pair2"])
        waiting = {"pair1", "pair2"}
        while waiting:
            message = socket.message()
            if message.get("event") == "caught_up":
                waiting.discard(message["topic"].partition(":")[2])
        assert socket.ask(op="unsubscribe", topics=["transcript:pair1", "transcript:unknown"])["op"] == "ack"
        for number, path in enumerate(paths, 1):
            write(path, dialogue(f"pair{number}", 2, 2))
        seen = socket.until(lambda m: m.get("data", {}).get("uuid") == "pair2-a3")
        assert not [m for m in seen if m.get("topic") == "transcript:pair1"]
        # What was missed comes when it is asked for again.
        socket.ask(op="subscribe", topics=["transcript:pair1"])
        again = socket.until(is_caught_up("pair1"))
        assert len([m for m in again if m["event"] == "message" and m["topic"] == "transcript:pair1"]) == 4


def test_a_socket_has_at_most_256_topics(server):
    with WebSocket(server) as socket:
        channels = [f"channel:c{number}" for number in range(256)]
        assert socket.ask(op="subscribe", topics=channels + ["channel:over"])["code"] == "TOO_MANY_TOPICS"
        assert socket.ask(op="subscribe", topics=channels)["op"] == "ack"
        answer = socket.ask(op="subscribe", topics=["sessions"])
        assert answer["code"] == "TOO_MANY_TOPICS" and "256" in answer["message"]
        assert socket.ask(op="subscribe", topics=channels[:3])["op"] == "ack", "those it has are none more"
        assert socket.ask(op="unsubscribe", topics=channels[:1])["op"] == "ack"
        assert socket.ask(op="subscribe", topics=["sessions"])["op"] == "ack"


def test_many_topics_of_one_socket_are_each_in_order(server, seed):
    choice = random.Random(seed)
    names = [f"many{number}" for number in range(12)]
    for name in names:
        write(server.root / f"{name}.jsonl", dialogue(name, 3))
    for name in names:
        server.listed(name)
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=[f"transcript:{name}" for name in names])
        seen, written = list(socket.early), {name: 3 for name in names}
        for _ in range(60):
            name, more = choice.choice(names), choice.randrange(1, 5)
            write(server.root / f"{name}.jsonl", dialogue(name, more, written[name]))
            written[name] += more
        got = {name: [] for name in names}
        while {name: len(uuids) for name, uuids in got.items()} != written:
            message = seen.pop(0) if seen else socket.message()
            if message.get("event") == "message":
                got[message["topic"].partition(":")[2]].append(message["data"]["uuid"])
        for name in names:
            assert got[name] == [record["uuid"] for record in dialogue(name, written[name])]


# --- changes --------------------------------------------------------------------------------------------------------
def test_changes_resume_by_id(server):
    path = server.root / "changing.jsonl"
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["sessions", "transcript"])
        write(path, dialogue("changing", 2))
        first = socket.until(lambda m: m.get("type") == "session.created")[-1]
        write(path, dialogue("changing", 2, 2))
        path.unlink()
        rest = [m for m in socket.until(lambda m: m.get("type") == "session.closed")]
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["sessions", "transcript"], after=first["id"])
        assert socket.until(lambda m: m.get("type") == "session.closed") == rest
        late = socket.ask(op="subscribe", topics=["memory"], after=first["id"])
        assert late["code"] == "VALIDATION_ERROR", "what it missed cannot be sent any more"


@pytest.mark.parametrize("after, reason", [("00000000-1", "unknown_epoch"), ("{epoch}-999999", "not_a_boundary")])
def test_changes_that_cannot_be_resumed_are_a_reset(server, after, reason):
    epoch = None
    with Events(server, "/events") as stream:
        epoch = next(stream).id.partition("-")[0]
    after = after.format(epoch=epoch)
    with WebSocket(server) as socket:
        socket.ask(op="subscribe", topics=["sessions"], after=after)
        told = (socket.early + [socket.message()])[0]
        assert told["event"] == "reset" and told["data"]["requested"] == after
        assert told["data"]["reason"] == reason
        assert told["id"] == told["data"]["cursor"] and told["id"].startswith(epoch)


# --- slow and gone --------------------------------------------------------------------------------------------------
def test_a_slow_socket_misses_nothing_and_holds_nobody(new_server):
    server = new_server(agent="claude", settings={"streams.ring_bytes": "64KiB", "streams.page_bytes": "16KiB"}).start()
    path = server.root / "slow.jsonl"
    text = "x" * 2000
    records = [{**record, "message": {**record["message"], "content": text}} if record["type"] == "user" else record
               for record in dialogue("slow", 4000)]
    write(path, records[:10])
    server.listed("slow")
    with WebSocket(server, receive_buffer=4096) as slow, WebSocket(server) as quick:
        for socket in (slow, quick):
            socket.ask(op="subscribe", topics=["transcript:slow", "transcript"])
            socket.until(is_caught_up("slow"))
        written = 10
        while written < len(records):
            write(path, records[written:written + 250])
            written += 250
            last = records[min(written, len(records)) - 1]["uuid"]
            quick.until(lambda m: m.get("data", {}).get("uuid") == last)
        until(lambda: server.metric("lagged_total") >= 1, "the slow one is served from the file")
        got = []
        while not got or got[-1] != records[-1]["uuid"]:
            message = slow.message()
            if message.get("event") == "message":
                got.append(message["data"]["uuid"])
        assert got == [record["uuid"] for record in records[10:]]
        assert slow.ask(op="ping")["op"] == "ack"


def test_a_socket_that_takes_nothing_is_closed_and_counted(new_server):
    server = new_server(agent="claude", settings={"streams.stall_timeout": "300ms", "ws.ping": "200ms"}).start()
    records = [{**record, "message": {**record["message"], "content": "y" * 20_000}}
               for record in dialogue("big", 1200) if record["type"] == "user"]
    write(server.root / "big.jsonl", records)
    server.listed("big")
    with WebSocket(server, receive_buffer=4096) as socket:
        socket.say(op="subscribe", topics=["transcript:big"])
        until(lambda: b'reason="stalled"} 1\n' in server.get("/metrics").body, "it is closed")
    until(lambda: server.metric("subscriptions") == 0, "its subscription goes with it")


@pytest.mark.parametrize("way", ["close", "reset", "breach"])
def test_subscriptions_go_with_their_socket(server, way):
    clients = [WebSocket(server) for _ in range(5)]
    for client in clients:
        client.ask(op="subscribe", topics=["transcript:one", "transcript:two", "sessions", "transcript"])
    until(lambda: server.metric("subscriptions") == 10, "they are counted")
    for client in clients:
        if way == "breach":
            client.send(frame(TEXT, b"x", masked=False))
        elif way == "reset":
            client.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
        if way != "breach":
            client.socket.close()
    until(lambda: server.metric("subscriptions") == 0, "none is left")
    until(lambda: server.health()["streams"]["ws"] == 0, "no socket is left")
    until(lambda: server.metric("logs") == 0, "no log is kept for nobody")


# --- TeleClaude's clients -------------------------------------------------------------------------------------------
def test_teleclaude_clients_get_their_lists_and_names(new_server):
    server = new_server(agent="claude").start()
    write(server.root / "old.jsonl", dialogue("old", 3))
    server.listed("old")
    with WebSocket(server, path="/ws") as socket:
        socket.say(subscribe={"computer": "local", "types": ["sessions", "projects"]})
        initial = {}
        while len(initial) < 2:
            message = socket.message()
            initial[message["event"]] = message["data"]
        listed = initial["sessions_initial"]["sessions"]
        assert [session["session_id"] for session in listed] == ["old"]
        assert listed == server.get("/sessions").json()
        assert initial["projects_initial"]["projects"] == []

        path = server.root / "new.jsonl"
        write(path, dialogue("new", 2))
        started = socket.until(lambda m: m.get("event") == "session_started")[-1]
        assert started["data"]["session_id"] == "new"
        assert set(started["data"]) == set(listed[0])
        write(path, dialogue("new", 3, 2))
        path.unlink()
        closed = socket.until(lambda m: m.get("event") == "session_closed")
        assert closed[-1]["data"]["session_id"] == "new"
        assert {m["event"] for m in closed} <= {"session_updated", "session_closed", "agent_activity"}

        socket.say(refresh=True)
        again = socket.until(lambda m: m.get("event") == "sessions_initial")[-1]
        assert [session["session_id"] for session in again["data"]["sessions"]] == ["old"]

        socket.say(unsubscribe={"computer": "local", "types": ["sessions"]})
        write(server.root / "unseen.jsonl", dialogue("unseen", 2))
        server.listed("unseen")
        socket.ask(op="ping")
        assert not [m for m in socket.early if m.get("data", {}).get("session_id") == "unseen"]


def test_a_socket_is_answered_in_the_protocol_that_it_speaks_whatever_its_path(new_server):
    server = new_server(agent="claude").start()
    with WebSocket(server, path="/ws") as own, WebSocket(server, path="/api/v1/ws") as other:
        assert own.ask(op="subscribe", topics=["sessions"])["op"] == "ack"
        other.say(subscribe="sessions")
        other.until(lambda m: m.get("event") == "sessions_initial")
        write(server.root / "new.jsonl", dialogue("new", 2))
        told = own.until(lambda m: m.get("op") == "event" and m.get("type") == "session.created")
        assert told[-1]["session_id"] == "new" and told[-1]["id"] and not [m for m in told if "event" in m]
        told = other.until(lambda m: m.get("event") == "session_started")
        assert told[-1]["data"]["session_id"] == "new" and not [m for m in told if m.get("op") == "event"]


def test_the_short_form_of_teleclaude_subscribes_too(server):
    with WebSocket(server, path="/api/execute") as socket:
        socket.say(subscribe="sessions")
        first = socket.message()
        assert first["event"] == "sessions_initial"
        assert {session["session_id"] for session in first["data"]["sessions"]} >= {"one", "two", "three"}
