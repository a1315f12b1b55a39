"""Finding transcripts and noticing their growth: with inotify, without it, and when it breaks in between."""
import json
import os
import shutil
import stat
import subprocess

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


def strace(*injections):
    """Words that run a program under strace with system calls that fail."""
    if not shutil.which("strace"):
        pytest.skip("strace is absent")
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("strace may not trace here (ptrace)")
    calls = ",".join(sorted({injection.partition(":")[0] for injection in injections}))
    words = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", f"trace={calls}"]
    for injection in injections:
        words += ["-e", f"inject={injection}"]
    return words


async def lives(server):
    """Files that are there, files that come, folders that come, and all of them growing."""
    old = server.root / "old.jsonl"
    await until_async(lambda: server.session("old"), "the old file is listed")
    async with await Stream.open(server, path("old", view="raw")) as stream:
        await expect(stream, 0)
        for n in range(1, 6):
            append(old, n)
            await expect(stream, n)
        folder = server.root / "a" / "b"
        folder.mkdir(parents=True)
        append(folder / "deep.jsonl", 0)
        await until_async(lambda: server.session("deep"), "a file in a new folder is listed")
        async with await Stream.open(server, path("deep", view="raw")) as deep:
            await expect(deep, 0)
            append(folder / "deep.jsonl", 1)
            await expect(deep, 1)
        append(server.root / "new.jsonl", 0)
        await until_async(lambda: server.session("new"), "a new file is listed")


@pytest.mark.parametrize("injections, reason", [
    (["inotify_add_watch:error=ENOSPC"], "max_user_watches"),
    (["inotify_init1:error=EMFILE"], "max_user_instances"),
    (["inotify_add_watch:error=ENOSPC:when=2+"], "max_user_watches"),
    (["inotify_add_watch:error=ENOMEM"], "inotify"),
], ids=["no-watches", "no-instances", "watches-run-out", "no-memory"])
def test_polling_takes_over_and_says_so(new_server, injections, reason):
    server = new_server(prefix=strace(*injections), settings={"tail.poll_interval": "50ms"})
    append(server.root / "old.jsonl", 0)
    (server.root / "folder").mkdir()
    server.start()
    tail = server.health()["tail"]
    assert tail["mode"] == "poll" and reason in tail["poll_reason"], tail
    run(lives(server))
    assert server.health()["status"] == "ok", "polling is a mode, not a failure"
    assert 'tailcast_tail_mode{mode="poll"} 1' in server.get("/metrics").body.decode()


def test_inotify_says_so_too(serve):
    server = serve()
    append(server.root / "old.jsonl", 0)
    tail = server.health()["tail"]
    if tail["mode"] != "inotify":
        pytest.skip(f"no inotify here: {tail['poll_reason']}")
    assert tail["watches"] >= 1 and tail["watch_limit"] > 0 and tail["polled_directories"] == 0
    run(lives(server))


def test_fewer_watches_than_folders_are_made_up_for(serve):
    server = serve(settings={"tail.max_watches": "1", "tail.poll_interval": "50ms"})
    append(server.root / "old.jsonl", 0)
    run(lives(server))
    tail = server.health()["tail"]
    assert tail["mode"] == "poll" and tail["polled_directories"] >= 1 and tail["watches"] == 1, tail


def test_poll_mode_by_setting(serve):
    server = serve(settings={"tail.mode": "poll", "tail.poll_interval": "50ms"})
    append(server.root / "old.jsonl", 0)
    run(lives(server))
    assert server.health()["tail"]["poll_reason"] == "tail.mode is poll"


def test_events_that_the_kernel_dropped_are_made_up_for(serve):
    limit = int(open("/proc/sys/fs/inotify/max_queued_events").read())
    if limit > 100_000:
        pytest.skip(f"a queue of {limit} events does not overflow")
    server = serve()
    append(server.root / "old.jsonl", 0)
    server.listed("old")

    async def story():
        async with await Stream.open(server, path("old", view="raw")) as stream:
            await expect(stream, 0)
            # While it stands still, more happens than the queue holds; the last of it is news of new files.
            server.signal(19)
            try:
                noise = [server.root / f"noise-{n}.jsonl" for n in range(2)]
                for file in noise:
                    file.touch()
                for n in range(limit // 2 + 1000):
                    for file in noise:
                        os.utime(file)
                append(server.root / "old.jsonl", 1)
                append(server.root / "late.jsonl", 0)
                (server.root / "folder").mkdir()
                append(server.root / "folder" / "later.jsonl", 0)
            finally:
                server.signal(18)
            await expect(stream, 1)
            for name in ("late", "later"):
                await until_async(lambda: server.session(name), f"{name} is listed")
                async with await Stream.open(server, path(name, view="raw")) as other:
                    await expect(other, 0)
            assert server.health()["tail"]["overflows"] >= 1
            append(server.root / "old.jsonl", 2)
            await expect(stream, 2)

    run(story())


def test_a_root_may_come_later_and_go_and_come_again(new_server):
    server = new_server(settings={"tail.poll_interval": "50ms"})
    late = server.directory / "late" / "root"
    server.roots = [("jsonl", late)]
    server.start()
    for n in range(2):
        late.mkdir(parents=True)
        append(late / "s.jsonl", n)
        server.listed("s")
        until(lambda: server.session("s")["status"] != "closed", "it is open")
        shutil.rmtree(late)
        until(lambda: (server.session("s") or {"status": "closed"})["status"] == "closed", "it is closed")


def test_links_grow_under_every_name(serve):
    server = serve(settings={"tail.poll_interval": "50ms"})
    outside = server.directory / "outside.jsonl"
    append(outside, 0)
    os.link(outside, server.root / "hard.jsonl")
    os.symlink(outside, server.root / "soft.jsonl")

    async def story():
        for name in ("hard", "soft"):
            await until_async(lambda: server.session(name), f"{name} is listed")
        async with await Stream.open(server, path("hard", view="raw")) as hard, \
                await Stream.open(server, path("soft", view="raw")) as soft:
            await expect(hard, 0)
            await expect(soft, 0)
            for n in range(1, 4):
                append(outside, n)
                await expect(hard, n)
                await expect(soft, n)

    run(story())


def test_deletion_closes_and_recreation_opens(serve):
    server = serve()
    file = server.root / "s.jsonl"
    append(file, 0)
    server.listed("s")

    async def story():
        async with await Stream.open(server, path("s", view="raw")) as stream:
            await expect(stream, 0)
            file.unlink()
            await until_async(lambda: server.session("s")["status"] == "closed", "it is closed")
            append(file, 7)
            events = await stream.until("message")
            assert [event.name for event in events if event.name == "reset"] == ["reset"]
            assert json.loads(events[-1].data)["seq"] == 7
            await until_async(lambda: server.session("s")["status"] != "closed", "it is open")

    run(story())


def as_user(program):
    """Words that run the server without root's power over permissions, and the folder's new owner."""
    if os.geteuid() != 0:
        return [], None
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is absent, and root can read everything")
    return ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"], 65534


def give(folder, owner):
    os.chmod(folder.parent, 0o755)
    for at, folders, files in os.walk(folder):
        os.chown(at, owner, owner)
        for name in files:
            os.chown(os.path.join(at, name), owner, owner)


def test_a_transcript_that_may_not_be_read_is_listed_as_that(new_server, program, place):
    prefix, owner = as_user(program)
    server = new_server(prefix=prefix)
    file, closed = server.root / "s.jsonl", server.root / "closed.jsonl"
    append(file, 0)
    append(closed, 0)
    if owner:
        give(server.directory, owner)
        reachable = subprocess.run([*prefix, "test", "-x", str(program)])
        if reachable.returncode != 0:
            copy = place / "tailcast"
            shutil.copy(program, copy)
            os.chmod(copy, stat.S_IRWXU | 0o055)
            server.program = copy
    closed.chmod(0)
    server.start()

    async def story():
        session = await until_async(lambda: (s := server.session("closed"))["status"] == "unreadable" and s,
                                    "it is unreadable")
        assert "ermission" in session["status_reason"], session
        assert server.sessions("&status=unreadable").keys() == {"closed"}
        assert server.get("/api/v1/sessions/closed/messages").status in (403, 404, 409, 503)
        async with await Stream.open(server, path("s", view="raw")) as stream:
            await expect(stream, 0)
            # What is being read stays open.
            file.chmod(0)
            append(file, 1)
            await expect(stream, 1)
            await until_async(lambda: server.session("s")["status"] == "unreadable", "nobody else could open it")
            file.chmod(0o600)
            append(file, 2)
            await expect(stream, 2)
            await until_async(lambda: server.session("s")["status"] != "unreadable", "it is readable again")
        closed.chmod(0o600)
        append(closed, 1)
        await until_async(lambda: server.session("closed")["status"] != "unreadable", "the other is readable, too")
        async with await Stream.open(server, path("closed", view="raw")) as stream:
            await expect(stream, 0, 1)

    run(story())


def test_a_folder_named_as_a_transcript_and_other_oddities_are_no_sessions(serve):
    server = serve()
    (server.root / "folder.jsonl").mkdir()
    os.mkfifo(server.root / "pipe.jsonl")
    os.symlink(server.root / "nowhere", server.root / "dangling.jsonl")
    os.symlink(server.root, server.root / "loop")
    (server.root / ".hidden.jsonl").write_text("{}\n")
    (server.root / "notes.txt").write_text("{}\n")
    (server.root / "empty.jsonl").touch()
    append(server.root / "folder.jsonl" / "inside.jsonl", 0)
    append(server.root / "odd name é.jsonl", 0)
    server.listed("inside")
    server.listed("empty")
    until(lambda: len(server.sessions()) >= 3, "all are listed")
    assert len(server.sessions()) == 3, list(server.sessions())
    for id in server.sessions():
        assert server.get(f"/api/v1/sessions/{id}/messages").status == 200, id


def test_two_thousand_files_appear_at_once_and_none_is_missed(serve, loops):
    server = serve(loops=loops)

    async def story():
        for n in range(2000):
            folder = server.root / f"d{n % 40}"
            folder.mkdir(exist_ok=True)
            append(folder / f"f{n}.jsonl", n)
        await until_async(lambda: len(server.sessions()) == 2000, "all are listed", 60)
        for n in (0, 999, 1999):
            async with await Stream.open(server, path(f"f{n}", view="raw")) as stream:
                await expect(stream, n)

    run(story())
