"""The request decoder beside h11: what h11 refuses is refused here too, what is accepted here says the same there."""
import json
import socket

import h11
import pytest
from support.peer import Line, running

HOST = b"Host: localhost\r\n"
# A route that answers with what it was given: the id in the body comes back in the error's details.
CHAT = b"POST /api/chat/stream HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
# Codes of the decoder itself; every other answer means that the request was understood.
REFUSALS = {"MALFORMED_REQUEST", "HEAD_TOO_LARGE", "PAYLOAD_TOO_LARGE", "REQUEST_TIMEOUT"}


def get(target=b"/api/v1/sessions/seen", fields=HOST, method=b"GET", version=b"HTTP/1.1"):
    return method + b" " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def chat(fields, body):
    return CHAT + fields + b"\r\n" + body


def said(text):
    return json.dumps({"session_id": text}).encode()


def chunked(data, line=b"%x\r\n"):
    return line % len(data) + data + b"\r\n0\r\n\r\n"


BODY = said("seen-in-body")
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"

# Read in the same way by both.
SAME = {
    "plain": get(),
    "query": get(b"/api/v1/sessions/seen?include=messages"),
    "absolute-form": get(b"http://localhost/api/v1/sessions/seen"),
    "absolute-form in capitals": get(b"HTTP://LOCALHOST/api/v1/sessions/seen"),
    "unknown method": get(method=b"BREW"),
    "token with punctuation as method": get(method=b"M-SEARCH"),
    "HTTP/1.0": get(version=b"HTTP/1.0"),
    "HTTP/1.0 kept alive": get(version=b"HTTP/1.0", fields=HOST + b"Connection: keep-alive\r\n"),
    "white space around a value": get(fields=b"Host: \t localhost \t \r\n"),
    "no white space before a value": get(fields=b"Host:localhost\r\n"),
    "empty value": get(fields=HOST + b"X-Empty:\r\n"),
    "UTF-8 in a value": get(fields=HOST + "X-Name: Zoë\r\n".encode()),
    "tab inside a value": get(fields=HOST + b"X-Tab: a\tb\r\n"),
    "names in any case": get(fields=b"hOsT: localhost\r\n"),
    "99 fields": get(fields=HOST + b"".join(b"X-%d: y\r\n" % number for number in range(98))),
    "body by length": chat(LENGTH, BODY),
    "length with zeros before it": chat(b"Content-Length: 000%d\r\n" % len(BODY), BODY),
    "same length twice in a list": chat(b"Content-Length: %d, %d\r\n" % (len(BODY), len(BODY)), BODY),
    "same length twice": chat(LENGTH + LENGTH, BODY),
    "no body": chat(b"Content-Length: 0\r\n", b""),
    "chunked": chat(CHUNKED, chunked(BODY)),
    "chunked in capitals": chat(b"TRANSFER-ENCODING: CHUNKED\r\n", chunked(BODY)),
    "two chunks": chat(CHUNKED, b"4\r\n" + BODY[:4] + b"\r\n" + chunked(BODY[4:])),
    "chunks of one byte": chat(
        CHUNKED, b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"),
    "chunk size in capitals with zeros": chat(CHUNKED, chunked(BODY, b"000%X\r\n")),
    "chunk extension": chat(CHUNKED, chunked(BODY, b"%x;a=b;c=\"d\"\r\n")),
    "trailers": chat(CHUNKED, chunked(BODY)[:-2] + b"X-Sum: 1\r\nX-More: 2\r\n\r\n"),
    "a request inside a body": chat(
        b"Content-Length: %d\r\n" % (len(BODY) + len(get())), get() + BODY),
    "expects 100-continue": chat(LENGTH + b"Expect: 100-continue\r\n", BODY),
    "pipelined": get() + get(b"/api/v1/sessions/second") + chat(LENGTH, BODY) + get(b"/healthz"),
    "pipelined behind chunks": chat(CHUNKED, chunked(BODY)) + get(b"/api/v1/sessions/second"),
    "the second of two is bad": get() + get(fields=HOST + b"X y: z\r\n"),
    "after close": get(fields=HOST + b"Connection: close\r\n") + get(b"/api/v1/sessions/smuggled"),
    "OPTIONS *": get(b"*", method=b"OPTIONS"),
    "no Host": get(fields=b""),
    "two Hosts": get(fields=HOST + HOST),
    "no colon": get(fields=HOST + b"Nonsense\r\n"),
    "no name": get(fields=HOST + b": value\r\n"),
    "space before the colon": get(fields=HOST + b"X-Key : value\r\n"),
    "tab before the colon": get(fields=HOST + b"X-Key\t: value\r\n"),
    "space before Content-Length's colon": chat(b"Content-Length : %d\r\n" % len(BODY), BODY),
    "space before Transfer-Encoding's colon": chat(b"Transfer-Encoding : chunked\r\n", chunked(BODY)),
    "field name with a space": get(fields=HOST + b"X Key: value\r\n"),
    "field name with a NUL": get(fields=HOST + b"X\0Key: value\r\n"),
    "field name with UTF-8": get(fields=HOST + "Xé: value\r\n".encode()),
    "first field is indented": get(fields=b" Host: localhost\r\n"),
    "NUL in a value": get(fields=HOST + b"X-Key: a\0b\r\n"),
    "CR in a value": get(fields=HOST + b"X-Key: a\rb\r\n"),
    "NUL in the target": get(b"/api/v1/\0/x"),
    "space in the target": get(b"/api/v1/sessions/a b"),
    "tab in the target": get(b"/api/v1/sessions/a\tb"),
    "UTF-8 in the target": get("/api/v1/sessions/é".encode()),
    "no target": b"GET HTTP/1.1\r\n" + HOST + b"\r\n",
    "two spaces": b"GET  /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "space at the end of the request line": b"GET /healthz HTTP/1.1 \r\n" + HOST + b"\r\n",
    "space before the method": b" GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "method with a bracket": get(method=b"G(T"),
    "version in small letters": get(version=b"http/1.1"),
    "version with two digits": get(version=b"HTTP/1.10"),
    "no version": b"GET /healthz\r\n" + HOST + b"\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two lengths": chat(LENGTH + b"Content-Length: 1\r\n", BODY),
    "two lengths in a list": chat(b"Content-Length: %d, 1\r\n" % len(BODY), BODY),
    "negative length": chat(b"Content-Length: -1\r\n", BODY),
    "length with a plus": chat(b"Content-Length: +%d\r\n" % len(BODY), BODY),
    "hexadecimal length": chat(b"Content-Length: 0x10\r\n", BODY),
    "length with a fraction": chat(b"Content-Length: 5.0\r\n", BODY),
    "empty length": chat(b"Content-Length:\r\n", BODY),
    "length with a space inside": chat(b"Content-Length: 1 2\r\n", BODY),
    "length of 40 digits": chat(b"Content-Length: " + b"9" * 40 + b"\r\n", BODY),
    "chunked twice": chat(b"Transfer-Encoding: chunked, chunked\r\n", chunked(BODY)),
    "chunked in two fields": chat(CHUNKED + CHUNKED, chunked(BODY)),
    "unknown coding": chat(b"Transfer-Encoding: gzip\r\n", BODY),
    "unknown coding before chunked": chat(b"Transfer-Encoding: gzip, chunked\r\n", chunked(BODY)),
    "chunked behind something": chat(b"Transfer-Encoding: xchunked\r\n", chunked(BODY)),
    "chunked and a quote": chat(b"Transfer-Encoding: \"chunked\"\r\n", chunked(BODY)),
    "chunked and a parameter": chat(b"Transfer-Encoding: chunked;q=1\r\n", chunked(BODY)),
    "chunked and a vertical tab": chat(b"Transfer-Encoding: \x0bchunked\r\n", chunked(BODY)),
    "chunk size negative": chat(CHUNKED, b"-5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with 0x": chat(CHUNKED, b"0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a space before it": chat(CHUNKED, b" 5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with an underscore": chat(CHUNKED, b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n"),
    "no chunk size": chat(CHUNKED, b"\r\nhello\r\n0\r\n\r\n"),
    "chunk size of 30 digits": chat(CHUNKED, b"f" * 30 + b"\r\nhello\r\n0\r\n\r\n"),
    "chunk longer than its size": chat(CHUNKED, b"3\r\nhello\r\n0\r\n\r\n"),
    "chunk line that ends with LF": chat(CHUNKED, b"5\nhello\r\n0\r\n\r\n"),
    "bad trailer": chat(CHUNKED, chunked(BODY)[:-2] + b"X y: z\r\n\r\n"),
}

# h11 reads them, this server does not: each with its reason.
STRICTER = {
    "length beside chunked": (
        chat(LENGTH + CHUNKED, chunked(BODY)), "RFC 9112 6.1: a server may refuse; two readings are smuggling"),
    "chunked beside length": (
        chat(CHUNKED + b"Content-Length: 0\r\n", chunked(BODY)), "RFC 9112 6.1"),
    "chunked in HTTP/1.0": (
        chat(CHUNKED, chunked(BODY)).replace(b"HTTP/1.1", b"HTTP/1.0"), "RFC 9112 6.1: framing is faulty"),
    "lines that end with LF alone": (
        b"GET /healthz HTTP/1.1\nHost: localhost\n\n", "RFC 9112 2.2: MAY recognise, proxies differ"),
    "one line that ends with LF alone": (
        b"GET /healthz HTTP/1.1\r\nHost: localhost\nX-A: b\r\n\r\n", "RFC 9112 2.2"),
    "folded field": (get(fields=HOST + b"X-Key: a\r\n b\r\n"), "RFC 9112 5.2: MUST refuse or replace"),
    "folded Transfer-Encoding": (
        chat(b"Transfer-Encoding:\r\n chunked\r\n", chunked(BODY)), "RFC 9112 5.2"),
    "bytes that are not UTF-8 in a value": (get(fields=HOST + b"X-Key: \xff\xfe\r\n"), "RFC 9110 5.5"),
    "control character in a value": (get(fields=HOST + b"X-Key: a\x01b\r\n"), "RFC 9110 5.5"),
    "DEL in a value": (get(fields=HOST + b"X-Key: a\x7fb\r\n"), "RFC 9110 5.5"),
    "target and Host differ": (get(b"http://evil.example/healthz"), "RFC 9112 3.2.2, virtual hosts"),
    "user information in the target": (get(b"http://localhost@evil.example/healthz"), "RFC 9110 4.2.4"),
    "user information in Host": (get(fields=b"Host: me@localhost\r\n"), "RFC 9110 7.2"),
    "path in Host": (get(fields=b"Host: localhost/x\r\n"), "RFC 9110 7.2"),
    "fragment in the target": (get(b"/healthz#x"), "RFC 9112 3.2"),
    "target without a slash": (get(b"healthz"), "RFC 9112 3.2"),
    "asterisk with GET": (get(b"*"), "RFC 9112 3.2.4"),
    "another scheme": (get(b"ftp://localhost/healthz"), "RFC 9112 3.2.2"),
    "CONNECT": (get(b"localhost:80", method=b"CONNECT"), "no tunnels"),
    "HTTP/2.0": (get(version=b"HTTP/2.0"), "RFC 9110 15.6.6: 505"),
    "HTTP/1.2": (get(version=b"HTTP/1.2"), "HTTP/1.0 and 1.1 only"),
    "HTTP/0.9 by number": (get(version=b"HTTP/0.9"), "HTTP/1.0 and 1.1 only"),
    "escape that is cut in the query": (get(b"/healthz?a=%"), "RFC 3986 2.1"),
    "escape of no digits in the query": (get(b"/healthz?a=%zz"), "RFC 3986 2.1"),
    "escape of a NUL in the query": (get(b"/healthz?a=%00"), "a NUL ends texts of C interfaces"),
    "101 fields": (get(fields=HOST + b"".join(b"X-%d: y\r\n" % number for number in range(100))), "limit"),
    "head of 17 KiB": (get(fields=HOST + b"X-Long: " + b"y" * 17 * 1024 + b"\r\n"), "http.head_bytes"),
    "target of 17 KiB": (get(b"/" + b"y" * 17 * 1024), "http.head_bytes"),
    "body over the limit": (chat(b"Content-Length: 1048577\r\n", b""), "http.body_bytes"),
    "body of 18 digits": (chat(b"Content-Length: 999999999999999999\r\n", b""), "http.body_bytes"),
    "chunk over the limit": (chat(CHUNKED, b"100001\r\n"), "http.body_bytes"),
    "chunk of 16 digits": (chat(CHUNKED, b"ffffffffffffffff\r\n"), "http.body_bytes"),
    "chunk extension of 2 KiB": (chat(CHUNKED, b"5;" + b"x" * 2048 + b"\r\nhello\r\n0\r\n\r\n"), "limit"),
    "control character in a chunk extension": (
        chat(CHUNKED, b"5;a\x01\r\nhello\r\n0\r\n\r\n"), "RFC 9112 7.1.1"),
    "space behind a chunk size": (chat(CHUNKED, chunked(BODY, b"%x \r\n")), "RFC 9112 7.1.1: BWS before ; only"),
    "unknown expectation": (chat(LENGTH + b"Expect: wonders\r\n", BODY), "RFC 9110 10.1.1: 417"),
}

# This server reads them, h11 does not: each with the standard's word for it.
LAXER = {
    "an empty line before the request": (b"\r\n" + get(), "RFC 9112 2.2: SHOULD ignore at least one"),
    "CRLF behind a body": (
        chat(LENGTH, BODY) + b"\r\n" + get(b"/api/v1/sessions/second"), "RFC 9112 2.2"),
}

# Requests of which the end never comes.
UNFINISHED = {
    "a byte": b"G",
    "half a request line": b"GET /healthz HT",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: local",
    "a head without its last line": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": chat(LENGTH, BODY[:5]),
    "no body": chat(LENGTH, b""),
    "half a chunk": chat(CHUNKED, b"5\r\nhel"),
    "no last chunk": chat(CHUNKED, b"5\r\nhello\r\n"),
    "no end of the trailers": chat(CHUNKED, b"5\r\nhello\r\n0\r\nX-A: b\r\n"),
}


def by_h11(data):
    """Requests as h11 reads them: (method, path, body), and whether it refuses one of them or what follows."""
    connection = h11.Connection(h11.SERVER)
    requests = []
    try:
        connection.receive_data(data)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                target = event.target.decode()
                if "://" in target:
                    target = "/" + target.split("://", 1)[1].partition("/")[2]
                requests.append([event.method.decode(), target.partition("?")[0], b""])
            elif isinstance(event, h11.Data):
                requests[-1][2] += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                connection.send(h11.Response(status_code=404, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    return requests, False
                connection.start_next_cycle()
            else:
                return requests, False
    except h11.RemoteProtocolError:
        return requests, True


@pytest.fixture(scope="module")
def server():
    with running(settings={"log.level": "debug", "log.format": "json"}) as server:
        yield server


class Reading:
    """Requests as the server read them: from its access log, which names what it was asked, and from its answers."""

    def __init__(self, server, data, piece=None):
        at = server.log.stat().st_size
        self.answers, self.refusal = [], None
        with Line(server) as line:
            # Something that must be answered after everything else, unless the connection has ended by then.
            line.send(data + get(b"/healthz", HOST + b"X-Request-Id: sentinel\r\nConnection: close\r\n"), piece)
            while (answer := line.response()) is not None:
                if answer.headers.get("x-request-id") == "sentinel":
                    assert line.is_closed()
                    break
                if answer.status >= 400 and answer.code in REFUSALS or answer.status in (417, 501, 505):
                    self.refusal = answer
                    assert answer.headers["connection"] == "close"
                    assert line.is_closed(), "bytes behind a refusal"
                    break
                self.answers.append(answer)
        self.requests = []
        logged = {}
        for entry in server.log.read_bytes()[at:].splitlines():
            entry = json.loads(entry)
            if entry["message"] == "request":
                logged[entry["request_id"]] = entry
        for answer in self.answers:
            entry = logged[answer.headers["x-request-id"]]
            self.requests.append((entry["method"], entry["path"]))
        self.logged = len([entry for entry in logged if entry != "sentinel"])

    @property
    def bodies(self):
        """The session ids that came with bodies."""
        return [answer.json()["error"]["details"]["session_id"] for answer in self.answers
                if answer.status == 404 and "details" in answer.json()["error"]]


def ids(requests):
    """What the server's answers to these requests must name."""
    named = []
    for _, path, body in requests:
        if path.startswith("/api/v1/sessions/"):
            named.append(path.rsplit("/", 1)[1])
        elif path == "/api/chat/stream":
            try:
                named.append(json.loads(body)["session_id"])
            except (ValueError, KeyError):
                pass
    return named


@pytest.mark.parametrize("piece", [None, 1, 7], ids=["whole", "bytes", "sevens"])
@pytest.mark.parametrize("name", SAME)
def test_requests_are_read_as_h11_reads_them(server, name, piece):
    data = SAME[name]
    expected, refuses = by_h11(data)
    reading = Reading(server, data, piece)
    complete = expected
    if refuses:
        assert reading.refusal is not None, f"h11 refuses: {reading.answers}"
        # h11 tells of a head before it sees that the body behind it is broken.
        complete = complete[:len(reading.requests)]
    else:
        assert reading.refusal is None, reading.refusal
    assert reading.requests == [(method, path) for method, path, _ in complete]
    assert reading.logged == len(reading.requests), "a request was handled that was not answered"
    wanted = [name for (method, path, _), name in zip(complete, ids(complete)) if method in ("GET", "POST")]
    if all(method in ("GET", "POST") and path != "/healthz" for method, path, _ in complete):
        assert reading.bodies == wanted


@pytest.mark.parametrize("piece", [None, 7], ids=["whole", "sevens"])
@pytest.mark.parametrize("name", STRICTER)
def test_more_is_refused_than_by_h11(server, name, piece):
    data, _ = STRICTER[name]
    _, refuses = by_h11(data)
    reading = Reading(server, data, piece)
    assert not refuses, "h11 refuses it as well by now: move it to SAME"
    assert reading.refusal is not None and not reading.answers, reading.answers
    assert reading.logged == 0


@pytest.mark.parametrize("name", LAXER)
def test_what_the_standard_asks_for_is_read(server, name):
    data, _ = LAXER[name]
    reading = Reading(server, data)
    assert reading.refusal is None, reading.refusal
    assert len(reading.answers) == data.count(b"HTTP/1.1")


def test_every_refusal_says_why(server):
    reasons = {}
    for name, data in [("no Host", SAME["no Host"]), ("NUL in a value", SAME["NUL in a value"]),
                       ("length beside chunked", STRICTER["length beside chunked"][0]),
                       ("HTTP/2.0", STRICTER["HTTP/2.0"][0]),
                       ("head of 17 KiB", STRICTER["head of 17 KiB"][0]),
                       ("target of 17 KiB", STRICTER["target of 17 KiB"][0]),
                       ("body over the limit", STRICTER["body over the limit"][0])]:
        answer = Reading(server, data).refusal
        error = answer.json()["error"]
        assert set(error) >= {"code", "kind", "message", "retryable", "request_id"}
        assert error["request_id"] == answer.headers["x-request-id"]
        reasons[name] = answer.status, error["code"]
    assert reasons == {
        "no Host": (400, "MALFORMED_REQUEST"), "NUL in a value": (400, "MALFORMED_REQUEST"),
        "length beside chunked": (400, "MALFORMED_REQUEST"), "HTTP/2.0": (505, "NOT_IMPLEMENTED"),
        "head of 17 KiB": (431, "HEAD_TOO_LARGE"), "target of 17 KiB": (414, "HEAD_TOO_LARGE"),
        "body over the limit": (413, "PAYLOAD_TOO_LARGE")}


def test_a_body_at_the_limit_is_read(server):
    body = said("x" * 100)
    body += b" " * ((1 << 20) - len(body))
    for data in (chat(b"Content-Length: %d\r\n" % len(body), body), chat(CHUNKED, chunked(body))):
        reading = Reading(server, data)
        assert reading.bodies == ["x" * 100]
    assert Reading(server, chat(CHUNKED, chunked(body + b" "))).refusal.status == 413


def test_the_head_may_be_as_large_as_the_setting_says(server):
    frame = len(get(fields=HOST + b"X-Long: \r\n"))
    fits = get(fields=HOST + b"X-Long: " + b"y" * (16384 - frame) + b"\r\n")
    assert len(fits) == 16384
    assert Reading(server, fits).refusal is None
    over = get(fields=HOST + b"X-Long: " + b"y" * (16384 - frame + 1) + b"\r\n")
    assert Reading(server, over).refusal.status == 431


def test_continue_is_said_before_the_body_is_sent(server):
    with Line(server) as line:
        line.send(chat(LENGTH + b"Expect: 100-continue\r\n", b""))
        told = b""
        while not told.endswith(b"\r\n\r\n"):
            told += line.receive()
        assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.send(BODY)
        assert line.response("POST").json()["error"]["details"]["session_id"] == "seen-in-body"


def test_a_hundred_requests_at_once_are_answered_in_order(server):
    with Line(server) as line:
        line.send(b"".join(get(b"/api/v1/sessions/n%d" % number) for number in range(100)))
        for number in range(100):
            assert line.response().json()["error"]["details"]["session_id"] == f"n{number}"


def test_a_client_that_sends_no_more_still_gets_its_answer(server):
    with Line(server) as line:
        line.send(get())
        line.socket.shutdown(socket.SHUT_WR)
        assert line.response().status == 404
        assert line.is_closed()


def test_answers_to_head_have_no_body(server):
    with Line(server) as line:
        line.send(get(b"/healthz", method=b"HEAD"))
        head = line.response("HEAD")
        line.send(get(b"/healthz"))
        full = line.response()
        assert head.body == b"" and head.headers["content-length"] == full.headers["content-length"]


@pytest.fixture(scope="module")
def hasty():
    with running(settings={"http.head_timeout": "300ms", "http.keep_alive": "1s"}) as server:
        yield server


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_request_that_does_not_arrive_is_told_so(hasty, name):
    with Line(hasty) as line:
        line.send(UNFINISHED[name])
        answer = line.response()
        assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
        assert answer.headers["connection"] == "close"
        assert line.is_closed()


def test_one_slow_request_does_not_hold_the_others(hasty):
    with Line(hasty) as slow:
        slow.send(b"GET /healthz HTTP/1.1\r\nHo")
        for _ in range(20):
            assert hasty.get("/healthz").status == 200
        assert slow.response().status == 408


def test_silent_connections_are_closed_without_a_word(hasty):
    with Line(hasty) as fresh:
        assert fresh.is_closed()
    with Line(hasty) as used:
        used.send(get(b"/healthz"))
        assert used.response().status == 200
        assert used.is_closed()
