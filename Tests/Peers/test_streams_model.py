"""Random lives of a transcript against clients that join, drop, resume and stall, and a server that is killed."""
import asyncio
import random

import pytest

from support.growing import GrowingFile
from support.ledger import Account, offset
from support.sse import Broken, Refused, Stream, path
from support.waiting import TooLate, run, until_async

STEPS = 500
SESSION = "model"
# Small enough that every client that pauses falls behind memory, and every history has many pages.
TIGHT = {"streams.ring_bytes": "64KiB", "streams.page_bytes": "4KiB", "tail.read_bytes": "4KiB",
         "streams.retry": "10ms", "search.enabled": "false"}


class Watcher:
    """A client with habits: it stays, or drops after a few events, or stops reading for a while."""

    def __init__(self, number, server, progress, seed):
        self.random = random.Random(seed * 1000 + number)
        self.server = server
        self.progress = progress
        self.account = Account(f"client {number}")
        self.habit = ["stays", "drops", "stalls"][number % 3]
        self.start = [{}, {"tail": 3}, {"tail": 0}, {}][number % 4]
        self.version = ["1.1", "1.0"][number % 2]
        self.joins_at = self.random.randrange(STEPS // 2) if number % 2 else 0

    async def live(self):
        await until_async(lambda: self.progress.step >= self.joins_at, "the time to join", 120)
        while True:
            try:
                await self.watch()
            except (Broken, OSError):
                # The server is gone for the moment, or the file is: a browser would come back too.
                await asyncio.sleep(0.01)
            except Refused as refused:
                assert refused.status == 404 and not self.progress.is_over, refused
                await asyncio.sleep(0.01)

    async def watch(self):
        last = self.account.last_id
        stream = await Stream.open(
            self.server, path(SESSION, view="raw", **({} if last else self.start)), last_id=last,
            version=self.version, receive_buffer=4096 if self.habit == "stalls" else None)
        async with stream:
            self.account.resume()
            patience = self.random.randrange(1, 80) if self.habit != "stays" else None
            async for event in stream:
                self.account.take(event)
                if patience is None or self.progress.is_over:
                    continue
                patience -= 1
                if patience > 0:
                    continue
                if self.habit == "drops":
                    return
                patience = self.random.randrange(20, 200)
                goal = self.progress.step + self.random.randrange(1, 30)
                await until_async(lambda: self.progress.step >= goal or self.progress.is_over, "the stall's end", 120)


class Progress:
    step = 0
    is_over = False


KINDS = ["plain"] * 12 + ["cut", "glued", "nul", "blank", "crlf"]
SUFFERINGS = ["truncate", "halve", "rewrite", "replace", "exchange", "rotate", "recreate"]


async def disturb(server, file, clients, choose):
    """One of the things that happen to files and servers."""
    what = choose.choice(SUFFERINGS + ["kill", "kill"])
    if what == "kill":
        server.kill()
        # A content that is replaced while nobody looks cannot be told from the old one at a line's end that both
        # have, when the server had no time to store how far it read: such ends are not made here.
        file.forbidden = {offset(client.account.last_id) for client in clients if client.account.last_id}
        for _ in range(choose.randrange(4)):
            suffer(file, choose.choice(SUFFERINGS), choose)
            for _ in range(choose.randrange(6)):
                file.append(choose.choice(KINDS))
        await asyncio.to_thread(server.start)
        file.forbidden = ()
    else:
        suffer(file, what, choose)


def suffer(file, what, choose):
    size = len(file.now.data)
    if what == "truncate":
        file.truncate(0)
    elif what == "halve":
        file.truncate(size // 2)
    else:
        getattr(file, what)()


async def story(server, seed):
    choose = random.Random(seed)
    file = GrowingFile(server.root / f"{SESSION}.jsonl", seed)
    await until_async(lambda: server.session(SESSION), "the session is listed")
    progress = Progress()
    clients = [Watcher(number, server, progress, seed) for number in range(8)]
    tasks = [asyncio.create_task(client.live()) for client in clients]

    async def all_have_everything(what):
        def done():
            for task in tasks:
                if task.done():
                    task.result()
            return all(client.account.has_all(file.now) for client in clients)

        try:
            await until_async(done, what, 40)
        except TooLate:
            for client in clients:
                client.account.check(file.versions)
            raise

    try:
        for step in range(STEPS):
            progress.step = step
            if choose.random() < 0.06:
                await disturb(server, file, clients, choose)
            else:
                for _ in range(choose.choice([1, 1, 3, 12])):
                    size = choose.randrange(20_000, 120_000) if choose.random() < 0.02 else None
                    for part in file.pieces(*file.line(choose.choice(KINDS), size)):
                        file.write(part)
                        await asyncio.sleep(0)
            await asyncio.sleep(0)
        progress.step, progress.is_over = STEPS * 2, True
        file.append()  # ends whatever line was left unfinished
        await all_have_everything("every client has everything")
        # A record sent twice would follow what each has by now.
        for _ in range(3):
            file.append()
        await all_have_everything("every client has the last records")
        for client in clients:
            client.account.check(file.versions)
        return clients
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        file.close()


@pytest.mark.parametrize("round_number", [0, 1])
def test_every_client_has_the_file_after_its_cursor_or_was_told(serve, loops, seed, round_number):
    server = serve(settings=TIGHT, loops=loops)
    clients = run(story(server, seed + round_number), 150)
    print({client.account.name: (client.habit, client.account.frames, client.account.resumes, client.account.resets,
                                 client.account.lagged, client.account.damaged) for client in clients})
    assert sum(client.account.resumes for client in clients) > len(clients), "nobody ever came back"
    assert sum(client.account.resets for client in clients) > 0, "no content was ever replaced"
