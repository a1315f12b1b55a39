"""The server's own life: killed, drained, started again, started twice."""
import asyncio
import fcntl
import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.sse import Broken, Stream, path
from support.waiting import run, until


def append(file, *numbers):
    with open(file, "ab") as out:
        for n in numbers:
            out.write(json.dumps({"seq": n}).encode() + b"\n")


def numbers(events):
    return [json.loads(event.data)["seq"] for event in events if event.name == "message"]


def test_a_stream_goes_on_after_kill_and_restart_with_its_last_id(serve, loops):
    server = serve(loops=loops)
    file = server.root / "s.jsonl"
    append(file, 0, 1, 2)
    server.listed("s")

    async def story():
        stream = await Stream.open(server, path("s", view="raw"))
        events = await stream.until("caught_up")
        last = events[-1].id
        for first in (3, 6, 9):
            server.kill()
            with pytest.raises(Broken):
                while await stream.next():
                    pass
            stream.close()
            append(file, first, first + 1)
            await asyncio.to_thread(server.start)
            stream = await Stream.open(server, path("s", view="raw"), last_id=last)
            assert (await stream.next()).id == last
            got = await stream.take(2)
            append(file, first + 2)
            got += await stream.take(1)
            assert numbers(got) == [first, first + 1, first + 2]
            last = got[-1].id
        stream.close()

    run(story())


@pytest.mark.parametrize("change", ["truncated", "rewritten", "exchanged"])
def test_what_happened_while_no_server_ran_is_a_reset(serve, change):
    server = serve()
    file = server.root / "s.jsonl"
    append(file, *range(100))
    server.listed("s")

    async def story():
        async with await Stream.open(server, path("s", view="raw")) as stream:
            last = (await stream.until("caught_up"))[-1].id
        await asyncio.to_thread(server.stop)
        if change == "truncated":
            os.truncate(file, 0)
            append(file, *range(100, 103))
        elif change == "rewritten":
            os.truncate(file, 0)
            append(file, *range(500, 700))
        else:
            other = file.with_suffix(".other")
            append(other, *range(500, 700))
            os.rename(other, file)
        await asyncio.to_thread(server.start)
        async with await Stream.open(server, path("s", view="raw"), last_id=last) as stream:
            events = await stream.until("caught_up")
            resets = [event.json() for event in events if event.name == "reset"]
            assert len(resets) == 1 and resets[0]["requested"] == last
            assert numbers(events) == [json.loads(line)["seq"] for line in file.read_bytes().splitlines()]

    run(story())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_says_bye_and_leaves_nothing_behind(serve, loops, number):
    server = serve(loops=loops, settings={"shutdown.grace": "1s"})
    file = server.root / "s.jsonl"
    append(file, 0)
    server.listed("s")

    async def story():
        streams = [await Stream.open(server, path("s", view=view), version=version, unix=unix)
                   for view in ("events", "raw") for version in ("1.1", "1.0") for unix in (False, True)]
        ui = await Stream.open(server, path("s", view="ui"))
        feed = await Stream.open(server, "/events")
        for stream in streams:
            await stream.until("caught_up")
        server.signal(number)
        for stream in [*streams, feed]:
            bye = (await stream.until("bye"))[-1].json()
            assert bye["reason"] == "draining" and bye["retry_ms"] > 0 and stream.retry == bye["retry_ms"]
            assert await stream.next() is None and stream.ended, "the body ends as a body does"
        while (event := await asyncio.wait_for(ui.next(), 30)).data != b"[DONE]":
            pass
        assert await ui.next() is None

    run(story())
    assert server.process.wait(30) == 0
    assert not (server.state / "run.json").exists()
    assert not os.path.exists(server.socket)
    server.start()
    assert server.session("s")


def test_a_second_signal_ends_at_once(serve):
    server = serve(settings={"shutdown.grace": "600s"})
    append(server.root / "s.jsonl", 0)
    server.listed("s")

    async def story():
        async with await Stream.open(server, path("s")) as stream:
            await stream.until("caught_up")
            server.signal(signal.SIGTERM)
            until(lambda: server.process.poll() is not None or draining(), "it drains")
            server.signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.process.wait, 30) == 1

    def draining():
        try:
            return server.get("/readyz").status == 503
        except OSError:
            return True  # it accepts no more

    run(story())


def test_a_second_server_on_the_same_state_is_refused_in_one_line(serve):
    server = serve()
    second = server.run("serve", "--port", "0", "--state", str(server.state), "--root", f"jsonl={server.root}")
    assert second.returncode == 1
    assert second.stdout == ""
    assert len(second.stderr.splitlines()) == 1 and "another tailcast runs" in second.stderr, second.stderr
    assert server.get("/readyz").status == 200
    server.kill()
    server.start()


def test_a_killed_server_leaves_nothing_that_stops_the_next(serve):
    server = serve()
    socket = server.socket
    server.kill()
    assert os.path.exists(socket), "a crash removes nothing"
    server.start()
    assert server.raw(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n", unix=True).startswith(b"HTTP/1.1 200")


def test_a_server_waits_a_moment_for_the_lock_of_one_that_is_being_taken_apart(serve):
    server = serve()
    server.kill()
    lock = os.path.join(server.state, "lock")

    def waits():
        """It has the lock's file open, and runs."""
        folder = f"/proc/{server.process.pid}/fd"
        try:
            links = [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]
        except FileNotFoundError:
            return False  # one was closed between the two looks
        return server.process.poll() is None and lock in links

    with open(lock, "r+") as held, ThreadPoolExecutor(1) as other:
        fcntl.flock(held, fcntl.LOCK_EX)
        killed = server.process
        started = other.submit(server.start)
        until(lambda: server.process is not killed and waits() or started.done(), "it waits for the lock")
        assert not started.done()
        fcntl.flock(held, fcntl.LOCK_UN)
        started.result()
    assert server.get("/readyz").status == 200


def test_what_is_known_of_sessions_survives(serve):
    server = serve(agent="claude")
    row = {"type": "user", "uuid": "u1", "timestamp": "2026-01-01T00:00:00.000Z", "cwd": "/home/dev/x",
           "message": {"role": "user", "content": "what is known survives"}}
    folder = server.root / "project"
    folder.mkdir()
    (folder / "one.jsonl").write_text(json.dumps(row) + "\n")
    server.listed("one")
    known = until(lambda: (s := server.session("one"))["project_path"] and "total_messages" in s and s,
                  "head, tail and counts are read")
    assert server.stop() == 0
    server.start()
    again = server.session("one")
    for key in ("title", "project_path", "created_at", "last_message", "total_messages", "transcript"):
        assert again[key] == known[key], key


def test_a_stream_is_rotated_and_goes_on(serve):
    server = serve(settings={"streams.max_age": "1s", "streams.retry": "30ms"})
    file = server.root / "s.jsonl"
    append(file, 0)
    server.listed("s")

    async def story():
        last, seen = None, []
        for n in range(1, 4):
            async with await Stream.open(server, path("s", view="raw"), last_id=last) as stream:
                events = await stream.until("bye")
                assert events[-1].json()["reason"] == "rotated"
                assert await stream.next() is None
                seen += numbers(events)
                last = [event.id for event in events if event.id][-1]
            append(file, n)
        assert seen == [0, 1, 2]

    run(story())


def test_shutdown_by_request_is_for_those_at_home(serve):
    server = serve()
    refused = server.ask("POST", "/shutdown", headers={"Origin": "http://evil.example"})
    assert refused.status == 403
    assert server.ask("POST", "/shutdown", body={}).status == 202
    assert server.process.wait(30) == 0


def test_a_program_that_is_not_told_to_listen_on_tcp_does_not(serve, new_server):
    server = new_server(flags=["--no-tcp"])
    server.spawn()
    until(server._listening, "it is there")
    assert server.facts["port"] is None and server.facts["url"] is None
    until(lambda: server.raw(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n", unix=True).startswith(b"HTTP/1.1 200"),
          "it answers on its socket")
    listening = subprocess.run(["ss", "-ltnp"], capture_output=True, text=True)
    if listening.returncode == 0:
        assert f"pid={server.pid}," not in listening.stdout
