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
        self._left = 0
        self._chunk_open = False

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

    async def _line(self):
        """One line of the body without its newline; None at its end."""
        if not self.chunked:
            line = await self._until_newline(None)
            if line is None:
                self.ended = True
            return line
        parts = []
        while True:
            if self._left == 0:
                if self._chunk_open:
                    assert await self.reader.readexactly(2) == b"\r\n", "a chunk ends with CR LF"
                size = await self.reader.readuntil(b"\r\n")
                self._left = int(size, 16)
                self._chunk_open = True
                if self._left == 0:
                    assert await self.reader.readexactly(2) == b"\r\n", "the last chunk ends the body"
                    assert not parts, "the body ends with a whole line"
                    self.ended = True
                    return None
            piece = await self._until_newline(self._left)
            if piece is None:
                raise Broken("inside a chunk")
            self._left -= len(piece)
            parts.append(piece)
            if piece.endswith(b"\n"):
                return b"".join(parts)[:-1]

    async def _until_newline(self, most):
        """Up to and with the next newline, at most `most` bytes."""
        if most is not None:
            buffer = self.reader._buffer
            while not buffer:
                if self.reader.at_eof():
                    return None
                await self.reader._wait_for_data("line")
            end = buffer.find(b"\n", 0, most) + 1 or min(most, len(buffer))
            return await self.reader.readexactly(end)
        parts = []
        while True:
            try:
                parts.append(await self.reader.readuntil(b"\n"))
                return b"".join(parts)[:-1]
            except asyncio.LimitOverrunError as error:
                parts.append(await self.reader.readexactly(error.consumed))
            except asyncio.IncompleteReadError as error:
                if error.partial or parts:
                    raise Broken("in the middle of a line") from error
                return None

    async def next(self):
        """The next event; None when the stream has ended."""
        name, event_id, data, has_data = "message", None, [], False
        try:
            while True:
                line = await self._line()
                if line is None:
                    return None
                if not line:
                    if has_data:
                        return Event(name, event_id, b"\n".join(data))
                    name, event_id, data = "message", None, []
                    continue
                assert b"\r" not in line, "a carriage return inside a stream would end a line for a browser"
                if line.startswith(b":"):
                    continue
                field, _, value = line.partition(b":")
                value = value[1:] if value.startswith(b" ") else value
                if field == b"data":
                    data.append(value)
                    has_data = True
                elif field == b"event":
                    name = value.decode()
                elif field == b"id":
                    assert b"\0" not in value
                    event_id = value.decode()
                elif field == b"retry":
                    self.retry = int(value)
                else:
                    raise AssertionError(f"a field that no browser knows: {line[:80]!r}")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Broken(str(error)) from error

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
