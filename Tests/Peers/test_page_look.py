"""How the page looks in each of its states, on a phone, a tablet, a desk and a wall, by day and by night."""
import base64
import struct
import zlib

import pytest
from support.appearance import PHONE, SIZES, WALL, look
from support.peer import dialogue, reply, user, write
from support.waiting import until

from test_page import assistant, browser, live, one_browser, open_session, result, texts  # noqa: F401

SAID = """The limit is read in **two** places, and only one of them knows the new name. See [the contract](https://example.org/a):

```python
def limit(settings, name="streams.rate"):
    # The old name is understood for one more version.
    return settings.get(name) or settings.get("rate", 50)
```

| setting | before | now |
|---|---|--:|
| `streams.rate` | 20 | 50 |
| `sessions.page_size` | 25 | 100 |

- [x] read the settings
- [ ] say it in the documentation"""
BEFORE = "def limit(settings):\n    return settings.get(\"rate\", 20)\n"
AFTER = "def limit(settings, name=\"streams.rate\"):\n    return settings.get(name) or settings.get(\"rate\", 50)\n"
PATH = "/home/somebody/projects/a-service-with-a-rather-long-name"


def square(side=120):
    """A PNG with a few colours."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    rows = b"".join(b"\0" + b"".join(bytes([60 + x, 90 + y, 200]) for x in range(side)) for y in range(side))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")).decode()


def rich(name):
    """A transcript in which everything occurs that the page draws in a way of its own."""
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": square()}}
    asked = user(name, 0, "")
    asked["message"]["content"] = [{"type": "text", "text": "Why is the limit **20** and not 50? It looks like this:"}, image]
    sub = result(name, 9, "t4", [{"type": "text", "text": "Three callers, all in `server.py`."}])
    sub["toolUseResult"] = {"status": "completed", "agentId": "7f", "content": []}
    todos = [{"content": "find the callers", "status": "completed"}, {"content": "change the name", "status": "in_progress"},
             {"content": "say it in the changelog", "status": "pending"}]
    rows = [
        asked,
        assistant(name, 1, {"type": "thinking", "thinking": "The name was changed, but maybe not everywhere. I look."}),
        assistant(name, 2, {"type": "tool_use", "id": "t1", "name": "Bash", "input": {
            "command": "grep -rn 'settings.get' --include='*.py' . | sort", "description": "Find where settings are read"}}),
        result(name, 3, "t1", "\n".join(f"./server.py:{line}:    settings.get(\"rate\", 20)  # {'x' * line}" for line in (12, 90))),
        assistant(name, 4, {"type": "tool_use", "id": "t2", "name": "Edit", "input": {
            "file_path": PATH + "/limits.py", "old_string": BEFORE, "new_string": AFTER}}),
        result(name, 5, "t2", "The file has been updated."),
        assistant(name, 6, {"type": "tool_use", "id": "t3", "name": "mcp__a_server__run_every_test", "input": {"names": ["limits"]}}),
        result(name, 7, "t3", "1 failed: test_limit", True),
        assistant(name, 8, {"type": "tool_use", "id": "t4", "name": "Task", "input": {
            "description": "look for callers", "prompt": "Who calls limit()?"}}),
        sub,
        assistant(name, 10, {"type": "tool_use", "id": "t5", "name": "TodoWrite", "input": {"todos": todos}}),
        result(name, 11, "t5", "Todos have been modified."),
        {"type": "system", "subtype": "compact_boundary", "uuid": "c", "parentUuid": None, "sessionId": name,
         "timestamp": "2026-01-01T00:01:00.000Z", "content": "Conversation compacted",
         "compactMetadata": {"trigger": "auto", "preTokens": 155_000}},
        reply(name, 13, SAID),
    ]
    for row in rows:
        row["cwd"] = PATH
    for row in rows[:-1]:
        if row["type"] == "assistant":
            row["message"]["stop_reason"] = "tool_use"
    return rows


@pytest.fixture
def shown(browser, steady):  # noqa: F811
    """A browser at a server with sessions in several states; `one` has everything in it."""
    server = steady()
    path = server.root / "one.jsonl"
    write(path, rich("one"))
    with open(path, "ab") as file:
        file.write(b"\0\0\0 no record at all\n")
    write(path, [user("one", 15, "Go on, please.")])
    child = server.root / "one" / "subagents"
    child.mkdir(parents=True)
    write(child / "agent-7f.jsonl", [{**row, "isSidechain": True, "agentId": "7f"} for row in dialogue("one", 2)])
    for name, state in (("works", "active"), ("waits", "waiting_input"), ("rests", "idle")):
        write(server.root / f"{name}.jsonl", [user(name, 0, f"This one {name}, and its title is too long for one line of a list"),
                                              reply(name, 1, "A reply that says in one line what has been done")])
        server.listed(name)
        told = server.ask("POST", f"/api/v1/sessions/{name}/activity", {"state": state})
        assert told.status < 300, told
        server.ask("PATCH", f"/api/v1/sessions/{name}", {"tags": ["limits", "a tag that is long"]})
    (server.root / "empty.jsonl").write_bytes(b"")
    server.listed("agent-7f")
    until(lambda: all("title" in (server.session(name)["title"] or "") for name in ("works", "waits", "rests")), "titles are read")
    browser.server = server
    return browser


def test_the_list_looks_right(shown):
    shown.open(shown.server.url)
    until(lambda: shown.run("document.querySelectorAll('#sessions a.row').length") >= 4, "all are listed")
    look(shown, "list", (*SIZES, WALL))


def test_a_transcript_with_everything_in_it_looks_right(shown):
    open_session(shown, shown.server, "one")
    until(lambda: "Go on, please." in texts(shown), "it is shown to the end")
    live(shown)
    look(shown, "transcript-end", (*SIZES, WALL))
    # Folded parts have their own colours.
    shown.run("document.querySelectorAll('.items details:not([open]) > summary').forEach(one => one.click())")
    look(shown, "transcript-beginning", at=".transcript .media")
    look(shown, "transcript-tools", at=".transcript .tool.failed")


def test_dialogs_and_menus_look_right(shown):
    open_session(shown, shown.server, "one")
    live(shown)
    for size in SIZES:
        shown.resize(*size)
        shown.run("document.querySelector('.head [aria-haspopup=menu]').click()")
        until(lambda: shown.run("!!document.querySelector('.menu')"), "the menu is open")
        look(shown, "menu", [size])
        shown.press("Escape")
        until(lambda: not shown.run("!!document.querySelector('.menu')"), "the menu is closed")
    for key, name in (("+", "dialog-new"), ("?", "dialog-keys"), ("d", "dialog-time")):
        shown.press(key)
        until(lambda: shown.run("!!document.querySelector('dialog[open]')"), f"{name} is open")
        look(shown, name)
        shown.press("Escape")
        until(lambda: not shown.run("!!document.querySelector('dialog[open]')"), f"{name} is closed")
    shown.run("document.querySelector('.transcript').focus()")
    shown.press("/")
    until(lambda: shown.run("document.activeElement?.closest('.find') !== null"), "it can be searched")
    shown.type("limit")
    until(lambda: shown.run("document.querySelector('.find .quiet').textContent.length > 0"), "something is found")
    look(shown, "find")


def test_the_other_pages_look_right(shown):
    server = shown.server
    until(lambda: server.get("/api/v1/search?q=limit").json()["total"], "it is indexed")
    server.ask("POST", "/api/v1/memory/save", {"text": "The limit is read in two places. " * 8, "project": PATH, "tags": ["limits"]})
    server.ask("POST", "/api/v1/hooks/contracts", {"target": {"url": "https://example.org/" + "a-long-path/" * 8}, "type_criterion": {"match": "session.*"}})
    for place in ("search/limit", "memory", "hooks", "machines", "settings"):
        shown.open(f"{server.url}/#/{place}")
        until(lambda: shown.run("document.querySelector('.cards')?.children.length"), f"{place} is filled")
        look(shown, "page-" + place.partition("/")[0])


def test_the_page_of_the_interface_looks_right(shown):
    shown.open(shown.server.url + "/docs")
    until(lambda: shown.run("document.querySelectorAll('#errors tbody tr').length > 0"), "the document is shown")
    shown.run("document.querySelectorAll('#routes details, #schemas details').forEach((one, at) => { one.open = at % 9 === 0; })")
    look(shown, "docs", at="#routes")
    for place in ("#events", "#errors", "#schemas"):
        look(shown, "docs-" + place[1:], [PHONE], place)


def test_a_page_without_its_server_looks_right(shown):
    open_session(shown, shown.server, "one")
    live(shown)
    shown.server.kill()
    until(lambda: shown.run("document.body.dataset.link") == "offline", "it says that nobody is there")
    shown.press("c")
    shown.type("hello")
    shown.press("Enter")
    until(lambda: shown.run("!document.querySelector('.notice').hidden"), "the refusal is shown")
    look(shown, "offline")
    shown.complaints.clear()  # the browser notes the refused requests
