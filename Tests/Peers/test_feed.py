"""The change feed: what it tells, and that nothing of it is lost between two connections, or between two servers."""
import pytest
from support.peer import Events, dialogue, running, write
from support.waiting import until


@pytest.fixture(scope="module")
def server():
    with running(agent="claude") as server:
        yield server


def is_change(kind, session):
    return lambda event: event.name == kind and event.json()["session_id"] == session


def number_of(event):
    return int(event.id.partition("-")[2])


def feed(server, after=None, query="", **options):
    headers = {"last-event-id": after} if after else {}
    return Events(server, f"/events{query}", headers, **options)


def life(server, name):
    """A session that is born, grows, is written anew and goes; every step waits until it is told on `stream`."""
    path = server.root / f"{name}.jsonl"
    with feed(server) as stream:
        next(stream)
        write(path, dialogue(name, 2))
        events = stream.until(is_change("session.created", name))
        events += stream.until(is_change("session.updated", name))
        for start in (2, 4, 6):
            write(path, dialogue(name, 2, start))
            size = path.stat().st_size
            events += stream.until(
                lambda event: event.name == "transcript.appended" and event.json()["payload"]["bytes"] == size)
        write(path, dialogue(f"{name}-anew", 1), "wb")
        events += stream.until(is_change("transcript.replaced", name))
        path.unlink()
        events += stream.until(is_change("session.closed", name))
        return events


def test_the_life_of_a_session_is_told(server):
    events = [event for event in life(server, "alice") if event.json()["session_id"] == "alice"]
    for event in events:
        data = event.json()
        assert data["type"] == event.name and data["topic"] in ("sessions", "transcript")
        assert event.name.startswith("session." if data["topic"] == "sessions" else "transcript.")
        assert data["ts"].endswith("Z") and data["payload"]["session_id"] == "alice"
    numbers = [number_of(event) for event in events]
    assert numbers == sorted(set(numbers)) and len({event.id.partition("-")[0] for event in events}) == 1
    by_kind = {}
    for event in events:
        by_kind.setdefault(event.name, []).append(event.json()["payload"])
    created = by_kind["session.created"]
    assert len(created) == 1 and created[0]["session"]["id"] == "alice" and created[0]["session"]["agent"] == "claude"
    updated = by_kind["session.updated"][-1]["session"]
    assert updated["id"] == "alice" and updated["project_path"] == "/srv/project"
    assert by_kind["transcript.replaced"][0]["epoch"] and by_kind["session.closed"][-1]["status"] == "closed"


def test_the_head_of_the_feed(server):
    with feed(server) as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-cache, no-transform"
        assert stream.headers["x-accel-buffering"] == "no"
        hello = next(stream)
        assert hello.name == "hello" and hello.id == hello.json()["cursor"] and stream.retry == 2000
    for path in ("/api/v1/events", "/events"):
        with Events(server, path) as other:
            assert next(other).json()["cursor"].partition("-")[0] == hello.id.partition("-")[0]


@pytest.mark.parametrize("way", ["header", "query", "both"])
def test_the_feed_resumes_after_every_id(server, way):
    name = f"resumed-{way}"
    events = life(server, name)
    for number, event in enumerate(events[:-1]):
        after = {"header": event.id, "query": None, "both": event.id}[way]
        query = {"header": "", "query": f"?after={event.id}", "both": "?after=00000000-1"}[way]
        with feed(server, after, query) as stream:
            hello = next(stream)
            assert hello.name == "hello" and hello.id == event.id
            again = [(e.name, e.id, e.data) for e in stream.until(is_change("session.closed", name))]
            assert again == [(e.name, e.id, e.data) for e in events[number + 1:]]


def test_a_client_that_has_only_the_hello_misses_nothing(server):
    with feed(server) as stream:
        hello = next(stream)
    write(server.root / "between.jsonl", dialogue("between", 2))
    server.listed("between")
    with feed(server, hello.id) as stream:
        stream.until(is_change("session.created", "between"))


@pytest.mark.parametrize("after, reason", [
    ("00000000-1", "unknown_epoch"), ("{epoch}-99999999", "not_a_boundary"),
    ("{epoch}-18446744073709551615", "not_a_boundary")])
def test_a_position_that_cannot_be_resumed_is_a_reset(server, after, reason):
    with feed(server) as stream:
        epoch, newest = next(stream).id.split("-")
    after = after.format(epoch=epoch)
    with feed(server, after) as stream:
        hello, reset = stream.take(2)
        assert hello.name == "hello" and reset.name == "reset"
        assert hello.id is None, "a drop before the reset must not hide it"
        assert reset.json()["requested"] == after and reset.json()["reason"] == reason
        assert reset.id == reset.json()["cursor"] and reset.id.startswith(epoch)
        assert int(reset.id.partition("-")[2]) >= int(newest)
        write(server.root / f"after-{reason}-{len(after)}.jsonl", dialogue("x", 1))
        assert stream.until("session.created")


@pytest.mark.parametrize("bad", ["garbage", "00000000", "0000000-1", "00000000--1", "00000000-1.1", "G0000000-1",
                                 "00000000-99999999999999999999"])
def test_a_position_that_cannot_be_read_is_400(server, bad):
    for answer in (server.get(f"/events?after={bad}"), server.get("/events", {"last-event-id": bad})):
        assert (answer.status, answer.code) == (400, "INVALID_CURSOR")


def test_a_position_that_is_too_old_is_a_reset(new_server):
    server = new_server(agent="claude", settings={"feed.keep": "1000", "feed.coalesce": "1ms"}).start()
    with feed(server) as stream:
        first = next(stream)
        for number in range(1500):
            write(server.root / f"n{number}.jsonl", dialogue("n", 1))
        stream.until(lambda event: number_of(event) > number_of(first) + 1500)

    def answered():
        with feed(server, first.id) as late:
            told = late.take(2)
        return told[1] if told[1].name == "reset" else None

    reset = until(answered, "the oldest rows are gone")
    assert reset.json()["reason"] == "truncated" and reset.json()["requested"] == first.id


def test_the_feed_is_filtered_by_topic_and_session(server):
    for name in ("filter-a", "filter-b"):
        write(server.root / f"{name}.jsonl", dialogue(name, 2))
        server.listed(name)
    with feed(server, query="?topics=sessions&session_id=filter-a") as narrow, \
            feed(server, query="?topics=transcript") as appended, feed(server) as everything:
        for stream in (narrow, appended, everything):
            next(stream)
        for name in ("filter-a", "filter-b"):
            write(server.root / f"{name}.jsonl", dialogue(name, 2, 2))
            everything.until(is_change("transcript.appended", name))
        for name in ("filter-b", "filter-a"):
            (server.root / f"{name}.jsonl").unlink()
        seen = narrow.until("session.closed")
        assert {event.json()["session_id"] for event in seen} == {"filter-a"}
        assert {event.json()["topic"] for event in seen} == {"sessions"}
        seen = appended.until(is_change("transcript.appended", "filter-b"))
        assert {event.json()["topic"] for event in seen} == {"transcript"}


def test_appends_are_told_less_often_than_they_happen_but_the_last_state_is(new_server):
    server = new_server(agent="claude", settings={"feed.coalesce": "200ms"}).start()
    path = server.root / "chatty.jsonl"
    write(path, dialogue("chatty", 1))
    server.listed("chatty")
    with feed(server) as stream:
        next(stream)
        for number in range(1, 301):
            write(path, dialogue("chatty", 1, number))
        size = path.stat().st_size
        seen = stream.until(
            lambda event: event.name == "transcript.appended" and event.json()["payload"]["bytes"] == size)
        assert len([event for event in seen if event.name == "transcript.appended"]) < 300


def test_the_feed_goes_on_over_a_killed_server(new_server):
    server = new_server(agent="claude").start()
    epoch, got, last = None, [], None
    for round_number in range(3):
        name = f"round{round_number}"
        with feed(server, last) as stream:
            hello = next(stream)
            epoch = epoch or hello.id.partition("-")[0]
            assert hello.id.partition("-")[0] == epoch, "the feed is the same one"
            assert last is None or hello.id == last
            write(server.root / f"{name}.jsonl", dialogue(name, 2))
            events = stream.until(is_change("session.created", name))
            assert "reset" not in [event.name for event in events]
            got += events
            last = events[-1].id
            server.kill()
            for event in stream_rest(stream):
                got.append(event)
                last = event.id
        # While no server runs: found when the next one looks.
        write(server.root / f"{name}-dark.jsonl", dialogue(f"{name}-dark", 2))
        server.start()
    with feed(server, last) as stream:
        next(stream)
        got += stream.until(is_change("session.created", "round2-dark"))
    numbers = [number_of(event) for event in got]
    assert numbers == sorted(set(numbers)), "nothing twice, nothing out of order"
    # A server that is killed before it has stored a session tells of it again.
    created = {event.json()["session_id"] for event in got if event.name == "session.created"}
    assert created == {f"round{n}{dark}" for n in range(3) for dark in ("", "-dark")}
    assert [event.name for event in got].count("daemon.ready") >= 2
    # Without gaps: every number is there, or the row belongs to the time before the first one.
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def stream_rest(stream):
    """What still comes from a connection whose server was killed."""
    try:
        yield from stream
    except (AssertionError, ConnectionError, OSError, ValueError):
        return
    except Exception as error:  # http.client.IncompleteRead: the end of the chunks is missing
        assert "IncompleteRead" in repr(error)
