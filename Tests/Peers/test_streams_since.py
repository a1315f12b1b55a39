"""`since_timestamp` on every sample at every distinct timestamp: nothing is lost, whatever order the times are in."""
import asyncio
import json

import pytest

from support.ledger import offset
from support.samples import serve_samples, time_of
from support.sse import Stream, path
from support.waiting import run, until

AT_ONCE = 8
SMALL = 40


async def frames(server, session, **query):
    """Where a stream starts and what it has up to `caught_up`: (cursor, [(id, data)])."""
    async with await Stream.open(server, path(session, view="raw", **query)) as stream:
        events = await stream.until("caught_up")
    return events[0].json()["cursor"], [(event.id, event.data) for event in events if event.name == "message"]


def starts(records):
    """For every distinct time: the number of the first record at which the newest time so far reaches it."""
    newest, first = None, {}
    times = [time_of(data) for _, data in records]
    reached = []
    for time in times:
        newest = time if newest is None else newest if time is None else max(newest, time)
        reached.append(newest)
    position = 0
    for time in sorted({time for time in times if time is not None}):
        while reached[position] is None or reached[position] < time:
            position += 1
        first[time] = position
    return first, times


def spellings(data, time):
    """The ways to say a record's time."""
    stamp = json.loads(data)["timestamp"]
    return [str(stamp), str(time)]


async def check_sample(server, sample):
    """Asks for every time; the number of requests made."""
    begin, records = await frames(server, sample.session)
    if not sample.is_document:
        lines = [line for line in sample.records()]
        known = set(lines)
        assert [data for _, data in records if data in known] == lines, sample
    first, times = starts(records)
    asked = 0
    for time, position in first.items():
        spoken = next(number for number, other in enumerate(times) if other == time)
        for word in spellings(records[spoken][1], time)[: 2 if len(first) < SMALL else 1]:
            asked += 1
            wanted = records[position:]
            # The stream starts where the record before ended: whole lines, so parts of one line stay together.
            line = offset(wanted[0][0])
            while position > 0 and offset(records[position - 1][0]) == line:
                position -= 1
            wanted = records[position:]
            if len(records) < 2 * SMALL or asked % 50 == 1:
                got_begin, got = await frames(server, sample.session, since_timestamp=word)
                assert [id for id, _ in got] == [id for id, _ in wanted], (sample, word)
                assert got == wanted
            else:
                async with await Stream.open(
                        server, path(sample.session, view="raw", since_timestamp=word)) as stream:
                    got_begin = (await stream.next()).json()["cursor"]
                    event = (await stream.take(1))[0]
                assert (event.id, event.data) == wanted[0], (sample, word)
            before = offset(records[position - 1][0]) if position else offset(begin)
            # Lines between two records that say nothing may be on either side.
            assert before <= offset(got_begin) < line, (sample, word)
    return asked


async def check_all(server, samples):
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(sample):
        async with gate:
            return await check_sample(server, sample)

    return sum(await asyncio.gather(*[one(sample) for sample in samples]))


@pytest.mark.parametrize("index", [False, True], ids=["without-index", "with-index"])
def test_no_cut_point_of_any_sample_loses_a_record(new_server, shared, index):
    server, samples = serve_samples(new_server, shared, settings={"search.enabled": str(index).lower()})
    if index:
        whole = sum(sample.whole_bytes() for sample in samples)
        until(lambda: server.health()["search"]["bytes_done"] >= whole, "the index is done")
    asked = run(check_all(server, samples), 170)
    print(f"{len(samples)} samples, {asked} requests")
    assert asked > 1000


def test_since_mode_after_and_the_edges(serve):
    server = serve()
    stamps = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:02.000Z", "2026-01-01T00:00:01.000Z", None,
              "2026-01-01T00:00:03.000Z"]
    (server.root / "s.jsonl").write_text("".join(
        json.dumps({"n": n, **({"timestamp": stamp} if stamp else {})}) + "\n" for n, stamp in enumerate(stamps)))
    server.listed("s")

    async def numbers(**query):
        return [json.loads(data)["n"] for _, data in (await frames(server, "s", **query))[1]]

    async def story():
        at = "2026-01-01T00:00:0"
        assert await numbers(since_timestamp=f"{at}0Z") == [0, 1, 2, 3, 4]
        assert await numbers(since_timestamp=f"{at}1Z") == [1, 2, 3, 4]
        assert await numbers(since_timestamp=f"{at}2Z") == [1, 2, 3, 4]
        assert await numbers(since_timestamp=f"{at}2.001Z") == [4]
        assert await numbers(since_timestamp=f"{at}4Z") == []
        assert await numbers(since_timestamp="2026-01-01T02:00:02+02:00") == [1, 2, 3, 4]
        assert await numbers(since_timestamp=f"{at}2") == [1, 2, 3, 4], "without an offset it is UTC"
        assert await numbers(since_timestamp="1767225602000") == [1, 2, 3, 4]
        assert await numbers(since_timestamp=f"{at}2Z", since_mode="after") == [4]
        assert await numbers(since_timestamp=f"{at}2Z", tail=1) == [1, 2, 3, 4], "the time beats the count"
        assert await numbers(tail=2) == [3, 4]

    run(story())
