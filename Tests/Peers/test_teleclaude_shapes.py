"""The forms of what TeleClaude's clients read beside answers: messages of its WebSocket, and its UI stream under
`compat=seed`. In a form a string is `s`, a number `n`, a truth value `b`, null `0`; equal elements of a list are one."""
import json

import pytest
from support.frames import WebSocket
from support.peer import Events, dialogue, running, stamp, write
from support.waiting import until

SESSION = ("{active_agent:s,closed_at:0,computer:s,created_at:s,human_email:0,human_role:0,initiator_session_id:0,"
           "last_activity:s,last_input:0,last_input_at:0,last_input_origin:0,last_output_digest:0,"
           "last_output_summary:s,last_output_summary_at:s,native_session_id:s,project_path:s,session_id:s,"
           "session_metadata:0,status:s,subdir:0,thinking_mode:0,title:s,tmux_session_name:0,visibility:s}")


def form(value):
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{name}:{form(member)}" for name, member in value.items())) + "}"
    if isinstance(value, list):
        return "[" + "|".join(sorted({form(one) for one in value})) + "]"
    return "0" if value is None else "b" if isinstance(value, bool) else "s" if isinstance(value, str) else "n"


@pytest.fixture
def server():
    with running(agent="claude") as server:
        write(server.root / "old.jsonl", dialogue("old", 4))
        server.listed("old")
        until(lambda: server.session("old")["last_message"], "its head is read")
        assert server.ask("POST", "/api/v1/projects", {"name": "Home", "path": str(server.home)}).status == 201
        yield server


def begin(server):
    write(server.root / "new.jsonl", dialogue("new", 2))


def work(server):
    assert server.ask("POST", "/api/v1/sessions/old/activity", {"state": "tool_use", "tool_name": "Bash"}).status == 200


def end(server):
    (server.root / "old.jsonl").unlink()


SESSIONS = {"sessions_initial": "{computer:0,sessions:[" + SESSION + "]}"}
PROJECTS = {"projects_initial": "{computer:0,projects:[{computer:s,created_at:s,description:0,exists:b,id:s,name:s,"
                                "path:s,updated_at:s}]}"}
# What a client says, what then happens, and the forms of what it is told.
TOLD = [
    ({"subscribe": "sessions"}, None, SESSIONS),
    ({"subscribe": {"computer": "local", "types": ["sessions", "projects"]}}, None, {**SESSIONS, **PROJECTS}),
    ({"refresh": True}, None, SESSIONS),
    ({"subscribe": "sessions"}, begin, {**SESSIONS, "session_started": SESSION}),
    ({"subscribe": "sessions"}, work, {
        **SESSIONS, "session_updated": SESSION,
        "agent_activity": "{activity:{event:0,session_id:s,state:s,status:s,tool_name:s},session_id:s}"}),
    ({"subscribe": "sessions"}, end, {**SESSIONS, "session_closed": "{session_id:s}"}),
]


@pytest.mark.parametrize("said, act, told", TOLD, ids=lambda one: getattr(one, "__name__", None) or json.dumps(one)[:40])
def test_messages_of_the_socket_have_teleclaude_s_form(server, said, act, told):
    with WebSocket(server, path="/ws") as socket:
        socket.say(**said)
        seen = {}

        def hear(events):
            while not set(events) <= set(seen):
                message = socket.message()
                assert set(message) == {"event", "data"}
                seen[message["event"]] = form(message["data"])

        hear([name for name in told if name.endswith("_initial")])
        if act:
            act(server)
            hear(told)
    # What its head says is there when that was read.
    late = seen.get("session_started")
    if late and late.replace(":0", ":s") == SESSION.replace(":0", ":s"):
        seen["session_started"] = SESSION
    assert {name: seen[name] for name in told} == told


SEED = [
    ("start", "{messageId:s,type:s}"),
    ("data-user-message", "{data:{cursor:s,text:s,timestamp:s},id:s,type:s}"),
    ("data-turn", "{data:{state:s},id:s,type:s}"),
    ("start-step", "{type:s}"),
    ("tool-input-start", "{dynamic:b,toolCallId:s,toolName:s,type:s}"),
    ("tool-input-available", "{dynamic:b,input:{command:s},toolCallId:s,toolName:s,type:s}"),
    # A strict client would want tool-output-error.
    ("tool-output-available", "{isError:b,output:s,toolCallId:s,type:s}"),
    ("finish-step", "{type:s}"),
    ("start-step", "{type:s}"),
    ("text-start", "{id:s,type:s}"),
    ("text-delta", "{delta:s,id:s,type:s}"),
    ("text-end", "{id:s,type:s}"),
]


def test_the_seed_stream_has_teleclaude_s_form(server):
    def row(number, kind, block):
        return {"type": kind, "uuid": f"t{number}", "sessionId": "tools", "timestamp": stamp(number), "cwd": "/srv/project",
                "message": {"id": f"m{number}", "role": kind, "content": [block]}}
    write(server.root / "tools.jsonl", [
        *dialogue("tools", 1), row(1, "assistant", {"type": "tool_use", "id": "call", "name": "Bash", "input": {"command": "x"}}),
        row(2, "user", {"type": "tool_result", "tool_use_id": "call", "content": "failed", "is_error": True}),
        row(3, "assistant", {"type": "text", "text": "it failed"})])
    server.listed("tools")
    with Events(server, "/api/chat/stream?compat=seed", method="POST", body={"sessionId": "tools"}) as stream:
        assert stream.headers["x-vercel-ai-ui-message-stream"] == "v1"
        parts = []
        while not parts or parts[-1]["type"] != "text-end":
            parts.append(next(stream).json())
    assert [(part["type"], form(part)) for part in parts] == SEED
