"""A way to a server on which a machine can sleep: connections stay open, and nothing comes through any more."""
import contextlib
import socket
import threading


class Sleeper:
    """Relays TCP from a port of its own. What was connected before `sleep` is never told that it is dead."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.naps = 0
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def sleep(self):
        """From now on only new connections come through."""
        self.naps += 1

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.sockets += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(source, sink, self.naps), daemon=True).start()

    def carry(self, source, sink, naps):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.naps == naps:
                    sink.sendall(data)
            if self.naps == naps:
                sink.shutdown(socket.SHUT_WR)

    def end(self):
        for one in [self.listener, *self.sockets]:
            one.close()
