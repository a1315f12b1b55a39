"""`generate.py replay` writes and damages a transcript live, and its `check` judges what clients received."""
import asyncio
import hashlib
import json
import random
import subprocess
import sys

import pytest

from support.ledger import Account
from support.sse import Broken, Stream, path
from support.waiting import run, until_async

LINES = 240
SETTINGS = {"streams.ring_bytes": "64KiB", "streams.page_bytes": "8KiB", "search.enabled": "false"}

# Faults that take nothing away from a reader, however late it comes.
GROWTH = ["join@20", "splice@35:0.4", "nul@50:300", "badutf8@65", "dup@80", "blank@95", "crlf@110", "replace@130",
          "join@150", "splice@151:0.9", "nul@170:5000", "replace@190"]
# After these the file holds other bytes: only who was there before has the earlier lines.
LOSSES = {
    "truncate": ["pause@80:1", "truncate@80", "pause@160:1", "truncate@160"],
    "rotate": ["rotate@80", "rotate@160"],
    "recreate": ["pause@80:1", "recreate@80", "pause@160:1", "recreate@160"],
    "rewrite": ["rewrite@80", "rewrite@160"],
}


class Reader:
    """Collects what `check` wants to see. After a reset the file speaks again from its beginning: what comes again
    replaces what it had."""

    def __init__(self, number, seed, drops):
        self.random = random.Random(seed * 100 + number)
        self.drops = drops
        self.account = Account(f"reader {number}")
        self.got = []
        self.is_fresh = False

    def take(self, event):
        self.account.take(event)
        if event.name == "reset":
            self.is_fresh = True
        if event.name != "message":
            return
        mark = hashlib.sha256(event.data).hexdigest()[:16]
        if self.is_fresh:
            self.is_fresh = False
            if mark in self.got:
                del self.got[self.got.index(mark):]
        self.got.append(mark)

    async def live(self, server, session):
        while True:
            try:
                async with await Stream.open(
                        server, path(session, view="raw"), last_id=self.account.last_id) as stream:
                    self.account.resume()
                    left = self.random.randrange(1, 60) if self.drops else 1 << 30
                    async for event in stream:
                        self.take(event)
                        left -= 1
                        if left == 0:
                            break
            except (Broken, OSError):
                await asyncio.sleep(0.01)


async def replayed(server, generator, place, seed, faults, drops, form="claude"):
    source, wanted = place / "source.jsonl", place / "wanted.jsonl"
    subprocess.run([sys.executable, generator, "gen", "--format", form, "--seed", str(seed), "--lines", str(LINES),
                    "--max-line", "60K", "--out", source], check=True)
    target = server.root / "live.jsonl"
    target.touch()
    await until_async(lambda: server.session("live"), "the session is listed")
    readers = [Reader(number, seed, drops and number % 2 == 1) for number in range(4)]
    tasks = [asyncio.create_task(reader.live(server, "live")) for reader in readers]
    # The first content must be known to every reader before it may be taken away.
    await until_async(lambda: all(reader.account.resumes for reader in readers), "all readers are there")
    command = [sys.executable, str(generator), "replay", "--src", str(source), "--dst", str(target), "--rate", "150",
               "--split", "0.3", "--seed", str(seed), "--expect", str(wanted)]
    for fault in faults:
        command += ["--fault", fault]
    writer = await asyncio.create_subprocess_exec(*command)
    try:
        assert await writer.wait() == 0
        last = json.loads(wanted.read_text().splitlines()[-1])["sha"]
        await until_async(lambda: all(last in reader.got for reader in readers), "every reader has the last line")
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        if writer.returncode is None:
            writer.kill()
    for fault in ended:
        if isinstance(fault, AssertionError):
            raise fault
    return readers, wanted


def judge(generator, place, reader, wanted):
    got = place / "got.jsonl"
    got.write_text("".join(json.dumps({"sha": mark}) + "\n" for mark in reader.got))
    verdict = subprocess.run([sys.executable, generator, "check", "--expect", wanted, "--got", got],
                             capture_output=True, text=True)
    assert verdict.returncode == 0, f"{reader.account.name}: {verdict.stdout}{verdict.stderr}"
    return json.loads(verdict.stdout)


@pytest.mark.parametrize("form", ["claude", "codex"])
def test_growth_with_all_damage_of_lines_loses_and_repeats_nothing(serve, generator, place, loops, seed, form):
    server = serve(settings=SETTINGS, loops=loops)
    readers, wanted = run(replayed(server, generator, place, seed, GROWTH, True, form))
    for reader in readers:
        verdict = judge(generator, place, reader, wanted)
        assert verdict["missing"] == 0 and verdict["disorder"] == 0, verdict
        assert verdict["unknown"] <= 1, f"only the line with a byte that is not UTF-8 differs: {verdict}"
        assert verdict["duplicates"] == 1, f"one line was written twice: {verdict}"
        assert verdict["recovered"] >= 5, f"a record glued to damage is a record: {verdict}"
        assert reader.account.resets == 0, "nothing was taken away"
        assert reader.account.damaged >= 4
    assert any(reader.account.resumes > 1 for reader in readers)


@pytest.mark.parametrize("kind", LOSSES)
def test_who_was_there_has_every_line_of_every_content(serve, generator, place, seed, kind):
    server = serve(settings=SETTINGS)
    readers, wanted = run(replayed(server, generator, place, seed, LOSSES[kind], False))
    for reader in readers:
        verdict = judge(generator, place, reader, wanted)
        assert verdict["missing"] == 0 and verdict["disorder"] == 0 and verdict["unknown"] == 0, verdict
        assert verdict["duplicates"] == 0, verdict
        if kind != "rewrite":
            assert reader.account.resets == 2, "every new content is told"
