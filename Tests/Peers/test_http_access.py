"""Who gets in over TCP, over the Unix socket and from pages of other sites, before any route."""
import os
import socket
import stat
import time
from http.cookies import SimpleCookie

import pytest
from support.frames import CLOSE, WebSocket, close_payload, frame
from support.peer import Events, Line, dialogue, running, write
from support.waiting import until
from wsproto.events import CloseConnection

OPEN = ["/healthz", "/readyz", "/api/v1/healthz", "/api/v1/readyz"]
CLOSED = ["/health", "/metrics", "/sessions", "/api/v1/sessions", "/api/v1/sessions/one", "/events", "/openapi.json",
          "/docs", "/page/main.js", "/api/v1/stream?session=one", "/api/v1/sessions/one/stream", "/nowhere", "/api/v1/memory"]


@pytest.fixture(scope="module")
def server():
    settings = {"rate.bad_keys": 0, "allowed_hosts": "cast.example", "allowed_origins": "https://app.example"}
    with running(agent="claude", auth="key", settings=settings) as server:
        write(server.root / "one.jsonl", dialogue("one", 4))
        until(lambda: server.get("/sessions/one", keyed(server)).status == 200, "it is listed")
        yield server


def keyed(server):
    return {"x-api-key": server.key()}


def printed_ticket(server):
    """The ticket in the address that `serve` prints for a browser."""
    text = until(lambda: server.log.read_text().partition("?ticket=")[2], "the address is printed")
    return text.split()[0]


# --- keys -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", OPEN)
def test_probes_need_no_key(server, path):
    assert server.get(path).status == 200


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_needs_one(server, path):
    answer = server.get(path)
    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")
    assert "www-authenticate" in {name.lower() for name in answer.headers}


@pytest.mark.parametrize("make", [
    lambda key: {"X-API-Key": key}, lambda key: {"x-api-key": key}, lambda key: {"Authorization": f"Bearer {key}"},
    lambda key: {"authorization": f"bearer {key}"}])
def test_a_key_opens(server, make):
    assert server.get("/api/v1/sessions/one", make(server.key())).status == 200
    with Events(server, "/api/v1/sessions/one/stream", make(server.key())) as stream:
        assert next(stream).name == "hello"


@pytest.mark.parametrize("headers", [
    {"x-api-key": "tc_0"}, {"x-api-key": ""}, {"x-api-key": "x" * 5000}, {"authorization": "Bearer tc_0"},
    {"authorization": "Bearer"}, {"authorization": "Basic dGM6MA=="}, {"authorization": "Bearer  "},
    {"cookie": "tailcast_access=1.2.3"}, {"cookie": "tailcast_access="},
    {"cookie": "tailcast_access=99999999999999.00.00"}])
def test_a_wrong_credential_does_not(server, headers):
    answer = server.get("/api/v1/sessions", headers)
    assert (answer.status, answer.code) in [(401, "INVALID_API_KEY"), (401, "UNAUTHORIZED")]
    assert server.key() not in answer.body.decode()


def test_the_key_in_the_address_opens_nothing(server):
    for name in ("key", "api_key", "x-api-key", "access_token", "ticket"):
        assert server.get(f"/api/v1/sessions?{name}={server.key()}").status == 401


def test_the_key_and_the_socket_are_the_users_own(server):
    state = server.state
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE(os.stat(server.facts["key_file"]).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(server.socket).st_mode) == 0o600
    assert server.key() not in server.log.read_text() and server.key() not in (state / "run.json").read_text()


def test_the_unix_socket_needs_no_key(server):
    with Line(server, unix=True) as line:
        line.send(b"GET /api/v1/auth/whoami HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = line.response()
        assert answer.status == 200 and answer.json()["identity"] == "unix"
    with Events(server, "/api/v1/sessions/one/stream", unix=True) as stream:
        assert [event.name for event in stream.until("caught_up")].count("message") == 4


def test_wrong_keys_are_counted(new_server):
    server = new_server(auth="key").start()
    for _ in range(5):
        assert server.get("/api/v1/sessions", {"x-api-key": "tc_0"}).status == 401
    answer = server.get("/api/v1/sessions", {"x-api-key": "tc_0"})
    assert (answer.status, answer.code) == (429, "RATE_LIMIT_EXCEEDED")
    assert int({name.lower(): value for name, value in answer.headers.items()}["retry-after"]) >= 1
    assert "rate.bad_keys" in answer.json()["error"]["message"]
    assert server.get("/api/v1/sessions", keyed(server)).status == 200, "the right key is not locked out"
    assert server.get("/healthz").status == 200


def test_without_authentication_nobody_needs_a_key(new_server):
    server = new_server(auth="none").start()
    assert server.get("/api/v1/sessions").status == 200
    assert server.get("/api/v1/auth/whoami").json()["identity"] == "nobody"


def test_a_key_survives_a_restart_and_so_does_a_cookie(new_server):
    server = new_server(auth="key").start()
    key = server.key()
    cookie = exchange(server)
    server.kill()
    server.start()
    assert server.key() == key
    assert server.get("/api/v1/sessions", {"cookie": cookie}).status == 200


# --- browsers -------------------------------------------------------------------------------------------------------
def exchange(server):
    """Uses the printed ticket as a browser does; the cookie as it is sent back."""
    answer = server.get(f"/?ticket={printed_ticket(server)}")
    assert answer.status == 303
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["location"] == "/" and headers["cache-control"] == "no-store"
    morsel = SimpleCookie(headers["set-cookie"])["tailcast_access"]
    assert morsel["httponly"] and morsel["samesite"] == "Strict" and morsel["path"] == "/"
    return f"tailcast_access={morsel.value}"


def test_a_ticket_is_exchanged_for_a_cookie_once(new_server):
    server = new_server(auth="key").start()
    cookie = exchange(server)
    answer = server.get(f"/?ticket={printed_ticket(server)}")
    assert (answer.status, answer.code) == (401, "INVALID_API_KEY")
    assert server.get("/api/v1/sessions", {"cookie": cookie}).status == 200
    assert server.get("/api/v1/sessions", {"cookie": f"a=b; {cookie}; c=d"}).status == 200
    assert server.get("/api/v1/auth/whoami", {"cookie": cookie}).json()["identity"] == "cookie"
    for index in (20, len(cookie) - 1):
        forged = cookie[:index] + ("0" if cookie[index] != "0" else "1") + cookie[index + 1:]
        assert server.get("/api/v1/sessions", {"cookie": forged}).status == 401
    # A page of another site can make a browser send a cookie, not an Origin of ours.
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("POST", "/api/v1/ws-ticket", headers={"cookie": cookie}).status == 403
    assert server.ask("POST", "/api/v1/ws-ticket", headers={"cookie": cookie, "origin": own}).status == 201


class Opened:
    """Two streams, a socket, and a socket by ticket, all opened with the same credentials."""

    def __init__(self, server, credentials):
        self.streams = [Events(server, target, credentials) for target in ("/api/v1/sessions/one/stream", "/events")]
        for stream in self.streams:
            assert stream.status == 200
            next(stream)
        own = {"origin": f"http://127.0.0.1:{server.port}"} if "cookie" in credentials else {}
        ticket = server.ask("POST", "/api/v1/ws-ticket", headers={**credentials, **own}).json()["ticket"]
        self.sockets = [WebSocket(server, headers=list(credentials.items())),
                        WebSocket(server, path=f"/api/v1/ws?ticket={ticket}")]
        for socket in self.sockets:
            assert socket.ask(op="subscribe", topics=["transcript:one", "sessions"])["op"] == "ack"

    def end_within_a_second(self):
        began = time.monotonic()
        for stream in self.streams:
            assert stream.until("bye")[-1].json()["reason"] == "unauthorized"
            assert not list(stream)
        for socket in self.sockets:
            closing = next(event for event in iter(socket.event, None) if isinstance(event, CloseConnection))
            assert closing.code == 4001, closing
        assert time.monotonic() - began < 1

    def hear_nothing_more(self):
        for socket in self.sockets:
            socket.send(frame(CLOSE, close_payload(4001)))
            assert list(iter(socket.event, None)) == []

    def go_on(self):
        for socket in self.sockets:
            assert socket.ask(op="ping")["op"] == "ack"

    def close(self):
        for one in self.streams:
            one.close()
        for one in self.sockets:
            one.socket.close()


@pytest.mark.loops
def test_what_was_opened_with_a_key_or_a_cookie_ends_when_that_is_revoked(new_server, loops):
    server = new_server(agent="claude", auth="key", loops=loops).start()
    write(server.root / "one.jsonl", dialogue("one", 4))
    owner = keyed(server)
    until(lambda: server.get("/sessions/one", owner).status == 200, "it is listed")
    made = server.ask("POST", "/api/v1/auth/keys", {"name": "lost"}, headers=owner).json()
    cookie = exchange(server)
    opened = {"key": Opened(server, {"x-api-key": made["key"]}), "cookie": Opened(server, {"cookie": cookie}),
              "owner": Opened(server, owner)}
    try:
        assert server.ask("DELETE", f"/api/v1/auth/keys/{made['id']}", headers=owner).status == 204
        opened["key"].end_within_a_second()
        opened["cookie"].go_on()
        assert server.ask("DELETE", "/api/v1/auth/keys/browsers", headers=owner).status == 204
        opened["cookie"].end_within_a_second()
        opened["owner"].go_on()
        assert server.get("/api/v1/sessions", {"cookie": cookie}).status == 401
        # What happens after the close is not told, though the clients have not left yet.
        write(server.root / "two.jsonl", dialogue("two", 2))
        write(server.root / "one.jsonl", dialogue("one", 2, 4))
        for socket in opened["owner"].sockets:
            socket.until(lambda m: m.get("type") == "session.created" and m["session_id"] == "two")
        opened["key"].hear_nothing_more()
        opened["cookie"].hear_nothing_more()
    finally:
        for one in opened.values():
            one.close()
    server.kill()
    server.start()
    assert server.get("/api/v1/sessions", {"cookie": cookie}).status == 401


# --- Host and Origin ------------------------------------------------------------------------------------------------
def asked_with(server, host, headers=(), method="GET", path="/healthz"):
    with Line(server) as line:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        line.send(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode())
        return line.response(method)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "localhost:1", "127.0.0.1", "127.0.0.1:8420",
                                  "[::1]", "[::1]:8420", "cast.example", "Cast.Example:443"])
def test_hosts_of_this_server_are_answered(server, host):
    assert asked_with(server, host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:8420", "127.0.0.2",
                                  "localhost:80:80", "xlocalhost", "[::2]", "[::1", "", "cast.example.evil", "0.0.0.0"])
def test_other_hosts_are_421_on_every_route(server, host):
    for path in ("/healthz", "/api/v1/sessions", "/", "/nowhere", "/ws"):
        answer = asked_with(server, host, [("x-api-key", server.key())], path=path)
        assert (answer.status, answer.code) == (421, "HOST_NOT_ALLOWED")
        assert "allowed_hosts" in answer.json()["error"]["message"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "https://app.example:444",
                                    "https://app.example.evil", "file://", "http://127.0.0.1", "*", "https://app"])
def test_pages_of_other_sites_are_403(server, origin):
    for path, method in (("/api/v1/sessions", "GET"), ("/healthz", "GET"), ("/api/v1/ws-ticket", "POST"),
                         ("/api/v1/sessions/one/stream", "GET"), ("/nowhere", "GET"), ("/api/v1/sessions", "OPTIONS")):
        answer = asked_with(server, "localhost", [("origin", origin), *keyed(server).items()], method, path)
        assert (answer.status, answer.code) == (403, "ORIGIN_NOT_ALLOWED")
        assert "access-control-allow-origin" not in answer.headers
        assert "allowed_origins" in answer.json()["error"]["message"]


def test_pages_of_this_server_may_ask(server):
    for host in ("localhost", "127.0.0.1", "cast.example"):
        place = f"{host}:{server.port}"
        answer = asked_with(server, place, [("origin", f"http://{place}"), *keyed(server).items()],
                            path="/api/v1/sessions")
        assert answer.status == 200


def test_pages_of_an_allowed_site_may_ask_and_read(server):
    origin = "https://app.example"
    answer = asked_with(server, "localhost", [("origin", origin), *keyed(server).items()], path="/api/v1/sessions")
    assert answer.status == 200 and answer.headers["access-control-allow-origin"] == origin
    assert "origin" in answer.headers["vary"].lower()
    asked = asked_with(server, "localhost", [
        ("origin", origin), ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-api-key,last-event-id")], "OPTIONS", "/api/v1/sessions")
    assert asked.status == 204 and asked.headers["access-control-allow-origin"] == origin
    assert "x-api-key" in asked.headers["access-control-allow-headers"]
    refused = asked_with(server, "localhost", [("origin", origin)], path="/api/v1/sessions")
    assert refused.status == 401
    with Events(server, "/api/v1/sessions/one/stream", {"origin": origin, **keyed(server)}) as stream:
        assert stream.headers["access-control-allow-origin"] == origin


# --- what a caller says of itself -----------------------------------------------------------------------------------
def test_names_of_people_are_believed_from_the_unix_socket_only(server):
    person = {"x-web-user-email": "ann@app.example", "x-web-user-role": "owner"}
    answer = server.get("/api/v1/auth/whoami", {**keyed(server), **person})
    assert (answer.status, answer.code) == (403, "IDENTITY_NOT_TRUSTED")
    with Line(server, unix=True) as line:
        line.send(b"GET /api/v1/auth/whoami HTTP/1.1\r\nHost: localhost\r\n"
                  + "".join(f"{name}: {value}\r\n" for name, value in person.items()).encode() + b"\r\n")
        assert line.response().json()["web_user"]["email"] == "ann@app.example"


def test_request_ids_are_kept_when_they_are_harmless(server):
    kept = server.get("/healthz", {"x-request-id": "abc-123"})
    assert {name.lower(): value for name, value in kept.headers.items()}["x-request-id"] == "abc-123"
    for bad in ("", "x" * 500, "a b", "é"):
        answer = asked_with(server, "localhost", [("x-request-id", bad)])
        assert answer.headers["x-request-id"] not in ("", bad)


# --- bodies and rates -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  None])
def test_what_a_foreign_form_could_send_is_415(server, kind):
    headers = {**keyed(server), **({"content-type": kind} if kind else {})}
    answer = server.ask("POST", "/api/chat/stream", body=b'{"session_id":"one"}', headers=headers)
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_rates_are_told_and_held(new_server):
    server = new_server(settings={"rate.loopback": "true", "rate.sessions": "5", "rate.streaming": "2"}).start()
    for left in (4, 3, 2, 1, 0):
        answer = server.get("/api/v1/sessions")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert answer.status == 200 and int(headers["x-ratelimit-limit"]) == 5
        assert int(headers["x-ratelimit-remaining"]) >= left
        assert int(headers["x-ratelimit-reset"]) >= time.time() - 5
    refused = until(lambda: next((a for a in [server.get("/api/v1/sessions")] if a.status == 429), None), "a refusal")
    headers = {name.lower(): value for name, value in refused.headers.items()}
    assert refused.code == "RATE_LIMIT_EXCEEDED" and int(headers["retry-after"]) >= 1
    assert "rate.sessions" in refused.json()["error"]["message"]
    # A browser's stream would never come back from a 429: it gets a stream that says when to return.
    brief = None
    for _ in range(20):
        with Events(server, "/events") as stream:
            assert stream.status == 200
            first = next(stream)
            if first.name == "bye":
                brief = first
                assert stream.retry and list(stream) == []
                break
    assert brief and brief.json()["reason"] == "rate_limit" and brief.json()["retry_ms"] > 0


def test_a_taken_port_and_an_open_door_are_refused_at_the_start(new_server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = new_server()
        answer = first.run("serve", "--state", str(first.state), "--port", str(taken.getsockname()[1]),
                           "--root", f"jsonl={first.root}")
    assert answer.returncode == 1 and len(answer.stderr.splitlines()) == 1, answer
    second = new_server()
    answer = second.run("serve", "--state", str(second.state), "--port", "0", "--host", "0.0.0.0", "--auth", "none",
                        "--root", f"jsonl={second.root}")
    assert answer.returncode in (1, 2, 5) and "auth" in answer.stderr, answer
