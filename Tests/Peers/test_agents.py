"""A prompt typed to a real Claude Code and a real Codex in tmux is watched live in all three views."""
import asyncio
import json
import shutil

import pytest

from support.sse import Stream, path
from support.waiting import run, until_async

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is absent")


async def until_event(stream, wanted, seen):
    """Reads on until an event is the one that is wanted; all are noted."""
    async def read():
        async for event in stream:
            seen.append(event)
            if wanted(event):
                return event
        raise AssertionError("the stream ended")

    return await asyncio.wait_for(read(), 60)


def blocks(events, kind):
    return [block for event in events if event.name == "message" for block in event.json()["blocks"]
            if block["type"] == kind]


def is_turn_end(event):
    return event.name == "turn" and event.json()["state"] == "ended"


def chunks(events):
    return [json.loads(event.data) for event in events if event.data != b"[DONE]"]


async def watch(server, terminal, agent):
    await asyncio.to_thread(terminal.type, "say hello to tailcast")
    session = (await until_async(lambda: list(server.sessions().values()), "the transcript is listed", 60))[0]
    assert session["agent"] == agent
    name = session["id"]
    async with await Stream.open(server, path(name)) as events, \
            await Stream.open(server, path(name, view="raw")) as raw, \
            await Stream.open(server, path(name, view="ui")) as ui:
        first, rows, parts = [], [], []
        await until_event(events, is_turn_end, first)
        assert [block["text"] for block in blocks(first, "text")][-1] == "echo: say hello to tailcast"
        await asyncio.to_thread(terminal.seen, "echo: say hello to tailcast")

        # All three watch before this is typed.
        await asyncio.to_thread(terminal.type, "run: echo $((6*7))-live")
        live = []
        await until_event(events, is_turn_end, live)
        prompts = [event.json() for event in live if event.name == "message" and event.json()["role"] == "user"]
        assert any(block.get("text") == "run: echo $((6*7))-live" for message in prompts for block in message["blocks"])
        uses, results = blocks(live, "tool_use"), blocks(live, "tool_result")
        assert len(uses) == 1 and "echo $((6*7))-live" in json.dumps(uses[0]["input"])
        assert results[0]["tool_use_id"] == uses[0]["id"] and "42-live" in json.dumps(results[0]["content"])
        assert not results[0]["is_error"]
        assert any("The command printed:" in block["text"] and "42-live" in block["text"]
                   for block in blocks(live, "text"))

        # The raw view has the file, byte by byte.
        last = [event.id for event in live if event.id][-1]
        place = int(last.partition("-")[2].partition(".")[0])
        await until_event(raw, lambda event: event.id and int(event.id.partition("-")[2].partition(".")[0]) >= place
                          and event.name == "message", rows)
        data = next(terminal.root.rglob("*.jsonl")).read_bytes()
        received = [event.data for event in rows if event.name == "message"]
        assert data.split(b"\n")[:len(received)] == received

        # The ui view tells the same as parts of one message.
        await until_event(ui, lambda event: b"The command printed:" in event.data and b'"text-delta"' in event.data,
                          parts)
        told = chunks(parts)
        assert told[0]["type"] == "start"
        asked = [chunk["data"]["text"] for chunk in told if chunk["type"] == "data-user-message"]
        assert asked == ["say hello to tailcast", "run: echo $((6*7))-live"]
        assert any(chunk["type"] == "tool-input-available" for chunk in told)
        outputs = [chunk for chunk in told if chunk["type"] == "tool-output-available"]
        assert len(outputs) == 1 and "42-live" in json.dumps(outputs[0]["output"])
    session = await until_async(lambda: (s := server.session(name))["project_path"] and s, "its head is read")
    assert session["project_path"] == str(terminal.project.resolve())
    assert session["title"] and session["native_session_id"] == name


@pytest.mark.timeout(300)
@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_what_is_typed_to_a_real_agent_is_watched_live(new_server, real_agent, agent):
    screen = real_agent(agent).start()
    server = new_server(roots=[(agent, screen.root)])
    server.start()
    try:
        run(watch(server, screen, agent), 150)
    except BaseException:
        print(screen.screen())
        raise
