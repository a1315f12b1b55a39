"""Cursors: every one that a stream gave resumes exactly; every other is a reset or a 400, never silence."""
import asyncio
import json

import pytest

from support.ledger import epoch, offset, order
from support.samples import serve_samples
from support.sse import Refused, Stream, path
from support.waiting import run

GARBAGE = ["x", "9f3c21aa", "9f3c21aa-", "-5", "9f3c21aa--1", "9F3C21AA-0", "9f3c21aa-0x10", "zzzzzzzz-1",
           "9f3c21aa-1.", "9f3c21aa-1.0", "9f3c21aa-01", "9f3c21aa-99999999999999999999999", "9f3c21aa-1.1.1",
           "9f3c21aa-1 2", "s:9f3c21aa-1", "null", "9f3c21aa_1"]


def record(session, number):
    return json.dumps({"s": session, "n": number, "text": "é" * (number % 7)}, ensure_ascii=False).encode()


def transcript(server, name, count=20):
    file = server.root / f"{name}.jsonl"
    file.write_bytes(b"".join(record(name, n) + b"\n" for n in range(count)))
    return file


async def history(server, session, **query):
    """All events up to `caught_up`."""
    last = query.pop("last_id", None)
    async with await Stream.open(server, path(session, **query), last_id=last) as stream:
        return await stream.until("caught_up")


def shown(events):
    return [(event.name, event.id, event.data) for event in events
            if event.id and event.name not in ("hello", "caught_up", "reset")]


@pytest.mark.parametrize("cursor", GARBAGE)
def test_an_unreadable_cursor_is_refused_on_every_way_in(serve, cursor):
    server = serve()
    transcript(server, "s")
    server.listed("s")

    async def refused(**options):
        with pytest.raises(Refused) as caught:
            await Stream.open(server, **options)
        assert (caught.value.status, caught.value.code) == (400, "INVALID_CURSOR"), (options, caught.value)

    async def story():
        for view in ("raw", "events", "ui"):
            await refused(path=path("s", view=view), last_id=cursor)
            await refused(path=path("s", view=view, after=cursor))
        await refused(path="/api/v1/stream?session=s", last_id=cursor if ":" not in cursor else "s:x")
        await refused(path="/api/chat/stream", method="POST", body={"sessionId": "s", "after": cursor})

    run(story())
    answer = server.get(f"/api/v1/sessions/s/messages?after={cursor.replace(' ', '%20')}")
    assert (answer.status, answer.code) == (400, "INVALID_CURSOR")


def test_a_readable_cursor_of_another_place_is_a_reset(serve, loops):
    server = serve(loops=loops)
    file = transcript(server, "s")
    transcript(server, "other")
    server.listed("s")
    server.listed("other")

    async def story():
        mine = await history(server, "s", view="raw")
        theirs = await history(server, "other", view="raw")
        own, size = epoch(mine[0].id), file.stat().st_size
        assert epoch(theirs[0].id) != own
        everything = shown(mine)
        cases = {f"{own}-{size + 1}": "truncated", f"{own}-{1 << 60}": "truncated", f"{own}-5": "not_a_boundary",
                 f"{own}-0.1": "not_a_boundary", f"{own}-5.2": "not_a_boundary",
                 "0badcafe-0": "unknown_epoch", f"0badcafe-{size}": "unknown_epoch",
                 theirs[-1].id: "unknown_epoch", shown(theirs)[3][1]: "unknown_epoch"}
        for cursor, reason in cases.items():
            for options in ({"last_id": cursor}, {"after": cursor}):
                got = await history(server, "s", view="raw", **options)
                resets = [event for event in got if event.name == "reset"]
                assert [event.json() for event in resets] == [
                    {"requested": cursor, "cursor": f"{own}-0", "reason": reason}], cursor
                assert resets[0].id == f"{own}-0"
                first = next(event.name for event in got if event.id is not None)
                assert first == "reset", "a drop before the reset must not hide it"
                assert shown(got) == everything, cursor
            got = await history(server, "s", view="events", last_id=cursor)
            assert [event.json()["reason"] for event in got if event.name == "reset"] == [reason]
            # In the `ui` view a reset is a data part, after the start that has to come first.
            async with await Stream.open(server, path("s", view="ui"), last_id=cursor) as stream:
                events = await stream.take(3)
                chunks = [json.loads(event.data) for event in events]
                assert chunks[0]["type"] == "start"
                assert chunks[next(n for n, event in enumerate(events) if event.id)]["type"] == "data-reset"
                parts = [chunk for chunk in chunks if chunk["type"] == "data-reset"]
                assert parts and parts[0]["data"]["reason"] == reason and parts[0]["data"]["requested"] == cursor

    run(story())


def test_the_header_beats_after_beats_since_beats_tail(serve):
    server = serve()
    transcript(server, "s")
    server.listed("s")

    async def story():
        ids = [id for _, id, _ in shown(await history(server, "s", view="raw"))]
        got = await history(server, "s", view="raw", last_id=ids[4], after=ids[9], since_timestamp="0", tail=1)
        assert [id for _, id, _ in shown(got)] == ids[5:]
        got = await history(server, "s", view="raw", after=ids[9], since_timestamp="0", tail=1)
        assert [id for _, id, _ in shown(got)] == ids[10:]

    run(story())


async def resume_everywhere(server, session, view, include=None):
    """From every id that a stream gave, the rest follows and nothing else."""
    whole = shown(await history(server, session, view=view, include=include))
    ids = [id for _, id, _ in whole]
    assert len(set(ids)) == len(ids) and [order(id) for id in ids] == sorted(order(id) for id in ids), session
    step = max(1, len(ids) // 40)
    parts = {index for index, id in enumerate(ids) if "." in id}
    places = sorted(set(range(0, len(ids), step)) | set(sorted(parts)[:40]))
    for index in places:
        events = await history(server, session, view=view, include=include, last_id=ids[index])
        assert "reset" not in [event.name for event in events], (session, view, ids[index])
        assert events[0].id == ids[index]
        assert shown(events) == whole[index + 1:], (session, view, ids[index])
    return len(parts)


def test_every_id_of_every_sample_resumes_with_the_rest(new_server, shared):
    server, samples = serve_samples(new_server, shared, settings={"search.enabled": "false"})

    async def story():
        gate = asyncio.Semaphore(6)

        async def one(sample, view):
            async with gate:
                # Of documents an upsert of the last message is shown again: STREAMS section 2.
                if sample.is_document:
                    return 0
                return await resume_everywhere(server, sample.session, view)

        small = [sample for sample in samples if sample.path.stat().st_size < 400_000]
        parts = await asyncio.gather(*[one(sample, view) for sample in small for view in ("events", "raw")])
        assert sum(parts) > 50, "positions inside of lines were tried"

    run(story(), 150)


def pieces(chunks):
    """What a `ui` stream says, each with its id, without what a resumed stream repeats to be complete."""
    repeated = ("start", "start-step", "finish-step", "finish", "data-session-status", "tool-input-start",
                "tool-input-available")
    return [(id, chunk) for id, chunk in chunks if chunk["type"] not in repeated]


async def ui(server, session, last_id=None):
    """The chunks of a `ui` stream up to its end of history, each with the id that a client has once it has it and
    what belongs to it: the next one."""
    chunks, waiting = [], []
    async with await Stream.open(server, path(session, view="ui"), last_id=last_id) as stream:
        while True:
            event = await asyncio.wait_for(stream.next(), 30)
            if event.data == b"[DONE]":
                break
            chunk = json.loads(event.data)
            waiting.append(chunk)
            if event.id:
                chunks += [(event.id, chunk) for chunk in waiting]
                waiting = []
            if chunk["type"] == "data-session-status":
                break
    return chunks + [(None, chunk) for chunk in waiting]


def test_the_ui_view_resumes_from_every_id_without_loss_or_repeat(new_server, shared):
    server, samples = serve_samples(new_server, shared, settings={"search.enabled": "false"})
    chosen = [sample for sample in samples if sample.agent in ("claude", "codex") and
              2000 < sample.path.stat().st_size < 60_000]

    async def one(sample):
        whole = await ui(server, sample.session)
        said = pieces(whole)
        ids = list(dict.fromkeys(id for id, _ in whole if id))
        for cursor in ids[:: max(1, len(ids) // 25)]:
            rest = await ui(server, sample.session, cursor)
            assert rest[0][1]["type"] == "start"
            assert pieces(rest) == [(id, chunk) for id, chunk in said if not id or order(id) > order(cursor)], (
                sample.path.name, cursor)
            calls = {chunk["toolCallId"] for _, chunk in rest if chunk["type"] == "tool-input-available"}
            for _, chunk in rest:
                if chunk["type"].startswith("tool-output"):
                    assert chunk["toolCallId"] in calls, "an output whose call came before needs that call again"

    async def story():
        gate = asyncio.Semaphore(6)

        async def gated(sample):
            async with gate:
                await one(sample)

        assert len(chosen) > 10
        await asyncio.gather(*[gated(sample) for sample in chosen])

    run(story(), 120)


def test_after_a_reset_the_old_cursor_stays_one(serve):
    server = serve()
    file = transcript(server, "s")
    server.listed("s")

    async def story():
        old = shown(await history(server, "s", view="raw"))
        file.write_bytes(b"".join(record("s", n) + b"\n" for n in range(5)))
        for _ in range(2):
            got = await history(server, "s", view="raw", last_id=old[2][1])
            assert [event.name for event in got if event.name == "reset"] == ["reset"]
            assert offset(got[-1].id) == file.stat().st_size and epoch(got[-1].id) != epoch(old[0][1])
            assert [event.data for event in got if event.name == "message"] == [record("s", n) for n in range(5)]

    run(story())


def test_the_page_of_messages_and_the_stream_speak_of_the_same_positions(serve):
    server = serve()
    transcript(server, "s")
    server.listed("s")

    async def story():
        streamed = shown(await history(server, "s", view="raw"))
        for _, id, data in streamed:
            answer = server.get(f"/api/v1/sessions/s/records/{id}")
            assert (answer.status, answer.body) == (200, data)
        assert server.get(f"/api/v1/sessions/s/records/{epoch(streamed[0][1])}-3").status == 404

    run(story())
