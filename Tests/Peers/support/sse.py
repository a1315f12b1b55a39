"""A client of server-sent events, written from the standard, that forgives nothing.

It keeps the bytes of `data` as they came, so that what it collected can be compared with the file byte by byte.
"""
import asyncio
import json
import socket
from dataclasses import dataclass


class Broken(Exception):
    """The stream ended: dropped, or the server went away."""


class Refused(Exception):
    """An answer that is no stream."""

    def __init__(self, status, headers, body):
        super().__init__(status, body[:300])
        self.status, self.headers, self.body = status, headers, body

    @property
    def code(self):
        return json.loads(self.body)["error"]["code"]


@dataclass
class Event:
    name: str
    id: str | None
    data: bytes

    def json(self):
        return json.loads(self.data)


class Stream:
    """One open stream. `async for event in stream` ends with the stream; `bye` and the like are events."""

    def __init__(self, reader, writer, headers, chunked):
        self.reader, self.writer, self.headers, self.chunked = reader, writer, headers, chunked
        self.retry = None
        self.ended = False  # by the server, in order: with its last chunk or, without chunks, with its end
        self._raw = bytearray()  # not cut into chunks yet
        self._body = bytearray()
        self._at = 0

    @classmethod
    async def open(cls, server, path, *, last_id=None, version="1.1", method="GET", body=None, headers=None,
                   receive_buffer=None, unix=False, limit=1 << 20):
        """Asks for a stream; raises `Refused` for an answer that is none, `OSError` or `Broken` if nobody answers."""
        plain = socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_STREAM)
        plain.setblocking(False)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await asyncio.get_running_loop().sock_connect(
                plain, server.socket if unix else ("127.0.0.1", server.port))
        except BaseException:
            plain.close()
            raise
        reader, writer = await asyncio.open_connection(sock=plain, limit=limit)
        try:
            payload = json.dumps(body).encode() if body is not None else b""
            lines = [f"{method} {path} HTTP/{version}", "Host: localhost", "Accept: text/event-stream"]
            if last_id is not None:
                lines.append(f"Last-Event-ID: {last_id}")
            if body is not None:
                lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
            lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
            await writer.drain()
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise Broken(f"no answer: {error}") from error
            status = int(head[0].split(" ")[1])
            fields = dict((k.lower(), v) for k, _, v in (line.partition(": ") for line in head[1:] if line))
            if status != 200 or not fields.get("content-type", "").startswith("text/event-stream"):
                rest = await reader.readexactly(int(fields.get("content-length", 0)))
                raise Refused(status, fields, rest)
            return cls(reader, writer, fields, fields.get("transfer-encoding") == "chunked")
        except BaseException:
            writer.transport.abort()
            raise

    async def _fill(self):
        """More of the body; False at its end."""
        data = await self.reader.read(1 << 18)
        if not self.chunked:
            self._body += data
            self.ended = not data
            return bool(data)
        if not data:
            raise Broken("inside the body")
        self._raw += data
        at = 0
        while True:
            end = self._raw.find(b"\r\n", at)
            if end < 0:
                break
            size = int(self._raw[at:end], 16)
            if len(self._raw) < end + 2 + size + 2:
                break
            assert self._raw[end + 2 + size:end + 4 + size] == b"\r\n", "a chunk ends with CR LF"
            if size == 0:
                self.ended = True
                break
            self._body += self._raw[end + 2:end + 2 + size]
            at = end + 4 + size
        del self._raw[:at]
        return not self.ended

    async def next(self):
        """The next event; None when the stream has ended."""
        while True:
            end = self._body.find(b"\n\n", self._at)
            if end >= 0:
                block = bytes(self._body[self._at:end])
                self._at = end + 2
                if self._at > 1 << 16:
                    del self._body[:self._at]
                    self._at = 0
                event = self._parse(block)
                if event:
                    return event
                continue
            if self.ended:
                assert self._at == len(self._body), "the stream ends with a whole event"
                return None
            try:
                await self._fill()
            except ConnectionError as error:
                raise Broken(str(error)) from error
            if self.ended and not self.chunked and self._at != len(self._body):
                raise Broken("in the middle of an event")

    def _parse(self, block):
        name, event_id, data = "message", None, []
        assert b"\r" not in block, "a carriage return inside a stream ends a line for a browser"
        block.decode()  # a stream is UTF-8
        for line in block.split(b"\n"):
            field, colon, value = line.partition(b":")
            value = value[1:] if value.startswith(b" ") else value
            if field == b"data":
                data.append(value)
            elif field == b"event":
                name = value.decode()
            elif field == b"id":
                assert b"\0" not in value
                event_id = value.decode()
            elif field == b"retry":
                self.retry = int(value)
            else:
                assert colon and not field, f"a field that no browser knows: {line[:80]!r}"
        return Event(name, event_id, b"\n".join(data)) if data else None

    def __aiter__(self):
        return self

    async def __anext__(self):
        event = await self.next()
        if event is None:
            raise StopAsyncIteration
        return event

    async def until(self, name, *more, seconds=30):
        """All events up to and with the first one of a name."""
        events = []

        async def collect():
            while True:
                event = await self.next()
                if event is None:
                    raise Broken(f"ended before {name}; had {[e.name for e in events][-5:]}")
                events.append(event)
                if event.name in (name, *more):
                    return events

        try:
            return await asyncio.wait_for(collect(), seconds)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {name} within {seconds} s; had {[e.name for e in events][-8:]}") from None

    async def take(self, count, name="message", seconds=30):
        """The next `count` events of a name; others in between are left out."""
        found = []
        while len(found) < count:
            found.append((await self.until(name, seconds=seconds))[-1])
        return found

    def close(self):
        """Goes away as a vanished client does."""
        self.writer.transport.abort()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()


def path(session, **parameters):
    """The stream route of a session."""
    from urllib.parse import urlencode

    query = urlencode({key: value for key, value in parameters.items() if value is not None})
    return f"/api/v1/sessions/{session}/stream" + (f"?{query}" if query else "")
