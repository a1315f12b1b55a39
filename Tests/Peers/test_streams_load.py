"""Clients that do not read, clients that fall behind, records that are too large: memory stays bounded."""
import asyncio
import json
import os

from support.sse import Broken, Stream, path
from support.waiting import run, until, until_async

MIB = 1 << 20
# Sanitizers and debug builds keep more; what is guarded against is a queue for each client, which is gigabytes.
ALLOWED = int(os.environ.get("TAILCAST_MEMORY_FACTOR", "1"))


def lines(first, count, size):
    return b"".join(json.dumps({"seq": n, "text": "x" * size}).encode() + b"\n" for n in range(first, first + count))


async def collect(stream, count, first=0):
    """Reads `count` records that have to follow one another."""
    for expected in range(first, first + count):
        event = (await stream.take(1, seconds=60))[0]
        assert json.loads(event.data)["seq"] == expected


def test_a_thousand_clients_that_never_read_cost_no_queue_and_disturb_nobody(serve, loops):
    server = serve(loops=loops, settings={
        "streams.page_bytes": "16KiB", "streams.ring_bytes": "64KiB", "search.enabled": "false"})
    file = server.root / "s.jsonl"
    file.write_bytes(lines(0, 2000, 1000))
    server.listed("s")

    async def story():
        before = server.resident()
        deaf = []
        for _ in range(1000):
            deaf.append(await Stream.open(server, path("s", view="raw"), receive_buffer=2048, limit=1024))
        assert await until_async(lambda: server.health()["streams"]["sse"] >= 1000, "all are streams")
        try:
            async with await Stream.open(server, path("s", view="raw")) as history, \
                    await Stream.open(server, path("s", view="raw", tail=0)) as live:
                await collect(history, 2000)
                for batch in range(8):
                    with open(file, "ab") as out:
                        out.write(lines(2000 + 1000 * batch, 1000, 1000))
                    await asyncio.gather(collect(history, 1000, 2000 + 1000 * batch),
                                         collect(live, 1000, 2000 + 1000 * batch))
            grown = server.resident() - before
            # A queue for each would be 10 MB times a thousand.
            assert grown < 96 * MIB * ALLOWED, f"{grown / MIB:.0f} MiB more"
            assert server.health()["status"] == "ok"
        finally:
            for stream in deaf:
                stream.close()
        await until_async(lambda: server.health()["streams"]["sse"] == 0, "every stream is gone")
        assert server.metric("subscriptions") == 0 and server.metric("logs") == 0

    run(story(), 150)


def test_a_client_that_pauses_falls_behind_is_told_and_loses_nothing(serve, loops):
    server = serve(loops=loops, settings={"streams.ring_bytes": "64KiB", "streams.page_bytes": "8KiB"})
    file = server.root / "s.jsonl"
    file.write_bytes(lines(0, 1, 100))
    server.listed("s")

    async def story():
        async with await Stream.open(server, path("s", view="raw"), receive_buffer=4096, limit=4096) as slow:
            await slow.until("caught_up")
            written = 1
            # Until the sockets' buffers are full and the ring has gone by.
            while not server.metric("lagged_total"):
                with open(file, "ab") as out:
                    out.write(lines(written, 500, 1000))
                written += 500
                assert written < 60_000, "it never falls behind"
                await asyncio.sleep(0.01)
            expected, names = 1, set()
            while expected < written:
                event = await asyncio.wait_for(slow.next(), 30)
                names.add(event.name)
                if event.name == "message":
                    assert json.loads(event.data)["seq"] == expected
                    expected += 1
                elif event.name == "lagged":
                    assert event.json()["bytes"] > 0 and event.id is None
            assert "lagged" in names and "reset" not in names
            caught = (await slow.until("caught_up"))[-1]
            assert caught.id.endswith(f"-{file.stat().st_size}")
            with open(file, "ab") as out:
                out.write(lines(written, 1, 10))
            await collect(slow, 1, written)

    run(story(), 150)


def test_a_socket_that_takes_nothing_is_closed_and_its_owner_has_missed_nothing(serve):
    server = serve(settings={"streams.stall_timeout": "500ms", "streams.heartbeat": "200ms",
                             "streams.page_bytes": "64KiB"})
    (server.root / "s.jsonl").write_bytes(lines(0, 20_000, 1000))
    server.listed("s")

    async def read(stream, seen, last):
        """What one connection brings, in order; the place it ends at."""
        try:
            while seen < 20_000 and (event := await stream.next()):
                if event.name == "message":
                    assert json.loads(event.data)["seq"] == seen
                    seen += 1
                last = event.id or last
        except (Broken, OSError):
            pass
        stream.close()
        return seen, last

    async def story():
        deaf = await Stream.open(server, path("s", view="raw"), receive_buffer=4096, limit=4096)
        await until_async(lambda: "stalled" in server.get("/metrics").body.decode(), "it is closed for stalling")
        seen, last = await read(deaf, 0, None)
        assert 0 < seen < 20_000
        # On a machine with much else to do its owner may be taken for deaf again, and comes back again.
        while seen < 20_000:
            before = seen
            seen, last = await read(await Stream.open(server, path("s", view="raw"), last_id=last), seen, last)
            assert seen > before, "it was sent nothing"

    run(story())


def test_a_record_of_fifty_megabytes_is_a_place_and_not_memory(serve, loops):
    server = serve(loops=loops, settings={"tail.max_record_bytes": "1MiB"})
    file = server.root / "s.jsonl"
    file.write_bytes(lines(0, 1, 100))
    server.listed("s")
    small = file.stat().st_size

    async def story():
        async with await Stream.open(server, path("s", view="raw")) as live:
            await live.until("caught_up")
            before = server.resident()
            huge = 50 * MIB
            with open(file, "ab") as out:
                out.write(b'{"text":"')
                for _ in range(50):
                    out.write(b"y" * MIB)
                    out.flush()
                out.write(b'"}\n' + lines(1, 1, 100))
            size = huge + len(b'{"text":""}\n')
            for view in ("raw", "events"):
                async with await Stream.open(server, path("s", view=view)) as late:
                    for stream in ([live, late] if view == "raw" else [late]):
                        damaged = (await stream.until("damaged", seconds=60))[-1]
                        body = damaged.json()
                        assert body["length"] == size and body["reason"] == "too_large", body
                        assert body["recovered"] is False
                        assert damaged.id.endswith(f"-{small + size}")
                        if view == "raw":
                            await collect(stream, 1, 1)
                        assert server.get(body["href"]).status == 413
            grown = server.resident() - before
            assert grown < 24 * MIB * ALLOWED, f"{grown / MIB:.0f} MiB more"
            with open(file, "ab") as out:
                out.write(lines(2, 1, 100))
            await collect(live, 1, 2)
        assert until(lambda: server.session("s")["status"] == "idle", "the session is listed as before")

    run(story())
