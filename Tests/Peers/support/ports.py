"""Ports for servers that have to come back at the same place."""
import socket


def free_port():
    """A port that is free now; whoever asks binds it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def at_port(server, port):
    """The same server, at this port whenever it starts."""
    command = server.command

    def with_port():
        words = command()
        words[words.index("--port") + 1] = str(port)
        return words

    server.command = with_port
    return server
