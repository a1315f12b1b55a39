"""Joining: many at once, in the middle of a writer's work, and going away before anything came."""
import asyncio
import json

from support.sse import Stream, path
from support.waiting import run, until_async
from support.writer import appending

CLIENTS = 200


def numbers(events):
    return [json.loads(event.data)["seq"] for event in events if event.name == "message"]


class Joiner:
    """Joins in one of four ways and notes the numbers of the records that it gets."""

    def __init__(self, number):
        self.way = ["start", "tail", "hello", "now"][number % 4]
        self.numbers = []

    async def live(self, server, view):
        query, last = {"tail": {"tail": 5}, "now": {"tail": 0}}.get(self.way, {}), None
        if self.way == "hello":
            # It goes away after hello, before any record, and comes back with the only id that it has.
            async with await Stream.open(server, path("busy", view=view, tail=3)) as stream:
                hello = await stream.next()
                assert hello.name == "hello" and hello.id
                self.begin, last, query = hello.id, hello.id, {}
        async with await Stream.open(server, path("busy", view=view, **query), last_id=last) as stream:
            async for event in stream:
                assert event.name not in ("reset", "damaged", "bye"), event
                if event.name == "hello":
                    if self.way == "hello":
                        assert event.id == self.begin
                    self.begin = event.id
                if event.name == "message":
                    number = json.loads(event.data)["seq"]
                    if self.numbers:
                        assert number == self.numbers[-1] + 1, f"{self.way}: {number} after {self.numbers[-1]}"
                    self.numbers.append(number)


async def rush(server, target):
    with appending(target) as finish:
        # A file is listed before its first line is there.
        await until_async(lambda: target.exists() and b"\n" in target.read_bytes(), "the writer has begun")
        await until_async(lambda: server.session("busy"), "the session is listed")
        joiners = [Joiner(number) for number in range(CLIENTS)]
        tasks = []
        for joiner in joiners:
            tasks.append(asyncio.create_task(joiner.live(server, "raw")))
            await asyncio.sleep(0)
        try:
            def alive():
                for task in tasks:
                    if task.done():
                        task.result()
                return all(len(joiner.numbers) > 60 for joiner in joiners)

            await until_async(alive, "everyone follows the writer", 60)
            count = await asyncio.to_thread(finish)
            await until_async(lambda: all(joiner.numbers[-1] == count - 1 for joiner in joiners),
                              "everyone has the last record", 60)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    lines = target.read_bytes().split(b"\n")
    ends, at = {}, 0
    for number, line in enumerate(lines):
        ends[at] = number
        at += len(line) + 1
    for joiner in joiners:
        offset = int(joiner.begin.partition("-")[2])
        assert joiner.numbers[0] == ends[offset], f"{joiner.way} began at {offset}"
        assert joiner.way != "start" or offset == 0


def test_two_hundred_clients_join_while_a_writer_appends_without_pause(serve, loops):
    # The clients share one slow process: it may take long from its connection to its request.
    server = serve(loops=loops, settings={
        "streams.ring_bytes": "64KiB", "streams.page_bytes": "4KiB", "http.head_timeout": "60s"})
    run(rush(server, server.root / "busy.jsonl"))


def test_a_client_that_leaves_at_once_resumes_with_the_id_of_hello(serve):
    server = serve()
    file = server.root / "s.jsonl"
    file.write_bytes(b'{"seq":0}\n{"seq":1}\n')
    server.listed("s")

    async def story():
        for view in ("raw", "events"):
            async with await Stream.open(server, path("s", view=view, tail=1)) as stream:
                hello = await stream.next()
            with open(file, "ab") as out:
                out.write(b'{"seq":2}\n')
            async with await Stream.open(server, path("s", view="raw"), last_id=hello.id) as stream:
                assert (await stream.next()).id == hello.id
                assert numbers(await stream.take(2)) == ([1, 2] if view == "raw" else [2, 2])

    run(story())


def test_a_stream_of_a_session_without_content_begins_with_its_first_record(serve):
    server = serve()
    file = server.root / "s.jsonl"
    file.touch()
    server.listed("s")

    async def story():
        async with await Stream.open(server, path("s", view="raw")) as stream:
            hello = await stream.next()
            assert hello.id is None and hello.json()["cursor"] is None
            with open(file, "ab") as out:
                out.write(b'{"seq":0')
                out.flush()
                out.write(b'}\n')
            assert numbers(await stream.take(1)) == [0]

    run(story())


def test_one_stream_carries_several_sessions_and_resumes_them_all(serve, loops):
    server = serve(loops=loops)
    files = {name: server.root / f"{name}.jsonl" for name in "abc"}
    for name, file in files.items():
        file.write_text("".join(json.dumps({"s": name, "seq": n}) + "\n" for n in range(5)))
    for name in files:
        server.listed(name)

    def add(name, *many):
        with open(files[name], "a") as out:
            for n in many:
                out.write(json.dumps({"s": name, "seq": n}) + "\n")

    async def read(stream, until, got):
        last = None
        while {name: max(seen, default=-1) for name, seen in got.items()} != until:
            event = await asyncio.wait_for(stream.next(), 30)
            last = event.id or last
            if event.name == "message":
                body = event.json()
                assert body.pop("session_id") == body["s"]
                got[body["s"]].append(body["seq"])
        return last

    async def story():
        route = "/api/v1/stream?session=a&session=b&session=c&view=raw"
        got = {name: [] for name in files}
        async with await Stream.open(server, route) as stream:
            await read(stream, dict(a=4, b=4, c=4), got)
            add("b", 5, 6)
            add("c", 5)
            last = await read(stream, dict(a=4, b=6, c=5), got)
        add("a", 5)
        add("c", 6)
        async with await Stream.open(server, route, last_id=last) as stream:
            await read(stream, dict(a=5, b=6, c=6), got)
        assert got == dict(a=list(range(6)), b=list(range(7)), c=list(range(7)))

    run(story())
