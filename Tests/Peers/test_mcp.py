"""tailcast mcp, with the Model Context Protocol's own Python client on the other side."""
import json
import subprocess

from mcp import Client, StdioServerParameters
from support.peer import dialogue, write
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
