"""WebSocket frames byte by byte, right ones and wrong ones; what comes back is read by wsproto."""
import json
import struct

from wsproto import ConnectionType, WSConnection
from wsproto.events import (AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, RejectConnection,
                            RejectData, Request, TextMessage)

from .peer import open_socket

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x37\xfa\x21\x3d"


def frame(opcode, payload=b"", *, final=True, masked=True, reserved=0, length=None, form=None):
    """A client's frame. `length` is announced in place of the payload's own, in `form` 7, 16 or 64 bits."""
    announced = len(payload) if length is None else length
    form = form or (7 if announced < 126 else 16 if announced < 65536 else 64)
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    bit = 0x80 if masked else 0
    head += {7: lambda: bytes([bit | announced]),
             16: lambda: bytes([bit | 126]) + struct.pack("!H", announced),
             64: lambda: bytes([bit | 127]) + struct.pack("!Q", announced)}[form]()
    if not masked:
        return head + payload
    mask = (MASK * (len(payload) // 4 + 1))[:len(payload)]
    number = int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")
    return head + MASK + number.to_bytes(len(payload), "big")


def close_payload(code, reason=b""):
    return struct.pack("!H", code) + reason


def op(**members):
    return json.dumps(members).encode()


class Refused(Exception):
    """The server did not become a WebSocket."""

    def __init__(self, status, headers, body):
        super().__init__(status, body)
        self.status, self.headers, self.body = status, headers, body


class WebSocket:
    """A client: its handshake and everything it reads are wsproto's, what it sends is whatever the test says."""

    def __init__(self, server, path="/api/v1/ws", headers=(), subprotocols=(), extensions=(), **options):
        self.socket = open_socket(server, **options)
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.events = []
        self.ended = False
        request = Request(host="localhost", target=path, extra_headers=[
            (name.encode(), value.encode()) for name, value in headers],
            subprotocols=list(subprotocols), extensions=list(extensions))
        self.socket.sendall(self.protocol.send(request))
        first = self.event()
        if isinstance(first, RejectConnection):
            body, finished = b"", not first.has_body
            while not finished:
                event = self.event()
                assert isinstance(event, RejectData), event
                body += event.data
                finished = event.body_finished
            self.socket.close()
            raise Refused(first.status_code, dict(first.headers), body)
        assert isinstance(first, AcceptConnection), first
        self.accepted = first
        self.parts = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, piece=None):
        """Sends bytes as they are."""
        try:
            for start in range(0, len(data), piece or max(1, len(data))):
                self.socket.sendall(data[start:start + (piece or len(data))])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def say(self, **members):
        self.send(frame(TEXT, op(**members)))

    def event(self):
        """The next event of wsproto, None at the end of the connection."""
        while not self.events:
            if self.ended:
                return None
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            self.ended = not data
            if data:
                self.protocol.receive_data(data)
                self.events += list(self.protocol.events())
        return self.events.pop(0)

    def message(self):
        """The next JSON message. Pings on the way are answered; a close is a failure."""
        text = ""
        while True:
            event = self.event()
            if isinstance(event, TextMessage):
                text += event.data
                if event.message_finished:
                    return json.loads(text)
            elif isinstance(event, Ping):
                self.send(frame(PONG, bytes(event.payload)))
            elif not isinstance(event, Pong):
                raise AssertionError(f"{event} in place of a message")

    def until(self, wanted):
        """All messages up to and with the first that is wanted."""
        seen = []
        while True:
            seen.append(self.message())
            if wanted(seen[-1]):
                return seen

    def ask(self, **members):
        """Sends an operation and returns its answer; events that came before it are in `early`."""
        members.setdefault("ref", "ask")
        self.say(**members)
        *self.early, answer = self.until(
            lambda message: message["op"] in ("ack", "error") and message.get("ref") == members["ref"])
        return answer

    def pong(self):
        """The payload of the next pong; nothing else may come first."""
        event = self.event()
        assert isinstance(event, Pong), event
        return bytes(event.payload)

    def closing(self):
        """The close code that the server sends; messages before it are skipped, and the connection must end."""
        code = None
        while (event := self.event()) is not None:
            if isinstance(event, CloseConnection):
                assert code is None, "two close frames"
                code, self.reason = event.code, event.reason
            else:
                assert code is None, f"{event} behind a close frame"
                assert isinstance(event, (TextMessage, BytesMessage, Ping, Pong)), event
        return code
