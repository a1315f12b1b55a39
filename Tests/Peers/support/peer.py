"""Connections spoken to byte by byte, streams of events read as the standard says, and records to put into files."""
import contextlib
import http.client
import json
import shutil
import socket
import tempfile
import time
from pathlib import Path

import h11

from .server import Answer, Server
from .waiting import TooLate

DEADLINE = 30.0


@contextlib.contextmanager
def running(**options):
    """A server for all tests of a file. Its folder's name is short: a Unix socket's path has 107 bytes."""
    place = Path(tempfile.mkdtemp(prefix="tc-"))
    server = Server(place / "s", **options)
    try:
        yield server.start()
    except BaseException:
        print(server.tail())
        raise
    finally:
        server.end()
        shutil.rmtree(place, ignore_errors=True)


def open_socket(server, unix=False, receive_buffer=None, timeout=DEADLINE):
    """A connected socket; a small `receive_buffer` makes a client that is full soon."""
    plain = socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_STREAM)
    plain.settimeout(timeout)
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    if not unix:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plain.connect(server.socket if unix else ("127.0.0.1", server.port))
    return plain


class Line:
    """A connection on which any bytes can be sent; responses are read by h11, which forgives nothing."""

    def __init__(self, server, **options):
        self.socket = open_socket(server, **options)
        self.rest = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, piece=None):
        """Sends; with `piece` in pieces of so many bytes. A server that has closed is no error here: what it said
        before is what counts."""
        try:
            for start in range(0, len(data), piece or max(1, len(data))):
                self.socket.sendall(data[start:start + (piece or len(data))])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self):
        """Some bytes, none at the end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.ended = self.ended or not data
        return data

    def response(self, method="GET"):
        """The next final response, or None if the connection has ended."""
        reader = h11.Connection(h11.CLIENT)
        reader.send(h11.Request(method=method, target="/", headers=[("host", "x")]))
        reader.send(h11.EndOfMessage())
        seen = bool(self.rest)
        if seen:  # no bytes would mean the end to h11
            reader.receive_data(self.rest)
        head, body = None, b""
        while True:
            event = reader.next_event()
            if event is h11.NEED_DATA:
                data = self.receive()
                if not data and not seen:
                    return None
                seen = True
                reader.receive_data(data)
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self.rest = bytes(reader.trailing_data[0])
                headers = {name.decode(): value.decode() for name, value in head.headers}
                return Answer(head.status_code, headers, body)
            elif isinstance(event, h11.ConnectionClosed):
                return None

    def is_closed(self):
        """Waits for the end of the connection; False if bytes come instead."""
        return not self.rest and not self.receive()


class Event:
    """One event of a stream."""

    def __init__(self, name, id, data):
        self.name, self.id, self.data = name, id, data

    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"<{self.name} {self.id} {self.data[:200]}>"


class UnixConnection(http.client.HTTPConnection):
    """http.client over a Unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Events:
    """A stream of server-sent events, parsed by the rules of the HTML standard. Iterating ends with the stream."""

    def __init__(self, server, target, headers=None, method="GET", body=None, unix=False, port=None,
                 timeout=DEADLINE):
        if unix:
            self.connection = UnixConnection(server.socket, timeout)
        else:
            self.connection = http.client.HTTPConnection("127.0.0.1", port or server.port, timeout=timeout)
        headers = dict(headers or {})
        if body is not None:
            body = json.dumps(body)
            headers.setdefault("content-type", "application/json")
        self.connection.request(method, target, body=body, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.headers = {name.lower(): value for name, value in self.response.getheaders()}
        self.buffer = b""
        self.retry = None
        self.comments = 0
        self.last_id = None
        self.timeout = timeout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.response.close()
        self.connection.close()

    def __iter__(self):
        return self

    def __next__(self):
        end = time.monotonic() + self.timeout  # a stream that sends nothing but comments is too late as well
        while True:
            if time.monotonic() > end:
                raise TooLate(f"no event within {self.timeout:g} s")
            head, found, rest = self.buffer.partition(b"\n\n")
            if not found:
                data = self.response.read1(1 << 18)
                if not data:
                    assert not self.buffer, f"the stream ends inside an event: {self.buffer[:200]!r}"
                    raise StopIteration
                self.buffer += data
                continue
            self.buffer = rest
            event = self.parse(head)
            if event:
                return event

    def parse(self, block):
        name, data = "message", []
        for line in block.split(b"\n"):
            assert b"\r" not in line, line[:200]
            field, _, value = line.decode("utf-8").partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                assert "\0" not in value
                self.last_id = value
            elif field == "retry":
                self.retry = int(value)
            elif field == "":
                self.comments += 1
            else:
                raise AssertionError(f"unknown field {line[:200]!r}")
        return Event(name, self.own_id(block), "\n".join(data)) if data else None

    @staticmethod
    def own_id(block):
        for line in block.split(b"\n"):
            if line.startswith(b"id: "):
                return line[4:].decode()
        return None

    def until(self, wanted, limit=1_000_000):
        """All events up to and with the first that is wanted: a name or a condition."""
        test = wanted if callable(wanted) else lambda event: event.name == wanted
        seen, end = [], time.monotonic() + self.timeout
        for event in self:
            seen.append(event)
            if test(event):
                return seen
            if time.monotonic() > end or len(seen) >= limit:
                raise TooLate(f"not seen: {wanted}; the last was {event}")
        raise AssertionError(f"the stream ended before {wanted}: {seen[-3:]}")

    def take(self, count):
        """So many events."""
        return [next(self) for _ in range(count)]


# --- records of Claude Code -----------------------------------------------------------------------------------------
START_MS = 1_767_225_600_000


def stamp(number):
    """A time, one second after that of the number before."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(START_MS / 1000 + number))


def user(session, number, text):
    return {"type": "user", "uuid": f"{session}-u{number}", "parentUuid": None, "sessionId": session,
            "timestamp": stamp(number), "cwd": "/srv/project", "version": "2.1.0",
            "message": {"role": "user", "content": text}}


def reply(session, number, text, stop="end_turn"):
    return {"type": "assistant", "uuid": f"{session}-a{number}", "parentUuid": None, "sessionId": session,
            "timestamp": stamp(number), "cwd": "/srv/project", "version": "2.1.0",
            "message": {"id": f"msg_{session}_{number}", "role": "assistant", "model": "claude-test",
                        "content": [{"type": "text", "text": text}], "stop_reason": stop,
                        "usage": {"input_tokens": 1, "output_tokens": 1}}}


def dialogue(session, count, start=0):
    """A conversation of so many records, user and model in turn."""
    return [(user if number % 2 == 0 else reply)(session, number, f"line {number} of {session}")
            for number in range(start, start + count)]


def write(path, records, mode="ab"):
    """Appends whole records; returns the offsets behind them."""
    ends, at = [], path.stat().st_size if mode == "ab" and path.exists() else 0
    data = b""
    for record in records:
        line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
        at += len(line)
        ends.append(at)
        data += line
    with open(path, mode) as file:
        file.write(data)
    return ends
