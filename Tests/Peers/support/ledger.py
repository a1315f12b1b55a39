"""The outside model: what a transcript file held, and what a client may therefore have been sent.

A `Version` is one content of the file: bytes that only grew. A file that is truncated, rewritten or replaced begins
a new one. Every record is made by the test, so where each stands is known without parsing anything.
"""
import hashlib


def digest(record):
    return hashlib.sha256(record).digest()[:12]


def epoch(cursor):
    return cursor.partition("-")[0]


def offset(cursor):
    return order(cursor)[0]


def order(cursor):
    """What cursors of one epoch are compared by: all but the last frame of a line carry a part."""
    place, _, part = cursor.partition("-")[2].partition(".")
    return int(place), int(part) if part else 1 << 30


class Version:
    """One content of a file."""

    def __init__(self):
        self.data = bytearray()
        self.spans = []  # every record written into it: start, end, digest
        self._ended = []  # those on whole lines: offset after the line, digest

    def write(self, data, spans=()):
        """Appends bytes; `spans` tells of records inside of them by start, end and digest."""
        at = len(self.data)
        self.spans += [(at + start, at + end, mark) for start, end, mark in spans]
        self.data += data

    def cut(self, size):
        """What a truncation leaves, as a new version."""
        left = Version()
        left.data = self.data[:size]
        left.spans = [span for span in self.spans if span[1] <= size]
        return left

    def records(self):
        """The records that stand on whole lines, in order."""
        for _, end, mark in self.spans[len(self._ended):]:
            newline = self.data.find(b"\n", end)
            if newline < 0:
                break
            self._ended.append((newline + 1, mark))
        return self._ended


class Segment:
    """What a client was sent of one content: from a cursor on, until a reset."""

    def __init__(self, begin):
        self.begin = begin
        self.frames = []  # offset after the line, digest

    def disagreement(self, records, complete):
        """None if these are the records after `begin`, one after the other; else what is wrong.

        - complete: nothing may be missing at the end either.
        """
        place, part = order(self.begin)
        expected = [record for record in records if record[0] > place]
        if part != 1 << 30:
            # It began inside a line: the rest of that line comes first, at least its last record.
            line = [record for record in records if record[0] == place]
            got = sum(1 for frame in self.frames if frame[0] == place)
            expected = line[-max(got, 1):] + expected
        for index, frame in enumerate(self.frames):
            if index >= len(expected):
                return f"frame {index}, at {frame[0]}, is beyond the content"
            if frame != expected[index]:
                return f"frame {index} is at {frame[0]}, the file has another record there, at {expected[index][0]}"
        missing = expected[len(self.frames):]
        if complete and missing:
            return f"{len(missing)} of {len(expected)} records are missing, from {missing[0][0]} on"
        return None


class Account:
    """What one client was sent, with what its cursors promise. Takes a stream's events in order."""

    def __init__(self, name="client"):
        self.name = name
        self.segments = []
        self.last_id = None
        self.resumes = self.resets = self.damaged = self.lagged = 0
        self._is_resuming = False
        self._owes_reset = None

    @property
    def frames(self):
        return sum(len(segment.frames) for segment in self.segments)

    def resume(self):
        """It comes back with `last_id`."""
        self.resumes += 1
        self._is_resuming = self.last_id is not None
        self._owes_reset = None

    def take(self, event):
        if event.name == "lagged":
            self.lagged += 1
        elif event.name == "hello":
            self._hello(event)
        elif event.name == "reset":
            self._reset(event.json(), event.id)
            self.resets += 1
            self._owes_reset = None
            self._begin(event.id)
        elif event.id is not None:
            self._positioned(event)

    def _hello(self, event):
        cursor = event.json()["cursor"]
        if cursor is None:
            assert event.id is None
            return
        if event.id is None and self._is_resuming:
            # Before a reset: a drop between the two must not hide it.
            assert cursor != self.last_id
            self._owes_reset = cursor
            self._is_resuming = False
            return
        assert event.id == cursor, (event.id, cursor, self.last_id)
        if not self._is_resuming:
            self._begin(cursor)
        assert not self._is_resuming or cursor == self.last_id, (cursor, self.last_id)
        self._is_resuming = False

    def _reset(self, body, cursor):
        assert body["cursor"] == cursor, "the id is the new position"
        requested = body["requested"]
        if self._owes_reset:
            assert requested == self.last_id, f"{self.name} came with {self.last_id} and is told of {requested}"
        elif requested and self.last_id:
            assert epoch(requested) == epoch(self.last_id), f"{self.name} stood at {self.last_id}, not at {requested}"

    def _begin(self, cursor):
        self.segments.append(Segment(cursor))
        self.last_id = cursor

    def _positioned(self, event):
        assert not self._owes_reset, (
            f"{self.name} resumed from {self.last_id}, was put at {self._owes_reset} and not told so")
        if not self.segments:
            # It came before the file had a content: what follows is the content from its beginning.
            self._begin(f"{epoch(event.id)}-0")
        assert epoch(event.id) == epoch(self.last_id), (
            f"{self.name}: {event.name} {event.id} after {self.last_id} without a reset")
        if event.name == "caught_up":
            assert order(event.id) >= order(self.last_id), f"{self.name}: caught up at {event.id}, before its own end"
        else:
            assert order(event.id) > order(self.last_id), f"{self.name}: {event.id} after {self.last_id}"
        if event.name == "message":
            self.segments[-1].frames.append((offset(event.id), digest(event.data)))
        elif event.name == "damaged":
            self.damaged += 1
        self.last_id = event.id

    def has_all(self, version):
        """True when the newest segment is all of a content after its begin."""
        return bool(self.segments) and self.segments[-1].disagreement(version.records(), complete=True) is None

    def check(self, versions):
        """Every segment is a run of one content; the last one is all of the newest after its begin."""
        for index, segment in enumerate(self.segments):
            is_last = index == len(self.segments) - 1
            faults = [segment.disagreement(version.records(), complete=is_last)
                      for version in (versions[-1:] if is_last else versions)]
            assert None in faults, (
                f"{self.name}: segment {index + 1} of {len(self.segments)}, from {segment.begin}, with "
                f"{len(segment.frames)} frames fits no content of the file: {faults[-1]} "
                f"(resumes {self.resumes}, resets {self.resets}, lagged {self.lagged})")
