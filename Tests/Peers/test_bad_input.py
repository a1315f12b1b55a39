"""What people and machines do wrong: said in one clear line, and never the end of reading and streaming."""
import contextlib
import json
import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys

import pytest

from support.sse import Stream, path
from support.waiting import run, until, until_async


def append(file, *numbers):
    with open(file, "ab") as out:
        for n in numbers:
            out.write(json.dumps({"seq": n}).encode() + b"\n")


async def expect(stream, *numbers):
    got = await stream.take(len(numbers))
    assert [json.loads(event.data)["seq"] for event in got] == list(numbers)


# --- starting -----------------------------------------------------------------------------------
def refused(server, *words, code=1):
    """Runs `serve` with these words; its one line of complaint."""
    answer = server.run("serve", "--state", str(server.state), *words, timeout=30)
    assert answer.returncode == code, answer
    assert answer.stdout == "", answer.stdout
    complaint = answer.stderr.strip().splitlines()
    assert len(complaint) == 1, answer.stderr
    return complaint[0]


def test_a_taken_port_is_one_clear_line(new_server):
    server = new_server()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused(server, "--port", str(port), "--root", f"jsonl={server.root}")
    assert str(port) in line and "taken" in line, line
    assert not (server.state / "run.json").exists()
    server.start()


def test_an_open_door_without_a_lock_is_refused(new_server):
    server = new_server()
    for host in ("0.0.0.0", "::"):
        line = refused(server, "--port", "0", "--auth", "none", "--host", host, code=2)
        assert "auth" in line, line


@pytest.mark.parametrize("words, named", [
    (["--set", "streams.ring_byte=1MiB"], "streams.ring_bytes"),
    (["--set", "tail.mode=sometimes"], "poll"),
    (["--set", "streams.page_bytes=1KiB"], "streams.page_bytes"),
    (["--root", "word=/"], "claude"),
    (["--port", "70000"], "65535"),
    (["--prot", "1"], "--port"),
])
def test_a_wrong_word_is_told_with_the_right_one(new_server, words, named):
    answer = new_server().run("serve", *words, timeout=30)
    assert answer.returncode == 2 and named in answer.stderr, answer.stderr


def test_a_configuration_file_with_a_wrong_line_is_named(new_server, place):
    file = place / "config.yaml"
    file.write_text("streams:\n  ring_bytes: lots\n")
    answer = new_server().run("serve", "--config", str(file), timeout=30)
    assert answer.returncode in (1, 2) and "ring_bytes" in answer.stderr and str(file) in answer.stderr, answer.stderr


def test_a_state_directory_that_is_none_is_named(new_server, place):
    (place / "file").write_text("")
    answer = new_server().run("serve", "--port", "0", "--state", str(place / "file"), timeout=30)
    assert answer.returncode == 1 and str(place / "file") in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr


# --- asking -------------------------------------------------------------------------------------
def test_wrong_requests_are_answered_with_the_reason(serve):
    server = serve()
    append(server.root / "s.jsonl", 0)
    server.listed("s")
    cases = [
        (b"GET /healthz\r\n\r\n", 400), (b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /api/v1/sessions/s/stream?tail=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
        (b"GET /api/v1/sessions/s/stream?view=all HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
        (b"GET /api/v1/sessions/s/stream?since_timestamp=soon HTTP/1.1\r\nHost: localhost\r\n"
         b"Connection: close\r\n\r\n", 400),
        (b"GET /api/v1/sessions/unknown/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
        (b"GET /api/v1/sessions/un%20known/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        (b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 405),
    ]
    for request, status in cases:
        answer = server.raw(request)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status), (request, answer[:200])
        error = json.loads(body)["error"]
        assert error["message"] and error["code"] and error["request_id"], answer
    assert server.get("/healthz").status == 200


def test_random_bytes_never_end_the_server(serve, seed):
    server = serve()
    choose = random.Random(seed)
    parts = [b"GET ", b"/healthz", b" HTTP/1.1", b"\r\n", b"\r\n\r\n", b"Host: localhost", b"Content-Length: 9",
             b"Transfer-Encoding: chunked", b"0\r\n\r\n", b"\0", b"\xff" * 9, b"Upgrade: websocket", b": ", b" ", b"%00"]
    for _ in range(300):
        with contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
                plain.sendall(b"".join(choose.choices(parts, k=choose.randrange(1, 30))))
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(65536):
                    pass
    assert server.get("/healthz").status == 200


# --- reading ------------------------------------------------------------------------------------
def test_files_of_noise_break_nothing(serve, generator, seed, loops):
    server = serve(agent="claude", loops=loops)
    choose = random.Random(seed)
    folder = server.root / "project"
    folder.mkdir()
    (folder / "random.jsonl").write_bytes(choose.randbytes(300_000) + b"\n")
    (folder / "nul.jsonl").write_bytes(b"\0" * 200_000 + b"\n")
    (folder / "lines.jsonl").write_bytes(b"\n" * 50_000)
    (folder / "open.jsonl").write_bytes(b"[" * 100_000 + b"\n" + b'{"a":' * 50_000 + b"\n")
    (folder / "words.jsonl").write_text("not json\n" * 1000 + "null\ntrue\n12\n\"x\"\n[]\n{}\n")
    (folder / "types.jsonl").write_text("".join(
        json.dumps({"type": kind, "message": value, "uuid": value, "timestamp": value}) + "\n"
        for kind in ("user", "assistant", "system", "summary", "progress", "unheard of", None, 5, {})
        for value in (None, 5, "x", [], {}, [1], {"content": 5}, {"content": [5, None, {"type": 7}]})))
    source = folder / "source.jsonl"
    subprocess.run([sys.executable, generator, "gen", "--seed", str(seed), "--lines", "300", "--max-line", "20K",
                    "--lone-surrogates", "--out", source], check=True)
    subprocess.run([sys.executable, generator, "corrupt", "--src", source, "--seed", str(seed), "--faults", "60",
                    "--out", folder / "corrupt.jsonl"], check=True, stdout=subprocess.DEVNULL)
    names = {file.stem for file in folder.iterdir()}
    until(lambda: set(server.sessions()) >= names, "all are listed")

    async def story():
        for name in sorted(names):
            for view in ("events", "raw", "ui"):
                async with await Stream.open(server, path(name, view=view, include=None if view == "raw" else
                                                          "text,thinking,tools,activity,meta,hidden")) as stream:
                    if view == "ui":
                        while json.loads((await stream.take(1))[0].data)["type"] != "data-session-status":
                            pass
                    else:
                        await stream.until("caught_up")

    run(story())
    for name in names:
        assert server.get(f"/api/v1/sessions/{name}/messages?include_tools=true").status == 200
    assert server.health()["status"] in ("ok", "degraded")
    assert server.get("/readyz").status == 200


# --- storing ------------------------------------------------------------------------------------
@pytest.fixture
def small_disk(place):
    """A file system of two megabytes."""
    folder = place / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def streaming_goes_on(server, first):
    """Old sessions and new ones are listed, read and followed."""
    old, new = server.root / "old.jsonl", server.root / f"new-{first}.jsonl"
    async with await Stream.open(server, path("old", view="raw", tail=0)) as stream:
        await stream.until("caught_up")
        append(old, first, first + 1)
        await expect(stream, first, first + 1)
        append(new, first)
        await until_async(lambda: server.session(new.stem), "a new session is listed")
        async with await Stream.open(server, path(new.stem, view="raw")) as other:
            await expect(other, first)
            append(new, first + 1)
            await expect(other, first + 1)
    assert server.get("/api/v1/sessions/old/messages").status == 200
    assert server.get("/readyz").status == 200


def degraded(server):
    health = server.health()
    return health["status"] == "degraded" and health["database"]["status"] == "degraded" and \
        health["database"].get("reason")


def test_a_full_disk_stops_storing_and_nothing_else(new_server, small_disk):
    server = new_server()
    server.state = small_disk / "state"
    server.flags = ["--socket", str(server.directory / "socket")]
    append(server.root / "old.jsonl", 0)
    server.start()
    server.listed("old")
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as out:
        while out.write(b"x" * 4096):
            pass

    async def story():
        first = 1
        while not degraded(server):
            await streaming_goes_on(server, first)
            first += 2
            assert first < 400, "it never notices that nothing is stored"
        reason = degraded(server)
        assert "full" in reason or "space" in reason, reason
        await streaming_goes_on(server, first)
        filler.unlink()
        await until_async(lambda: server.health()["status"] == "ok", "it stores again")
        await streaming_goes_on(server, first + 2)

    run(story())
    assert server.stop() == 0


def test_a_limit_on_the_size_of_files_is_no_end(new_server):
    # The signal that a write beyond the limit brings has to be ignored, or it ends the process.
    server = new_server(user_limits=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
    append(server.root / "old.jsonl", 0)
    server.start()
    server.listed("old")

    async def story():
        text = "much to be stored " * 2000
        for n in range(40):
            (server.root / f"big-{n}.jsonl").write_text("".join(
                json.dumps({"type": "user", "message": {"role": "user", "content": f"{k} {text}"}}) + "\n"
                for k in range(4)))
        await streaming_goes_on(server, 1)
        await until_async(lambda: len(server.sessions()) >= 41, "all are listed")
        await streaming_goes_on(server, 3)

    run(story())
    assert server.process.poll() is None


def test_a_locked_database_stops_storing_and_nothing_else(serve):
    server = serve()
    append(server.root / "old.jsonl", 0)
    server.listed("old")
    lock = sqlite3.connect(server.state / "tailcast.db", isolation_level=None, timeout=30)
    lock.execute("BEGIN IMMEDIATE")

    async def story():
        first = 1
        while not degraded(server):
            await streaming_goes_on(server, first)
            first += 2
            assert first < 400, "it never notices that nothing is stored"
        assert "lock" in degraded(server)
        await streaming_goes_on(server, first)
        lock.execute("ROLLBACK")
        lock.close()
        await until_async(lambda: server.health()["status"] == "ok", "it stores again")
        await streaming_goes_on(server, first + 2)

    run(story())


def test_a_damaged_database_is_set_aside_and_said(serve):
    server = serve()
    append(server.root / "old.jsonl", 0)
    server.listed("old")
    server.stop()
    database = server.state / "tailcast.db"
    database.write_bytes(b"this is no database " * 1000)
    for name in ("tailcast.db-wal", "tailcast.db-shm"):
        (server.state / name).unlink(missing_ok=True)
    server.start()
    server.listed("old")
    assert server.health()["database"]["moved_aside"]
    run(streaming_goes_on(server, 1))
