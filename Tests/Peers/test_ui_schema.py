"""The `ui` view beside the strict schema of the AI SDK: legal keys, and parts that begin before they go on and end."""
import json
import signal

import pytest
from support.peer import Events, reply, running, user, write
from support.waiting import until

# Bytes of `ui` frames that are read again per sample, over all resumes: a large file is resumed at fewer ids.
RESUME_BUDGET = 4_000_000


@pytest.fixture(scope="module")
def table(shared):
    """What every listed release of the AI SDK accepts."""
    return json.loads((shared / "transcripts" / "ai-sdk-ui-chunks.json").read_text())


@pytest.fixture(scope="module")
def samples(shared):
    """All transcripts among the samples: (agent, path)."""
    folder = shared / "transcripts"
    found = []
    for path in sorted(folder.rglob("*.json*")):
        parts = path.relative_to(folder).parts
        agent = parts[0] if parts[0] != "other" else parts[2]
        agent = agent if agent in ("claude", "codex", "gemini", "copilot", "cursor") else "jsonl"
        if path.suffix == ".jsonl" or agent == "gemini" and path.suffix == ".json":
            found.append((agent, path))
    return found


@pytest.fixture(scope="module")
def server(samples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    roots = {}
    for number, (agent, path) in enumerate(samples):
        root = roots.setdefault(agent, folder / agent)
        root.mkdir(exist_ok=True)
        (root / f"sample-{number}{path.suffix}").write_bytes(path.read_bytes())
    with running(roots=list(roots.items()), settings={"shutdown.grace": "2s"}) as server:
        until(lambda: server.health()["tail"]["files"] >= len(samples) * 0.9, "the samples are found")
        yield server


@pytest.fixture(scope="module")
def sessions(server):
    return sorted(server.sessions())


class Client:
    """What a strict client of the AI SDK does with chunks; it throws where that one throws."""

    def __init__(self, table):
        self.safe, self.reasons = table["safe"], table["finishReason"]["all"]
        self.texts, self.tools = set(), {}
        self.started = self.finished = self.is_done = self.in_step = False

    def take(self, data):
        assert not self.is_done, "behind [DONE]"
        if data == "[DONE]":
            self.is_done = True
            return
        chunk = json.loads(data)
        kind = chunk.pop("type")
        rule = self.safe["data-*"] if kind.startswith("data-") else self.safe.get(kind)
        assert rule, f"unknown chunk {kind}"
        assert set(rule["required"]) <= set(chunk), f"{kind} lacks {set(rule['required']) - set(chunk)}"
        allowed = set(rule["required"]) | set(rule["optional"])
        assert set(chunk) <= allowed, f"{kind} has {set(chunk) - allowed}"
        for key in ("id", "delta", "toolCallId", "toolName", "errorText", "url", "mediaType", "messageId"):
            assert isinstance(chunk.get(key, ""), str), f"{kind}.{key}"
        for key in ("dynamic", "transient", "providerExecuted", "preliminary"):
            assert isinstance(chunk.get(key, True), bool), f"{kind}.{key}"
        assert self.started != (kind == "start"), f"{kind} and start" if kind == "start" else f"{kind} before start"
        assert not self.finished, f"{kind} behind finish"
        self.step(kind, chunk)

    def step(self, kind, chunk):
        if kind == "start":
            assert chunk["messageId"]
            self.started = True
        elif kind == "finish":
            assert not self.texts, "finish inside a part"
            # A server that goes does not wait for the step's end; the client comes back for the rest of it.
            assert not self.in_step or chunk["finishReason"] == "other", "finish inside a step"
            assert chunk.get("finishReason", "stop") in self.reasons
            self.finished = True
        elif kind == "start-step":
            assert not self.in_step
            self.in_step = True
        elif kind == "finish-step":
            assert self.in_step and not self.texts
            self.in_step = False
        elif kind in ("text-start", "reasoning-start"):
            key = kind[:4], chunk["id"]
            assert key not in self.texts, f"{key} is open"
            assert self.in_step, f"{kind} outside a step"
            self.texts.add(key)
        elif kind in ("text-delta", "reasoning-delta", "text-end", "reasoning-end"):
            key = kind[:4], chunk["id"]
            assert key in self.texts, f"{kind} without its start"
            if kind.endswith("end"):
                self.texts.discard(key)
        elif kind in ("tool-input-start", "tool-input-available"):
            assert chunk["dynamic"] is True
            self.tools[chunk["toolCallId"]] = "input"
        elif kind == "tool-input-delta":
            assert chunk["toolCallId"] in self.tools
        elif kind in ("tool-output-available", "tool-output-error"):
            assert chunk["toolCallId"] in self.tools, f"{kind} without its call"
            assert chunk["dynamic"] is True
            self.tools[chunk["toolCallId"]] = "output"


def is_last(event):
    """The end of history: the status that is told when what follows is live, or the end of the stream."""
    return event.data == "[DONE]" or '"type":"data-session-status"' in event.data


def path(session, query=""):
    return f"/api/v1/sessions/{session}/stream?view=ui{query}"


def history(server, table, session, query="", after=None):
    client, events = Client(table), []
    with Events(server, path(session, query), {"last-event-id": after} if after else {}) as stream:
        assert stream.headers["x-vercel-ai-ui-message-stream"] == "v1"
        for event in stream:
            assert event.name == "message", "a name is not for this client"
            client.take(event.data)
            events.append(event)
            if is_last(event):
                return client, events
    raise AssertionError(f"the stream of {session} ended: {events[-2:]}")


def test_every_sample_is_legal(server, table, samples, sessions):
    assert len(sessions) >= len(samples) * 0.9
    kinds = set()
    for session in sessions:
        _, events = history(server, table, session)
        kinds |= {json.loads(event.data)["type"] for event in events}
        ids = [event.id for event in events if event.id]
        assert len(ids) == len(set(ids)) or is_document(session, server), session
    assert {"start", "text-start", "text-delta", "text-end", "reasoning-delta", "tool-input-available",
            "tool-output-available", "tool-output-error", "start-step", "finish-step", "data-user-message",
            "data-turn", "file", "message-metadata"} <= kinds, kinds


def is_document(session, server):
    return server.session(session)["agent"] == "gemini"


def test_a_replay_has_the_same_ids(server, table, sessions):
    for session in sessions[::7]:
        first, again = (history(server, table, session)[1][:-1] for _ in range(2))
        assert [(e.id, e.data) for e in first] == [(e.id, e.data) for e in again]


@pytest.mark.parametrize("share", range(4))
def test_every_sample_is_legal_from_every_id(server, table, sessions, share):
    for session in sessions[share::4]:
        _, events = history(server, table, session)
        size, repeats = sum(len(event.data) for event in events), is_document(session, server)
        places = [(number, event.id) for number, event in enumerate(events) if event.id]
        for number, id in places[::max(1, size * len(places) // 2 // RESUME_BUDGET)]:
            _, rest = history(server, table, session, after=id)
            if repeats:
                continue  # its last message is shown again, for it may have changed
            expected = [(e.id, e.data) for e in events[number + 1:-1]]
            # After what the client needs to be told first comes exactly what it lacks.
            got = [(e.id, e.data) for e in rest[:-1]]
            assert got[len(got) - len(expected):] == expected, (session, id)
            opening = [json.loads(data)["type"] for _, data in got[:len(got) - len(expected)]]
            assert opening[0] == "start" and set(opening[1:]) <= {"start-step", "tool-input-available"}, opening


def test_a_turn_is_a_whole_message(server, table, sessions):
    ended = 0
    for session in sessions:
        _, events = history(server, table, session)
        turns = [number for number, event in enumerate(events) if '"type":"data-turn"' in event.data]
        over = [number for number in turns if json.loads(events[number].data)["data"]["state"] != "started"]
        places = [None] + [events[number].id for number in over[:8]]
        for place in places[:len(over)] if over else []:
            client = Client(table)
            headers = {"last-event-id": place} if place else {}
            with Events(server, path(session, "&until=turn"), headers) as stream:
                events_of_turn = list(stream)
            for event in events_of_turn:
                client.take(event.data)
            assert client.is_done and client.finished, session
            ended += 1
    assert ended > 20


@pytest.mark.parametrize("include", ["text", "thinking", "tools", "text,tools", "activity,meta",
                                     "text,thinking,tools,activity,meta,hidden"])
def test_every_choice_is_legal(server, table, sessions, include):
    for session in sessions[::3]:
        _, events = history(server, table, session, f"&include={include}")
        if "tools" not in include:
            assert not [event for event in events if '"type":"tool-' in event.data]


def test_a_stream_that_the_server_ends_is_a_whole_message(new_server, table):
    server = new_server(agent="claude", settings={"shutdown.grace": "1s"}).start()
    call = reply("open", 1, "")
    call["message"]["content"] = [{"type": "text", "text": "Looking."},
                                  {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}]
    call["message"]["stop_reason"] = "tool_use"
    write(server.root / "open.jsonl", [user("open", 0, "Look"), call])
    server.listed("open")
    clients = []
    streams = []
    for after in (None, "id"):
        client = Client(table)
        stream = Events(server, path("open"), {"last-event-id": streams[0].last_id} if after else {})
        for event in stream:
            client.take(event.data)
            if is_last(event):
                break
        clients.append(client)
        streams.append(stream)
    assert clients[0].in_step, "the model waits for its tool"
    server.signal(signal.SIGTERM)
    for client, stream in zip(clients, streams):
        for event in stream:
            client.take(event.data)
        assert client.finished and client.is_done
        stream.close()


def test_live_appends_are_legal_to_who_joined_anywhere(new_server, table):
    server = new_server(agent="claude").start()
    file = server.root / "live.jsonl"
    records = [user("live", 0, "Go")]
    for number in range(1, 40, 2):
        call = reply("live", number, "")
        call["message"]["content"] = [
            {"type": "thinking", "thinking": f"thought {number}", "signature": "s"},
            {"type": "text", "text": f"step {number}"},
            {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": {"n": number}}]
        call["message"]["stop_reason"] = "tool_use"
        records += [call, user("live", number + 1, [
            {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": f"out {number}",
             "is_error": number % 3 == 0}])]
    records.append(reply("live", 41, "Done"))
    write(file, records[:1])
    server.listed("live")
    watchers = []
    try:
        for record in records[1:]:
            stream, client = Events(server, path("live")), Client(table)
            for event in stream:
                client.take(event.data)
                if is_last(event):
                    break
            watchers.append((stream, client))
            write(file, [record])
        for stream, client in watchers:
            for event in stream:
                client.take(event.data)
                if '"delta":"Done"' in event.data:
                    break
            assert not [name for name, state in client.tools.items() if state == "input"], "every call was answered"
    finally:
        for stream, _ in watchers:
            stream.close()
