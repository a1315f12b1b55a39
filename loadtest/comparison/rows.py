"""The rows of the comparison: what is run against which server, and what is wanted of the figures."""

import time
from dataclasses import dataclass, field
from typing import Callable

from . import transcripts
from .client import Replay, Timed, get, stream
from .servers import Failure, new_folder
from .storm import Storm

ALL = ("limit", "tailcast", "nchan", "fastapi")
HUBS = ("limit", "tailcast", "nchan")
PAIR = ("limit", "tailcast")
OURS = ("tailcast",)


@dataclass
class Context:
    """What every measurement may use."""

    servers: dict
    storm: Storm
    quick: bool
    file_bytes: int
    sessions_bytes: int
    rates: dict = field(default_factory=dict)  # the best rate of an earlier round, by row and server

    def seconds(self, quick: float, full: float) -> float:
        return quick if self.quick else full


@dataclass
class Figure:
    """One line of the table: a key of what a measurement returns."""

    key: str
    label: str
    unit: str
    # (what it is compared with, "<=" or ">=", bound): "" for the figure itself, else a server's name for the ratio.
    wanted: tuple[tuple[str, str, float], ...] = ()
    # Whether the ratio to the C limit says something.
    ratio: bool = True


@dataclass
class Row:
    name: str
    title: str
    servers: tuple[str, ...]
    measure: Callable[[Context, str], dict]
    figures: tuple[Figure, ...]


def best(limit: float) -> tuple:
    return ("limit", "<=", limit)


# ---- loads at a given rate ---------------------------------------------------------------------------------------


def storm_figures(result: dict) -> dict:
    server = result.get("server", {})
    return {
        "p50": result["latency"]["p50_us"] / 1e3,
        "p99": result["latency"]["p99_us"] / 1e3,
        "max": result["latency"]["max_us"] / 1e3,
        "cpu": server.get("cpu_us_per_delivery"),
        "per_second": result["deliveries"]["per_second"],
        "client_share": result["client"]["cpu_seconds"] / max(result["deliveries"]["live_seconds"], 1e-9),
        "late": result["written"]["latest_us"] / 1e3,
        "storm": result,
    }


def load(quick: float, full: float, loops: int = 1, **settings) -> Callable[[Context, str], dict]:
    def measure(context: Context, name: str) -> dict:
        with context.servers[name].start(loops=loops) as server:
            seconds = context.seconds(quick, full)
            return storm_figures(context.storm.run(server, seconds=seconds, **settings))

    return measure


def loops(context: Context, name: str) -> dict:
    settings = {"readers": 10000, "rate": 10}
    one = load(5, 15, loops=1, **settings)(context, name)
    two = load(5, 15, loops=2, **settings)(context, name)
    return {"one": one["p99"], "two": two["p99"], "gain": one["p99"] / two["p99"], "storms": [one, two]}


def stalled(context: Context, name: str) -> dict:
    # History enough to fill the sockets of those who never read: else half a run measures how these fill.
    settings = {"rate": 20, "size": 8000, "preload": 400, "seconds": context.seconds(6, 20), "stalled_return": "no"}
    with context.servers[name].start() as server:
        alone = context.storm.run(server, readers=1000, **settings)
    with context.servers[name].start() as server:
        beside = context.storm.run(server, readers=2000, stalled="50%", **settings)
    growth = (beside["server"]["rss_after"] - beside["server"]["rss_connected"]) / 1e6
    ratio = beside["latency"]["p99_us"] / alone["latency"]["p99_us"]
    return {
        "alone": alone["latency"]["p99_us"] / 1e3,
        "beside": beside["latency"]["p99_us"] / 1e3,
        "ratio": ratio,
        "growth": growth,
        "storms": [alone, beside],
    }


# ---- the most that is kept ---------------------------------------------------------------------------------------

P99_KEPT = 1.0  # seconds
KEPT_UP = 0.88  # of the deliveries that were due: the last ones come up to a second after the last line
STEP = 1.15
MOST_STEPS = 12


def most(row: str, readers: int, first: dict[str, float], **settings) -> Callable[[Context, str], dict]:
    """Steps the rate until p99 is over a second or no more comes through, then halves the gap."""

    def measure(context: Context, name: str) -> dict:
        found: dict = {"per_second": 0.0, "rate": 0.0}

        def kept(rate: float) -> bool:
            with context.servers[name].start() as server:
                result = context.storm.run(
                    server,
                    may_fail=True,
                    readers=readers,
                    rate=round(rate, 3),
                    seconds=context.seconds(5, 10),
                    drain=12,
                    **settings,
                )
            figures = storm_figures(result)
            # A server that falls behind more and more can still be within a second at the end of a short run.
            kept_up = figures["per_second"] >= KEPT_UP * rate * readers
            held = result["passed"] and kept_up and figures["p99"] <= P99_KEPT * 1e3
            grew = figures["per_second"] > found["per_second"] * 1.03
            if held and grew:
                found.update(figures, rate=rate)
            return held and grew

        known = context.rates.get((row, name))
        low, high, rate = 0.0, None, known or first[name]
        step = STEP if known else 2.0
        for _ in range(MOST_STEPS):
            if kept(rate):
                low = rate
            else:
                high = rate
            if low and high:
                if high / low <= STEP * 1.02:
                    break
                rate = (low * high) ** 0.5
            else:
                rate = low * step if low else high / step
        if not low:
            raise Failure(f"not even {rate:.3g} lines a second were kept")
        context.rates[row, name] = low
        return found

    return measure


# ---- idle connections --------------------------------------------------------------------------------------------


def idle(context: Context, name: str) -> dict:
    # What the first connections bring in, code above all, is no cost of each: the growth from 1,000 to 10,000.
    connected = {}
    for readers, seconds in ((1_000, 0), (10_000, context.seconds(30, 60))):
        # Whole periods of a heartbeat: half of one would count all of it or nothing.
        with context.servers[name].start() as server:
            result = context.storm.run(server, readers=readers, idle=seconds, rate=1, seconds=1)
        connected[readers] = result["server"]["rss_connected"]
    memory = (connected[10_000] - connected[1_000]) / 9_000
    return {"memory": memory, "share": result["server"]["idle_cpu_share"] * 100, "storm": result}


# ---- history -----------------------------------------------------------------------------------------------------


def replay(context: Context, name: str) -> dict:
    figures: dict = {"storms": []}
    for view in ("raw", "events"):
        lines = (context.file_bytes if view == "raw" else context.file_bytes // 3) // 1000
        with context.servers[name].start() as server:
            result = context.storm.run(server, readers=1, view=view, preload=lines, size=1000, lines=1)
        join = result["join"]
        # Of the transcript: what travels is a little more.
        figures[view] = lines * 1000 / join["seconds"] / 1e6
        figures["growth"] = max(
            figures.get("growth", 0.0), (result["server"]["rss_peak"] - result["server"]["rss_before"]) / 1e6
        )
        figures["storms"].append(result)
    return figures


def replay_beside(context: Context, name: str) -> dict:
    p99 = []
    rate = 0.0
    for beside in (False, True):
        folder = new_folder()
        size = transcripts.dated(folder / "root" / "history.jsonl", context.file_bytes // 3)
        with context.servers[name].start(folder=folder) as server:
            reader = Replay(server, "/api/v1/sessions/history/stream?view=raw", size)
            if beside:
                reader.start()
            begun = time.monotonic()
            result = context.storm.run(server, readers=100, rate=20, seconds=context.seconds(6, 15))
            if beside:
                reader.stop()
                rate = reader.bytes / (time.monotonic() - begun) / 1e6
        p99.append(result["latency"]["p99_us"] / 1e3)
    return {"alone": p99[0], "beside": p99[1], "ratio": p99[1] / p99[0], "replayed": rate}


def since(context: Context, name: str) -> dict:
    folder = new_folder()
    count = transcripts.lines(context.file_bytes)
    transcripts.dated(folder / "root" / "history.jsonl", context.file_bytes)
    near = transcripts.stamp(count - 20)
    path = f"/api/v1/sessions/history/stream?view=events&since_timestamp={near}"

    def first() -> float:
        return stream(server, path, lambda piece: b"event: message" in bytes(piece)) * 1e3

    with context.servers[name].start(folder=folder) as server:
        cold = first()
        # The index is made in the background: it is there when the server rests.
        deadline = time.monotonic() + 300
        before = server.cpu()
        while time.monotonic() < deadline:
            time.sleep(2)
            now = server.cpu()
            if now - before < 0.05:
                break
            before = now
        warm = sorted(first() for _ in range(9))[4]
    return {"cold": cold, "warm": warm}


SESSIONS = 10_000


def start(context: Context, name: str) -> dict:
    folder = new_folder()
    transcripts.many(folder / "root", SESSIONS, context.sessions_bytes // SESSIONS)
    figures = {}
    server = context.servers[name].start(folder=folder)
    try:
        figures["first"] = server.start_seconds
        figures["page"] = get(server, "/api/v1/sessions") * 1e3
        figures["memory"] = server.rss() / 1e6
        time.sleep(context.seconds(3, 20))
        figures["later"] = server.rss() / 1e6
        server.stop(keep=True)
        server = context.servers[name].start(folder=folder)
        figures["again"] = server.start_seconds
        figures["page"] = max(figures["page"], get(server, "/api/v1/sessions") * 1e3)
    finally:
        server.stop()
    return figures


# ---- REST beside a flush -----------------------------------------------------------------------------------------


def rest(context: Context, name: str) -> dict:
    folder = new_folder()
    transcripts.dated(folder / "root" / "probe.jsonl", 100_000)
    with context.servers[name].start(folder=folder) as server:
        timed = Timed(server, "/api/v1/sessions/probe")
        timed.start()
        result = context.storm.run(server, readers=10000, rate=4, seconds=context.seconds(6, 15))
        # tailstorm waits 300 ms after the last delivery, closes its readers and ends.
        ended = time.monotonic() - 0.5
        timed.stop()
    begun = ended - result["deliveries"]["live_seconds"] + 1
    taken = sorted(seconds for at, seconds in timed.samples if begun <= at <= ended)
    if not taken:
        raise Failure("no request was answered in time")
    p50, p99 = (taken[min(len(taken) - 1, int(share * len(taken)))] * 1e3 for share in (0.5, 0.99))
    return {"p50": p50, "p99": p99, "max": taken[-1] * 1e3, "requests": len(taken), "storm": result}


# ---- the table ---------------------------------------------------------------------------------------------------

# What is gathered into one send differs from run to run, and the maximum with it: a range, no ratio.
LONGEST = Figure("max", "max", "ms", ratio=False)
DELIVERED = Figure("per_second", "deliveries/s", "", ratio=False)
LOAD = (
    DELIVERED,
    Figure("cpu", "server CPU per delivery", "µs", (best(1.1),)),
    Figure("p50", "p50", "ms"),
    Figure("p99", "p99", "ms", (best(1.15),)),
    LONGEST,
)
LIVE = (Figure("p50", "p50", "ms", (best(1.15),)), Figure("p99", "p99", "ms", (best(1.15),)), LONGEST)
MOST = (Figure("per_second", "deliveries/s", "", (("limit", ">=", 0.7), ("nchan", ">=", 20))),)

ROWS = [
    Row("one-reader", "1 reader, 100 lines/s", ALL, load(8, 20, readers=1, rate=100), LIVE),
    Row("thousand", "1,000 readers, 20 lines/s", ALL, load(6, 20, readers=1000, rate=20), LIVE),
    Row("load-1k", "40,000 deliveries/s to 1,000", ALL, load(6, 20, readers=1000, rate=40), LOAD),
    Row("load-10k", "40,000 deliveries/s to 10,000", HUBS, load(6, 20, readers=10000, rate=4), LOAD),
    Row(
        "topics",
        "1,000 topics × 10 readers, 40,000 deliveries/s",
        HUBS,
        load(6, 20, readers=10000, writers=1000, rate=4),
        (
            DELIVERED,
            Figure("cpu", "server CPU per delivery", "µs", (best(1.15),)),
            Figure("p50", "p50", "ms"),
            Figure("p99", "p99", "ms"),
            LONGEST,
        ),
    ),
    Row(
        "loops",
        "10,000 readers, 10 lines/s",
        PAIR,
        loops,
        (
            Figure("one", "p99 with one loop", "ms"),
            Figure("two", "p99 with two loops", "ms", (best(1.2),)),
            Figure("gain", "one ÷ two", "×", (("limit", ">=", 1.0),)),
        ),
    ),
    Row(
        "idle",
        "10,000 idle connections, heartbeats on",
        HUBS,
        idle,
        (
            Figure("memory", "resident memory each", "B", (("", "<=", 1024),), ratio=False),
            Figure("share", "CPU", "% of a core", (("", "<=", 1),)),
        ),
    ),
    Row(
        "stalled",
        "1,000 that never read beside 1,000 that do",
        PAIR,
        stalled,
        (
            Figure("alone", "p99 without them", "ms"),
            Figure("beside", "p99 with them", "ms"),
            Figure("ratio", "with ÷ without", "×", (("", "<=", 1.2),)),
            Figure("growth", "growth of memory", "MB"),
        ),
    ),
    Row(
        "rest",
        "GET sessions/{id} during flushes to 10,000",
        OURS,
        rest,
        (Figure("p50", "p50", "ms"), Figure("p99", "p99", "ms", (("", "<=", 20),))),
    ),
    Row(
        "replay",
        "history to one client",
        OURS,
        replay,
        (
            Figure("raw", "raw", "MB/s", (("", ">=", 400),)),
            Figure("events", "events", "MB/s", (("", ">=", 150),)),
            Figure("growth", "growth of memory", "MB"),
        ),
    ),
    Row(
        "replay-live",
        "100 live readers beside a replay",
        OURS,
        replay_beside,
        (
            Figure("alone", "p99 alone", "ms"),
            Figure("beside", "p99 beside", "ms"),
            Figure("ratio", "beside ÷ alone", "×", (("", "<=", 1.3),)),
            Figure("replayed", "replayed meanwhile", "MB/s"),
        ),
    ),
    Row(
        "since",
        "since_timestamp near the end of one transcript",
        OURS,
        since,
        (
            Figure("warm", "first event, with the index", "ms", (("", "<=", 10),)),
            Figure("cold", "first event, right after a first start", "ms", (("", "<=", 500),)),
        ),
    ),
    Row(
        "start",
        "start with 10,000 transcripts",
        OURS,
        start,
        (
            Figure("first", "ready, first start", "s", (("", "<=", 1),)),
            Figure("again", "ready, later start", "s", (("", "<=", 1),)),
            Figure("memory", "memory when ready", "MB", (("", "<=", 100),)),
            Figure("later", "memory while it indexes", "MB", (("", "<=", 100),)),
            Figure("page", "GET sessions", "ms", (("", "<=", 20),)),
        ),
    ),
    Row(
        "most-1k",
        "most with p99 ≤ 1 s, 1,000 readers",
        ALL,
        most("most-1k", 1000, {"limit": 2000, "tailcast": 2000, "nchan": 60, "fastapi": 16}),
        MOST,
    ),
    Row(
        "most-10k",
        "most with p99 ≤ 1 s, 10,000 readers",
        HUBS,
        most("most-10k", 10000, {"limit": 150, "tailcast": 150, "nchan": 4}),
        MOST,
    ),
    Row(
        "most-topics",
        "most with p99 ≤ 1 s, 1,000 topics × 10 readers",
        HUBS,
        most("most-topics", 10000, {"limit": 8, "tailcast": 8, "nchan": 4}, writers=1000),
        (Figure("per_second", "deliveries/s", "", (("limit", ">=", 0.9),)),),
    ),
]
