"""The sample transcripts, put where a server finds them."""
import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

# Folder of the samples: agent whose root they stand in.
AGENTS = {"claude": "claude", "codex": "codex", "gemini": "gemini"}


@dataclass
class Sample:
    agent: str
    path: Path
    session: str

    @property
    def is_document(self):
        return self.path.suffix == ".json"

    def whole_bytes(self):
        """Bytes up to the end of the last whole line."""
        data = self.path.read_bytes()
        return len(data) if self.is_document else data.rfind(b"\n") + 1

    def records(self):
        """The whole lines that are one JSON value each."""
        found = []
        for line in self.path.read_bytes()[:self.whole_bytes()].split(b"\n"):
            try:
                json.loads(line)
            except ValueError:
                continue
            found.append(line.strip())
        return found


def sample_files(shared):
    """All transcripts among the samples: (agent, file)."""
    found = []
    base = Path(shared) / "transcripts"
    for folder, agent in AGENTS.items():
        for file in sorted((base / folder).rglob("*")):
            if file.suffix == ".jsonl" or (agent == "gemini" and file.suffix == ".json"):
                found.append((agent, file))
    for file in sorted((base / "other").rglob("*.jsonl")):
        name = str(file.relative_to(base))
        found.append(("copilot" if "copilot" in name else "cursor" if "cursor" in name else "jsonl", file))
    return found


def serve_samples(new_server, shared, **options):
    """A server that watches a copy of every sample; gives it and the samples with their sessions."""
    server = new_server(**options)
    planted = []
    for number, (agent, file) in enumerate(sample_files(shared)):
        folder = server.directory / "samples" / agent / ("chats" if agent == "gemini" else "project")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"sample-{number:03}{file.suffix}"
        shutil.copyfile(file, target)
        target.chmod(0o600)
        planted.append((agent, target))
    server.roots = [(agent, server.directory / "samples" / agent) for agent in sorted({a for a, _ in planted})]
    server.start()
    sessions = server.sessions()
    samples = []
    for agent, file in planted:
        names = [file.stem]
        if agent == "gemini":
            # It keeps its id inside; a second file with the same one gets a mark behind it.
            inside = re.search(rb'"sessionId"\s*:\s*"([^"]+)"', file.read_bytes()[:4096])
            if not inside:
                continue  # no transcript of that program: every one has an id
            names.append(inside[1].decode())
        fitting = [id for id, session in sessions.items()
                   if any(id == name or (agent == "gemini" and id.startswith(name + "-")) for name in names)
                   and session["agent"] == agent and session["transcript"]["bytes"] == file.stat().st_size]
        assert fitting, f"{file} is not listed"
        samples.append(Sample(agent, file, fitting[0]))
    return server, samples


def milliseconds(stamp):
    """A record's time as the contract reads it: ISO 8601 with any offset, none is UTC; or epoch milliseconds."""
    if isinstance(stamp, bool):
        return None
    if isinstance(stamp, (int, float)):
        return int(stamp)
    if not isinstance(stamp, str):
        return None
    try:
        moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * 1000 + moment.microsecond // 1000


def time_of(record):
    """The outer timestamp of a record's bytes."""
    try:
        value = json.loads(record)
    except ValueError:
        return None
    return milliseconds(value.get("timestamp")) if isinstance(value, dict) else None
