"""The opening of a WebSocket: who gets in, who does not, and what three clients of other makers make of it."""
import asyncio
import json

import aiohttp
import pytest
import websockets
from support.frames import Refused, WebSocket
from support.peer import Line, dialogue, running, write
from support.waiting import run, until
from websockets.sync.client import connect

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PATHS = ["/ws", "/api/v1/ws", "/api/execute"]


@pytest.fixture(scope="module")
def server():
    with running(agent="claude") as server:
        write(server.root / "one.jsonl", dialogue("one", 6))
        server.listed("one")
        yield server


@pytest.fixture(scope="module")
def locked():
    with running(auth="key", settings={"rate.bad_keys": 1000}) as server:
        yield server


def handshake(line, fields=None, path="/api/v1/ws", method="GET", version="HTTP/1.1"):
    """An opening request with some fields changed (None takes one away); the response."""
    all_fields = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
                  "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY, **(fields or {})}
    text = "".join(f"{name}: {value}\r\n" for name, value in all_fields.items() if value is not None)
    line.send(f"{method} {path} {version}\r\n{text}\r\n".encode())
    return line.response()


@pytest.mark.parametrize("fields, status, code", [
    ({"Upgrade": None}, 426, "UPGRADE_REQUIRED"),
    ({"Upgrade": "h2c"}, 426, "UPGRADE_REQUIRED"),
    ({"Connection": None}, 426, "UPGRADE_REQUIRED"),
    ({"Connection": "keep-alive"}, 426, "UPGRADE_REQUIRED"),
    ({"Sec-WebSocket-Version": None}, 426, "UPGRADE_REQUIRED"),
    ({"Sec-WebSocket-Version": "8"}, 426, "UPGRADE_REQUIRED"),
    ({"Sec-WebSocket-Key": None}, 400, "VALIDATION_ERROR"),
    ({"Sec-WebSocket-Key": ""}, 400, "VALIDATION_ERROR"),
    ({"Sec-WebSocket-Key": "c2hvcnQ="}, 400, "VALIDATION_ERROR"),
    ({"Sec-WebSocket-Key": "dGhpcyBpcyBtb3JlIHRoYW4gMTYgYnl0ZXM="}, 400, "VALIDATION_ERROR"),
    ({"Sec-WebSocket-Key": "*" * 24}, 400, "VALIDATION_ERROR"),
    ({"Origin": "https://evil.example"}, 403, "ORIGIN_NOT_ALLOWED"),
    ({"Origin": "null"}, 403, "ORIGIN_NOT_ALLOWED"),
    ({"Host": "evil.example"}, 421, "HOST_NOT_ALLOWED"),
])
def test_a_bad_opening_is_answered_as_http_and_the_connection_goes_on(server, fields, status, code):
    with Line(server) as line:
        answer = handshake(line, fields)
        assert (answer.status, answer.code) == (status, code)
        if status == 426:
            assert "websocket" in answer.headers["upgrade"].lower()
        if "Sec-WebSocket-Version" in fields:
            assert answer.headers["sec-websocket-version"] == "13"
        line.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert line.response().status == 200


def test_an_opening_is_a_get_of_http_1_1(server):
    with Line(server) as line:
        answer = handshake(line, method="POST")
        assert answer.status == 405 and answer.headers["allow"] == "GET"
    with Line(server) as line:
        assert handshake(line, {"Connection": "Upgrade, keep-alive"}, version="HTTP/1.0").status == 426


@pytest.mark.parametrize("fields", [
    {"Upgrade": "WebSocket"}, {"Connection": "keep-alive, Upgrade"}, {"Connection": "upgrade"},
    {"Upgrade": "foo, websocket"}])
def test_the_words_of_the_opening_have_no_case_and_may_stand_in_lists(server, fields):
    with WebSocket(server, headers=[]) as plain:
        assert plain.ask(op="ping")["op"] == "ack"
    with Line(server) as line:
        line.send("".join([
            "GET /ws HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in {
                "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": KEY, **fields}.items()), "\r\n"]).encode())
        assert line.receive().startswith(b"HTTP/1.1 101 ")


def test_no_extension_and_no_subprotocol_is_agreed_on(server):
    with WebSocket(server, headers=[("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")],
                   subprotocols=["chat", "superchat"]) as socket:
        assert socket.accepted.subprotocol is None and not socket.accepted.extensions


# --- access ---------------------------------------------------------------------------------------------------------
def test_a_key_opens_a_socket(locked):
    for headers in ([("x-api-key", locked.key())], [("authorization", f"Bearer {locked.key()}")]):
        with WebSocket(locked, headers=headers) as socket:
            assert socket.ask(op="ping")["op"] == "ack"


def test_no_key_and_a_wrong_key_do_not(locked):
    for headers in ([], [("x-api-key", "tc_wrong")], [("authorization", "Bearer tc_wrong")]):
        with pytest.raises(Refused) as refused:
            WebSocket(locked, headers=headers)
        assert refused.value.status == 401


def test_the_unix_socket_needs_no_key(locked):
    with WebSocket(locked, unix=True) as socket:
        assert socket.ask(op="ping")["op"] == "ack"


def test_a_ticket_opens_one_socket(locked):
    answer = locked.ask("POST", "/api/v1/ws-ticket", headers={"x-api-key": locked.key()})
    assert answer.status == 201
    ticket = answer.json()["ticket"]
    with WebSocket(locked, path=f"/ws?ticket={ticket}") as socket:
        assert socket.ask(op="ping")["op"] == "ack"
    for used in (ticket, "0" * len(ticket), "x"):
        with pytest.raises(Refused) as refused:
            WebSocket(locked, path=f"/ws?ticket={used}")
        assert refused.value.status == 401
    # A ticket for a socket opens nothing else.
    other = locked.ask("POST", "/api/v1/ws-ticket", headers={"x-api-key": locked.key()}).json()["ticket"]
    assert locked.get(f"/api/v1/sessions?ticket={other}").status == 401
    assert locked.get(f"/?ticket={other}").status == 401


# --- clients of other makers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PATHS)
def test_the_websockets_client_subscribes(server, path):
    with connect(f"ws://127.0.0.1:{server.port}{path}", compression="deflate") as socket:
        assert socket.protocol.extensions == []
        socket.send(json.dumps({"op": "subscribe", "topics": ["transcript:one"], "ref": 1}))
        assert json.loads(socket.recv(30)) == {"op": "ack", "ref": 1}
        assert json.loads(socket.recv(30))["event"] == "hello"
        socket.ping(b"are you there").wait(30)
        # A message in fragments.
        socket.send(iter(['{"op":"ping",', '"ref":', '"parts"}']))
        answers = []
        while not any(answer["op"] == "ack" for answer in answers):
            answers.append(json.loads(socket.recv(30)))
        assert answers[-1] == {"op": "ack", "ref": "parts"}
        socket.close(4000, "back soon")
        assert socket.protocol.close_rcvd.code == 4000


def test_the_websockets_client_is_told_why_it_is_closed(server):
    with connect(f"ws://127.0.0.1:{server.port}/ws", max_size=None) as socket:
        socket.send("x" * ((1 << 20) + 1))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            socket.recv(30)
        assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("path", PATHS)
def test_the_aiohttp_client_subscribes(server, path):
    async def talk():
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"http://127.0.0.1:{server.port}{path}", compress=15) as socket:
                assert not socket.compress
                await socket.send_json({"op": "subscribe", "topics": ["transcript:one"], "ref": 1})
                assert await socket.receive_json() == {"op": "ack", "ref": 1}
                messages = []
                while not messages or messages[-1]["event"] != "caught_up":
                    messages.append(await socket.receive_json())
                assert [m["event"] for m in messages].count("message") == 6
                await socket.ping(b"x")
                await socket.send_str("no JSON")
                while (answer := await socket.receive_json())["op"] != "error":
                    pass
                assert answer["code"] == "INVALID_JSON"
                await socket.close(code=4001)
                assert socket.close_code == 4001

    run(talk())


def test_many_aiohttp_clients_at_once_and_none_is_left(server):
    async def one(session, number):
        async with session.ws_connect(f"http://127.0.0.1:{server.port}/ws") as socket:
            await socket.send_json({"op": "subscribe", "topics": ["transcript:one", "sessions"], "ref": number})
            events = []
            while "caught_up" not in events:
                events.append((await socket.receive_json()).get("event"))
            # Half of them leave without a word.
            if number % 2:
                socket._response.connection.transport.abort()
            return events.count("message")

    async def all_of_them():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            return await asyncio.gather(*(one(session, number) for number in range(60)))

    assert set(run(all_of_them())) == {6}
    until(lambda: server.metric("subscriptions") == 0, "no subscription is left")
    until(lambda: b'tailcast_connections{transport="ws"} 0\n' in server.get("/metrics").body, "no socket is left")
