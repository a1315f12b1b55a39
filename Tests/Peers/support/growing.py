"""A transcript file that grows and suffers, with the account of everything that it held."""
import json
import os
import random

from .ledger import Version, digest

WORDS = ["tail", "naïve", "日本語", "🚀", "данные", "\\\"quoted\\\"", "data: x", "e\u0301", "\u2028", "id: 7"]


class GrowingFile:
    """`versions[-1]` is what the file holds now. Every write is recorded before it reaches the disk."""

    def __init__(self, path, seed):
        self.path = path
        self.random = random.Random(seed)
        self.versions = [Version()]
        self.written = 0
        self.rotated = 0
        # Line ends to avoid: see `away_from`.
        self.forbidden = ()
        self.descriptor = self._open()

    def _open(self):
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @property
    def now(self):
        return self.versions[-1]

    def close(self):
        os.close(self.descriptor)

    def record(self, size=None):
        """A record unlike every other, as compact JSON."""
        self.written += 1
        size = size if size is not None else int(self.random.expovariate(1 / 300))
        text = ""
        while len(text) < size:
            text += self.random.choice(WORDS) + " "
        return json.dumps({"seq": self.written, "mark": self.random.getrandbits(64), "text": text},
                          ensure_ascii=False, separators=(",", ":")).encode()

    # --- growth ---------------------------------------------------------------------------------
    def pieces(self, data, spans):
        """The bytes cut anywhere: each is to be written by itself."""
        cuts = sorted(self.random.randrange(1, len(data) + 1) for _ in range(self.random.choice([0, 0, 0, 1, 3])))
        for start, end in zip([0, *cuts], [*cuts, len(data)]):
            part = data[start:end]
            if not part:
                continue
            # A record counts from its last byte on; the model must know it before a reader can see it.
            self.now.write(part, [(a - start, b - start, mark) for a, b, mark in spans if start < b <= end])
            yield part

    def line(self, kind="plain", size=None):
        """The bytes of a line (or of half of one) and the records in it."""
        record = self.record(size)
        mark = digest(record)
        if kind == "cut":
            return record[: self.random.randrange(1, len(record) - 1)], []
        if kind == "glued":
            return record, [(0, len(record), mark)]
        before = {"nul": b"\0" * self.random.randrange(1, 400), "blank": b"\n\n"}.get(kind, b"")
        after = b"\r\n" if kind == "crlf" else b"\n"
        end = len(self.now.data) + len(before) + len(record) + len(after)
        if end in self.forbidden:
            after = b" " + after
        return before + record + after, [(len(before), len(before) + len(record), mark)]

    def write(self, data):
        written = os.write(self.descriptor, data)
        assert written == len(data)

    def append(self, kind="plain", size=None):
        """Writes a line in pieces, at once."""
        for part in self.pieces(*self.line(kind, size)):
            self.write(part)

    # --- suffering ------------------------------------------------------------------------------
    def truncate(self, size):
        self.versions.append(self.now.cut(size))
        os.ftruncate(self.descriptor, size)

    def rewrite(self):
        """Everything again into the same inode."""
        self.versions.append(self.now.cut(len(self.now.data)))
        with open(self.path, "wb") as file:
            file.write(self.now.data)

    def replace(self):
        """The same bytes in another inode, renamed over the name: nothing is lost, nothing new."""
        other = f"{self.path}.new"
        with open(other, "wb") as file:
            file.write(self.now.data)
        os.rename(other, self.path)
        self._reopen()

    def exchange(self):
        """Other bytes in another inode, renamed over the name."""
        other = Version()
        for _ in range(self.random.randrange(1, 20)):
            record = self.record()
            other.write(record + b"\n", [(0, len(record), digest(record))])
        self.versions.append(other)
        name = f"{self.path}.new"
        with open(name, "wb") as file:
            file.write(other.data)
        os.rename(name, self.path)
        self._reopen()

    def rotate(self):
        self.rotated += 1
        os.rename(self.path, f"{self.path}.{self.rotated}")
        self._begin_anew()

    def recreate(self):
        os.unlink(self.path)
        self._begin_anew()

    def _begin_anew(self):
        self.versions.append(Version())
        self._reopen()

    def _reopen(self):
        os.close(self.descriptor)
        self.descriptor = self._open()
