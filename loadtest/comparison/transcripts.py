"""Transcripts that are there before a server starts."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

LINE_BYTES = 1000
_BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def stamp(line: int) -> str:
    """The timestamp of a line: one a second."""
    return (_BEGIN + timedelta(seconds=line)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def lines(size: int) -> int:
    return max(1, size // LINE_BYTES)


def line(number: int, name: str = "history") -> bytes:
    head = f'{{"timestamp":"{stamp(number)}","role":"assistant","content":"{name} {number} '.encode()
    return head + b"x" * (LINE_BYTES - len(head) - 3) + b'"}\n'


def dated(path: Path, size: int) -> int:
    """A transcript of about `size` bytes; returns how many it has."""
    with path.open("wb") as file:
        for number in range(lines(size)):
            file.write(line(number))
        return file.tell()


def many(folder: Path, count: int, size: int) -> None:
    """`count` transcripts of about `size` bytes each; their first lines differ, their rest is the same."""
    rest = b"".join(line(number) for number in range(1, lines(size)))
    for number in range(count):
        (folder / f"session-{number:05}.jsonl").write_bytes(line(0, f"session {number}") + rest)
