#!/usr/bin/env python3
"""Follows one session of a Tailcast server. Python's standard library only.

    tail.py URL SESSION [--view raw|events] [--after CURSOR] [--key KEY]

Prints one line for each event that has an id: its name, its id and its JSON, separated by tabs. Lines named `message`
are records. A line named `reset` says that everything printed before it is no longer the transcript: the next lines
are the transcript from its beginning. What concerns the connection goes to standard error.

Ends with 1 when the server will not serve this stream whatever is done (unknown session, wrong key, bad cursor).
"""
import argparse
import http.client
import os
import random
import sys
import time
from urllib.parse import quote, urlencode, urlsplit

# The server sends a comment after 15 s without an event; three missing ones are a dead connection.
SILENCE = 45
LONGEST_WAIT = 30


class Refused(Exception):
    """The server will give the same answer again."""


class Ended(Exception):
    """The connection is over; the stream goes on with the next one."""


class Event:
    def __init__(self, name, id, data):
        self.name, self.id, self.data = name, id, data


class Tail:
    """A session's events, over as many connections as it takes.

    `cursor` is the id of the last event that `events()` gave. Whoever stores it together with what was made of that
    event, and begins there the next time, misses nothing and handles nothing twice.
    """

    def __init__(self, url, session, view="raw", after=None, key=None):
        self.url, self.session, self.view, self.key = urlsplit(url), session, view, key
        self.cursor = after
        self.retry = 2.0

    def events(self):
        """Gives events without end; those without an id (`status`, `bye`, …) too."""
        failures = 0
        while True:
            try:
                for event in self._connection():
                    failures = 0
                    # Before the event is given away, and never for half an event.
                    if event.id is not None:
                        self.cursor = event.id
                    yield event
            except (Ended, OSError, http.client.HTTPException) as reason:
                failures += 1
                # Many clients lose their server in the same moment; they must not all come back in one.
                wait = min(LONGEST_WAIT, self.retry * 2 ** min(failures - 1, 8)) * random.uniform(0.5, 1.5)
                print(f"connection lost ({reason}); again in {wait:.1f} s", file=sys.stderr)
                time.sleep(wait)

    def _connection(self):
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self.url.hostname, self.url.port, timeout=SILENCE)
        try:
            headers = {"accept": "text/event-stream"}
            if self.cursor:
                headers["last-event-id"] = self.cursor
            if self.key:
                headers["x-api-key"] = self.key
            path = f"{self.url.path.rstrip('/')}/api/v1/sessions/{quote(self.session, safe='')}/stream"
            connection.request("GET", f"{path}?{urlencode({'view': self.view})}", headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                text = response.read(2000).decode(errors="replace")
                refused = 400 <= response.status < 500 and response.status not in (408, 429)
                raise (Refused if refused else Ended)(f"{response.status}: {text}")
            yield from self._parse(response)
        finally:
            connection.close()

    def _parse(self, lines):
        """The event stream format (WHATWG HTML, section 9.2), as far as the server uses it."""
        name, id, data = "message", None, []
        while True:
            line = lines.readline()
            if not line.endswith(b"\n"):
                raise Ended("the server closed it")  # an event without its blank line is none
            field, _, value = line.rstrip(b"\r\n").decode().partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "event":
                name = value
            elif field == "id":
                id = value
            elif field == "data":
                data.append(value)
            elif field == "retry" and value.isdigit():
                self.retry = int(value) / 1000
            elif not line.strip():
                if data:
                    yield Event(name, id, "\n".join(data))
                name, id, data = "message", None, []


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="http://127.0.0.1:8420")
    parser.add_argument("session")
    parser.add_argument("--view", default="raw", choices=["raw", "events"])
    parser.add_argument("--after", help="the id of the last event that was handled")
    parser.add_argument("--key", default=os.environ.get("TAILCAST_KEY"), help="or the variable TAILCAST_KEY")
    options = parser.parse_args()
    tail = Tail(options.url, options.session, options.view, options.after, options.key)
    try:
        for event in tail.events():
            # hello repeats the position that was asked for; it says nothing new about the transcript.
            if event.id is not None and event.name != "hello":
                print(event.name, event.id, event.data, sep="\t", flush=True)
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
