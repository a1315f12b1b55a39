"""A plain HTTP client for what tailstorm does not measure."""

import http.client
import socket
import threading
import time

from .servers import Failure, Running


class Timed(threading.Thread):
    """Asks for one path again and again on one connection, and keeps when and how long each took."""

    def __init__(self, server: Running, path: str, pause: float = 0.005):
        super().__init__(daemon=True)
        self.server, self.path, self.pause = server, path, pause
        self.samples: list[tuple[float, float]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        while not self.ended.is_set():
            begun = time.monotonic()
            connection.request("GET", self.path, headers={"X-API-Key": self.server.key or ""})
            connection.getresponse().read()
            self.samples.append((begun, time.monotonic() - begun))
            self.ended.wait(self.pause)

    def stop(self) -> None:
        self.ended.set()
        self.join()


def get(server: Running, path: str) -> float:
    """Seconds of one GET on a connection of its own."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path, headers={"X-API-Key": server.key or ""})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise Failure(f"{path}: status {answer.status}")
    connection.close()
    return time.monotonic() - begun


def stream(server: Running, path: str, until, timeout: float = 120.0) -> float:
    """Seconds until `until` (called with each piece of the answer) says that it was enough."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-API-Key: {server.key}\r\n\r\n"
        connection.sendall(request.encode())
        piece = memoryview(bytearray(1 << 20))
        while True:
            count = connection.recv_into(piece)
            if count == 0:
                raise Failure(f"{path}: the stream ended")
            if until(piece[:count]):
                return time.monotonic() - begun


class Replay(threading.Thread):
    """Reads one transcript's history again and again while something else is measured."""

    def __init__(self, server: Running, path: str, size: int):
        super().__init__(daemon=True)
        self.server, self.path, self.size = server, path, size
        self.bytes = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            left = self.size

            def taken(piece) -> bool:
                nonlocal left
                left -= len(piece)
                self.bytes += len(piece)
                return left <= 0 or self.ended.is_set()

            stream(self.server, self.path, taken)

    def stop(self) -> None:
        self.ended.set()
        self.join()
