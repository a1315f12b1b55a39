"""The Model Context Protocol with its own Python package on the other side: as the client of `tailcast mcp`, and as the
servers that Tailcast asks what they offer."""
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from mcp import Client, StdioServerParameters
from support.peer import dialogue, write
from support.ports import free_port
from support.waiting import run, until


def parameters(server):
    return StdioServerParameters(command=str(server.program), args=["mcp", "--state", str(server.state)],
                                 env=server.surroundings())


def answer(result):
    """The body that a tool's call brought."""
    assert not result.is_error, result
    return json.loads(result.content[0].text)


def test_tools_of_a_client_read_search_and_remember(serve):
    server = serve(agent="claude")
    (server.root / "p").mkdir()
    write(server.root / "p" / "one.jsonl", dialogue("one", 6))
    server.listed("one")
    until(lambda: server.get("/api/v1/search?q=line").json()["total"] == 1, "it is indexed")

    async def talk():
        # By default the client asks for a newer protocol first, and falls back to the handshake.
        async with Client(parameters(server)) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert {"list_sessions", "read_messages", "search", "send_message", "start_session", "interrupt_session",
                    "search_memory", "save_memory"} <= set(tools)
            assert tools["read_messages"].input_schema["required"] == ["session_id"]

            sessions = answer(await client.call_tool("list_sessions", {"agent": "claude"}))["sessions"]
            assert [session["id"] for session in sessions] == ["one"]
            page = answer(await client.call_tool("read_messages", {"session_id": "one", "limit": 2}))
            assert [message["blocks"][0]["text"] for message in page["messages"]] == ["line 4 of one", "line 5 of one"]
            older = answer(await client.call_tool(
                "read_messages", {"session_id": "one", "limit": 2, "before": page["next_before"]}))
            assert older["messages"][-1]["blocks"][0]["text"] == "line 3 of one"
            assert answer(await client.call_tool("search", {"q": "line one"}))["results"][0]["id"] == "one"
            saved = answer(await client.call_tool(
                "save_memory", {"text": "Ünïcode is kept. And so on.", "tags": ["a"], "project": "p"}))
            found = answer(await client.call_tool("search_memory", {"query": "unicode kept", "project": "p"}))
            assert saved["id"] in [memory["id"] for memory in found.get("memories", found.get("items", []))], found

            for tool, arguments, words in [
                ("get_session", {"session_id": "nobody"}, "SESSION_NOT_FOUND"),
                ("get_session", {"session_id": "../health"}, "no id"),
                ("interrupt_session", {"session_id": "one"}, "SESSION_NOT_MANAGED"),
                ("start_session", {"project_path": "/no/such/place"}, "project_path"),
            ]:
                refused = await client.call_tool(tool, arguments)
                assert refused.is_error and words in refused.content[0].text, (tool, refused)

    run(talk())


def test_a_server_that_is_away_is_told_and_found_when_it_is_back(serve):
    server = serve()

    async def talk():
        async with Client(parameters(server)) as client:
            assert answer(await client.call_tool("list_sessions", {}))["total"] == 0
            server.kill()
            away = await client.call_tool("list_sessions", {})
            assert away.is_error and away.content[0].text
            server.start()
            assert answer(await client.call_tool("list_sessions", {}))["total"] == 0

    run(talk())


def test_lines_are_all_that_is_said_and_the_end_of_input_is_the_end(serve):
    server = serve()
    lines = [b"nonsense", b"", b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
             b'{"jsonrpc":"2.0","id":"x","method":"ping"}']
    done = subprocess.run([server.program, "mcp", "--state", server.state], input=b"\n".join(lines) + b"\n",
                          env=server.surroundings(), capture_output=True, timeout=60)
    assert done.returncode == 0 and not done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [None, "x"]
    assert answers[0]["error"]["code"] == -32700 and answers[1]["result"] == {}


# --- servers that Tailcast asks -------------------------------------------------------------------------------------
PEER = Path(__file__).parent / "support" / "mcp_server.py"


def connect(server, **fields):
    return server.ask("POST", "/api/v1/mcp-servers/connect", fields)


def offers(server, **fields):
    """Keeps a server and asks it for everything that it offers."""
    answer = connect(server, **fields)
    assert answer.status == 200, answer
    assert answer.json()["server"]["name"] == "peer" and answer.json()["instructions"] == "Ask away."
    kept = server.ask("POST", "/api/v1/mcp-servers", {"name": f"peer {len(fields)} {fields}"[:100], **fields})
    assert kept.status == 201, kept
    id = kept.json()["id"]
    assert connect(server, id=id).json()["protocol_version"] == answer.json()["protocol_version"]
    tools = server.get(f"/api/v1/mcp-servers/{id}/tools").json()["tools"]
    assert {tool["name"]: tool["description"] for tool in tools} == {"add": "Adds.", "secret": "Tells."}
    assert tools[0]["inputSchema"]["properties"]["a"]["type"] == "integer"
    assert [tool["name"] for tool in server.get(f"/mcp-servers/{id}/tools").json()] == ["add", "secret"]
    resources = server.get(f"/api/v1/mcp-servers/{id}/resources").json()["resources"]
    assert [resource["uri"] for resource in resources] == ["note://one"]
    one = server.get(f"/api/v1/mcp-servers/{id}/resources/{quote('note://one', safe='')}")
    assert one.status == 200, one
    missing = server.get(f"/api/v1/mcp-servers/{id}/resources/{quote('note://two', safe='')}")
    assert missing.status == 502 and missing.code == "MCP_FAILED"
    return one.json()["contents"][0]["text"]


def test_a_server_that_is_a_program_is_started_asked_and_ended(serve):
    server = serve(settings={"sessions.login_environment": "false"})
    fields = {"command": sys.executable, "args": [str(PEER), "stdio"], "env": {"SECRET": "s3cret"}}
    assert offers(server, **fields) == "the note says s3cret"
    until(lambda: not list(children(server)), "its programs have ended")
    assert "s3cret" not in server.tail()


@pytest.mark.parametrize("form", ["json", "events"])
def test_a_server_that_is_called_over_http_is_asked_for_everything(serve, form):
    port = free_port()
    peer = subprocess.Popen([sys.executable, PEER, str(port), form], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/mcp"
        guarded = serve()
        refused = connect(guarded, url=url)
        assert refused.status == 422 and "mcp.allow_private" in refused.json()["error"]["message"]
        server = serve(settings={"mcp.allow_private": "true"})
        until(lambda: connect(server, url=url).status == 200, "the peer listens")
        assert offers(server, url=url, headers={"X-Mine": "1"}) == "the note says nothing"
        assert connect(server, url=f"http://127.0.0.1:{port}/other").status == 502
    finally:
        peer.kill()
        peer.wait()
    assert connect(server, url=url).status == 502


def test_servers_that_fail_are_told_and_ended(serve):
    server = serve(settings={"sessions.login_environment": "false", "mcp.timeout": "1s", "mcp.max_bytes": "64K"})
    for fields, status, words in [
        ({"command": "no-such-program"}, 502, "not found"), ({"command": "false"}, 502, "code 1"),
        ({"command": "sleep", "args": ["1000"]}, 504, "mcp.timeout"),
        ({"command": "sh", "args": ["-c", "sleep 1000 & cat >/dev/null; sleep 1000"]}, 504, "mcp.timeout"),
        ({"command": "sh", "args": ["-c", "exec >&-; sleep 1000"]}, 502, "closed its output"),
        ({"command": "yes"}, 502, "mcp.max_bytes"), ({"command": "sh", "args": ["-c", "kill -9 $$"]}, 502, "signal 9"),
        ({}, 400, "command"), ({"command": "a", "url": "http://b.example"}, 400, "url"),
    ]:
        answer = connect(server, **fields)
        assert answer.status == status and words in answer.json()["error"]["message"], (fields, answer)
    until(lambda: not list(children(server)), "its programs have ended", 20)
    assert server.get("/api/v1/mcp-servers/none/tools").status == 404


def children(server):
    """What the server has started and what those have, as long as they run."""
    mark = f"TMUX_TMPDIR={server.directory / 'tmux'}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != server.pid:
                yield (entry / "cmdline").read_bytes()
        except OSError:
            pass
