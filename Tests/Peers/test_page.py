"""The page at `/` in a real browser: what it shows, what cannot hurt it, and what it does when the server goes."""
import json
import os
from pathlib import Path

import pytest
from support.browser import Browser
from support.peer import dialogue, reply, user, write
from support.server import REPOSITORY
from support.sleeper import Sleeper
from support.waiting import until

WEB = REPOSITORY / "web"
MOST_BYTES = 150_000
MOST_NODES = 6_000
# Where to put pictures of what was tested; none are made without it.
PICTURES = os.environ.get("TAILCAST_PICTURES")

TEXTS = "[...document.querySelectorAll('.items .prose')].map(one => one.textContent)"
STATE = "document.querySelector('.follow-state')?.textContent ?? ''"
ROWS = "[...document.querySelectorAll('#sessions a.row')].map(row => row.dataset.session)"


@pytest.fixture(scope="module")
def one_browser():
    browser = Browser()
    try:
        yield browser
    finally:
        browser.end()


@pytest.fixture
def browser(one_browser, new_server):
    """A tab of its own; whatever a page complains of in the console fails the test. It is closed before its server
    ends, of which it would complain too."""
    one_browser.new_tab()
    one_browser.listen()
    one_browser.complaints.clear()
    one_browser.resize(1200, 800)
    yield one_browser
    one_browser.close_tabs()
    assert one_browser.complaints == []


def texts(browser):
    return browser.run(TEXTS)


def open_session(browser, server, name, rest=""):
    server.listed(name)
    browser.open(f"{server.url}/#/s/{name}{rest}")
    until(lambda: browser.run("document.querySelectorAll('.item').length"), "messages are shown")


def live(browser):
    until(lambda: browser.run(STATE) == "Live", "it is live")


def follow(browser, server, count):
    """The session `one` of so many lines, shown live; its file."""
    path = server.root / "one.jsonl"
    write(path, dialogue("one", count))
    open_session(browser, server, "one")
    live(browser)
    return path


def lines(name, numbers):
    return [f"line {number} of {name}" for number in numbers]


def assistant(session, number, *blocks):
    record = reply(session, number, "")
    record["message"]["content"] = list(blocks)
    return record


def result(session, number, call, content, is_error=False):
    record = user(session, number, "")
    record["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": call, "content": content, "is_error": is_error}]
    return record


# --- files ----------------------------------------------------------------------------------------------------------
def test_every_file_of_the_page_is_in_the_program(serve):
    server = serve()
    for path in sorted(WEB.iterdir()):
        answer = server.get("/" if path.name == "index.html" else f"/page/{path.name}")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert answer.status == 200, path.name
        assert answer.body == path.read_bytes(), f"{path.name}: build anew"
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        again = server.get("/" if path.name == "index.html" else f"/page/{path.name}", {"if-none-match": headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    assert server.get("/page/nothing.js").status == 404
    assert server.get("/page/..%2findex.html").status == 404


def test_the_page_loads_nothing_from_elsewhere_and_nothing_inline():
    for path in WEB.iterdir():
        text = path.read_text()
        assert "innerHTML" not in text and "outerHTML" not in text and "insertAdjacentHTML" not in text, path.name
        assert "eval(" not in text and "new Function" not in text
        for address in ("http://", "https://"):
            known = text.replace("http://www.w3.org/", "")
            assert f'src="{address}' not in known and f'href="{address}' not in known
    index = (WEB / "index.html").read_text()
    assert "<style" not in index and " style=" not in index and " on" not in index.replace(" one", "")


def test_the_page_of_the_interface_shows_all_of_the_document(browser, steady):
    server = steady()
    document = server.get("/openapi.json").json()
    browser.open(server.url + "/docs")
    until(lambda: browser.run("document.querySelectorAll('#errors tbody tr').length > 0"), "the document is shown")
    count = "document.querySelectorAll('%s').length"
    assert browser.run(count % "#errors tbody tr") == len(document["x-errors"])
    assert browser.run(count % "#events tbody tr") == len(document["x-events"])
    assert browser.run(count % "#schemas details") == len(document["components"]["schemas"])
    operations = {(method, operation["summary"], str(operation.get("tags")))
                  for item in document["paths"].values() for method, operation in item.items()}
    assert browser.run(count % "#routes details") == len(operations)
    links = browser.run("[...document.querySelectorAll('main a')].map(a => a.getAttribute('href'))"
                        ".filter(href => !document.getElementById(href.slice(1)))")
    assert links == [], "each link leads to something"
    browser.run("location.hash = '#schema-Session'")
    until(lambda: browser.run("document.getElementById('schema-Session').open"), "the link has opened it")
    browser.run("(field => { field.value = 'fork_unsupported'; field.dispatchEvent(new Event('input')); })"
                "(document.getElementById('filter'))")
    assert browser.run("[...document.querySelectorAll('.entry:not([hidden])')].map(e => e.id)") == [
        "error-FORK_UNSUPPORTED"]


def test_a_session_is_shown_with_few_bytes_and_all_modules_fetched_at_once(browser, steady):
    server = steady()
    follow(browser, server, 3)
    loaded = browser.run("performance.getEntriesByType('resource').map(e => new URL(e.name).pathname).filter(p => p.startsWith('/page/'))")
    names = {name.removeprefix("/page/") for name in loaded} | {"index.html", "worker.js", "link.js"}
    assert sum((WEB / name).stat().st_size for name in names) < MOST_BYTES
    index = (WEB / "index.html").read_text()
    for name in names - {"index.html", "worker.js", "link.js"}:
        assert f'"/page/{name}"' in index, f"{name} is asked for only when another module has come"


def test_without_a_cookie_the_way_in_is_shown_and_no_file(new_server):
    server = new_server(auth="key").start()
    browser = {"accept": "text/html,application/xhtml+xml;q=0.9"}
    ticket = server.log.read_text().rpartition("?ticket=")[2].split()[0]
    assert server.get(f"/?ticket={ticket}", browser).status == 303
    for path in ("/", f"/?ticket={ticket}"):
        answer = server.get(path, browser)
        assert answer.status == 401 and answer.headers["content-type"].startswith("text/html"), answer
        assert b"tailcast open" in answer.body and b"tailcast serve" in answer.body and b"<script" not in answer.body
        # A program is told in its own words.
        assert server.get(path).json()["error"]["code"] in ("UNAUTHORIZED", "INVALID_API_KEY")
    assert server.get("/page/main.js").status == 401
    assert server.get("/", {"x-api-key": server.key()}).status == 200


def test_a_ticket_opens_the_page(browser, new_server):
    server = new_server(agent="claude", auth="key").start()
    write(server.root / "one.jsonl", dialogue("one", 3))
    ticket = server.log.read_text().rpartition("?ticket=")[2].split()[0]
    browser.open(f"{server.url}/?ticket={ticket}")
    until(lambda: browser.run(ROWS) == ["one"], "the list is there")


# --- list and transcript ----------------------------------------------------------------------------------------------
def test_a_session_is_listed_opened_and_followed(browser, steady):
    server = steady()
    browser.open(server.url)
    until(lambda: browser.run("document.querySelector('#link-state').textContent") == "live", "it is connected")
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 4))
    until(lambda: browser.run(ROWS) == ["one"], "a new session is listed")
    browser.run("document.querySelector('#sessions a').click()")
    until(lambda: texts(browser) == lines("one", range(4)), "its messages are shown")
    live(browser)
    for number in range(4, 40):
        write(path, dialogue("one", 1, number))
    until(lambda: texts(browser)[-1:] == lines("one", [39]), "what is written is shown")
    assert browser.run("(e => e.scrollHeight - e.scrollTop - e.clientHeight)(document.querySelector('.transcript'))") < 2
    write(server.root / "two.jsonl", dialogue("two", 2))
    until(lambda: set(browser.run(ROWS)) == {"one", "two"}, "another one is listed")


def test_the_list_is_searched_and_filtered(browser, steady):
    server = steady()
    for name in ("alpha", "beta", "gamma"):
        write(server.root / f"{name}.jsonl", dialogue(name, 2))
        server.listed(name)
    until(lambda: server.get("/api/v1/search?q=gamma").json()["total"] == 1, "it is indexed")
    browser.open(server.url)
    until(lambda: len(browser.run(ROWS)) == 3, "all are listed")
    browser.press("/")
    browser.type("gamma")
    until(lambda: browser.run(ROWS) == ["gamma"], "one is found")
    browser.run("(e => { e.value = ''; e.dispatchEvent(new Event('input')); })(document.querySelector('#search'))")
    until(lambda: len(browser.run(ROWS)) == 3, "all are listed again")
    browser.run("(e => { e.value = 'codex'; e.dispatchEvent(new Event('change')); })(document.querySelector('#by-agent'))")
    until(lambda: browser.run(ROWS) == [], "no session is of this agent")


def test_calls_stand_with_their_results_and_edits_as_differences(browser, steady):
    server = steady()
    edit = {"file_path": "/work/a.py", "old_string": "one\ntwo\nthree\n", "new_string": "one\n2\nthree\n"}
    write(server.root / "one.jsonl", [
        user("one", 0, "do it"),
        assistant("one", 1, {"type": "thinking", "thinking": "What is to be done?"}),
        assistant("one", 2, {"type": "tool_use", "id": "t1", "name": "Edit", "input": edit}),
        result("one", 3, "t1", "done"),
        assistant("one", 4, {"type": "tool_use", "id": "t2", "name": "Bash", "input": {"command": "false"}}),
        result("one", 5, "t2", "it failed", True),
    ])
    open_session(browser, server, "one")
    until(lambda: browser.run("document.querySelectorAll('.tool').length") == 2, "both calls are shown")
    assert browser.run("[...document.querySelectorAll('.diff .del, .diff .add')].map(e => e.textContent)") == ["- two\n", "+ 2\n"]
    assert browser.run("document.querySelectorAll('.tool.failed').length") == 1
    assert "it failed" not in browser.run("document.querySelector('.items').textContent"), "results are folded"
    browser.run("document.querySelector('.tool.failed summary').click()")
    until(lambda: "it failed" in browser.run("document.querySelector('.tool.failed').textContent"), "it is opened")
    assert browser.run("document.querySelectorAll('.thinking').length") == 1
    # A result that comes while its call is shown belongs to it.
    path = server.root / "one.jsonl"
    write(path, [assistant("one", 6, {"type": "tool_use", "id": "t3", "name": "Read", "input": {"file_path": "/x"}})])
    until(lambda: browser.run("document.querySelectorAll('.tool').length") == 3, "the call is shown")
    write(path, [result("one", 7, "t3", "content")])
    until(lambda: browser.run("document.querySelectorAll('.tool.done').length") == 2, "its result is there")


# The smallest PNG: one grey point.
POINT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def test_images_sub_agents_and_compactions_are_shown(browser, steady):
    server = steady()
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": POINT}}
    call = {"type": "tool_use", "id": "t1", "name": "Task", "input": {"description": "look", "prompt": "Look around"}}
    answered = result("one", 3, "t1", [{"type": "text", "text": "seen"}])
    answered["toolUseResult"] = {"status": "completed", "agentId": "7f", "content": []}
    asked = user("one", 0, "what is this?")
    asked["message"]["content"] = [{"type": "text", "text": "what is this?"}, image]
    write(server.root / "one.jsonl", [
        asked, reply("one", 1, "a point"), assistant("one", 2, call), answered,
        {"type": "system", "subtype": "compact_boundary", "uuid": "c", "parentUuid": None, "sessionId": "one",
         "timestamp": "2026-01-01T00:01:00.000Z", "content": "Conversation compacted",
         "compactMetadata": {"trigger": "auto", "preTokens": 155_000}},
        user("one", 5, "go on")])
    child = server.root / "one" / "subagents"
    child.mkdir(parents=True)
    write(child / "agent-7f.jsonl", [{**row, "isSidechain": True, "agentId": "7f"} for row in dialogue("one", 2)])
    server.listed("agent-7f")
    open_session(browser, server, "one")
    until(lambda: "go on" in texts(browser), "it is shown to the end")
    # By reference: its bytes are no part of the transcript's messages.
    source = browser.run("document.querySelector('.media img')?.getAttribute('src')")
    assert source.startswith("/api/v1/sessions/one/records/") and POINT not in server.get(
        "/api/v1/sessions/one/messages").body.decode()
    until(lambda: browser.run("document.querySelector('.media img').naturalWidth") == 1, "the image is there")
    assert "Context compacted · automatic, 155,000 tokens before" in browser.run(
        "document.querySelector('.item.compaction').textContent")
    until(lambda: browser.run("!!document.querySelector('a.subagent')"), "the sub-agent's transcript is linked")
    browser.run("document.querySelector('a.subagent').click()")
    until(lambda: texts(browser) == lines("one", range(2)), "and opens")
    assert browser.run("document.querySelector('.head a[href=\"#/s/one\"]')?.textContent") == "parent"


HOSTILE = [
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'><svg onload='window.pwned = 1'>",
    "[run](javascript:window.pwned=1) [data](data:text/html,<script>window.pwned=1</script>) <javascript:window.pwned=1>",
    "![picture](https://evil.example/spy.png) https://evil.example/\"onmouseover=\"window.pwned=1",
    "x" * 50_000, "word " * 20_000, "\u202egnp.exe\u202c \u2066isolated \u0000\u0001\u001b[31mred\u001b[0m \u009b31m \ufeff \u2028",
    "*" * 3000 + "`" * 3001 + "[" * 3000 + "_" * 3000, "> " * 200 + "deep", "- " * 100 + "deep", "|" * 500 + "\n" + "|-" * 500,
    "\n".join(" " * depth + "- item" for depth in range(300)), "# " + " " * 20_000 + "#", "```\n" + "</code></pre><script>window.pwned=1</script>" * 50,
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd mixed with latin", "a\r\nb\rc", "\U0001f600" * 2000, "Z\u0351\u036b\u0343" * 500,
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1024, 2560])
def test_hostile_transcripts_neither_run_nor_break_the_page(browser, steady, width, dark):
    server = steady()
    path = server.root / "bad.jsonl"
    rows = [user("bad", 0, "<b>title</b><script>window.pwned=1</script> \u202e")]
    for number, text in enumerate(HOSTILE, 1):
        rows.append((user if number % 2 else reply)("bad", number, text))
    evil = "</pre><script>window.pwned=1</script>\u202e\u001b]0;title\u0007"
    rows += [assistant("bad", 50, {"type": "tool_use", "id": evil, "name": evil, "input": {"command": evil * 100, evil: evil}}),
             result("bad", 51, evil, evil * 100, True),
             assistant("bad", 52, {"type": "tool_use", "id": "t", "name": "Edit", "input": {"file_path": evil, "old_string": evil, "new_string": "y\n" * 3000}})]
    write(path, rows)
    with open(path, "ab") as file:
        file.write(b"no record at all \xff\xfe <script>window.pwned=1</script>\n" + b"\0" * 500 + b"\n")
    write(path, [reply("bad", 60, "the end")])
    browser.resize(width, 800, dark)
    open_session(browser, server, "bad")
    until(lambda: "the end" in texts(browser), "it is shown to the end")
    assert browser.run("document.querySelectorAll('.damaged').length") >= 1
    shown = set()
    for _ in range(80):
        shown.update(browser.run("[...document.querySelectorAll('.item')].map(e => e.dataset.id)"))
        wide = browser.run("Math.max(document.documentElement.scrollWidth - innerWidth, (e => e.scrollWidth - e.clientWidth)(document.querySelector('.transcript')))")
        assert wide <= 0, "nothing is wider than the window"
        assert browser.run("document.querySelector('.transcript').getElementsByTagName('*').length") < MOST_NODES
        browser.run("document.querySelectorAll('.item details:not([open]) > summary').forEach(e => e.click())")
        if browser.run("document.querySelector('.transcript').scrollTop") == 0:
            break
        browser.run("document.querySelector('.transcript').scrollTop -= 1500")
        browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    else:
        raise AssertionError("the beginning was not reached")
    if PICTURES:
        browser.picture(Path(PICTURES) / f"hostile-{width}-{'dark' if dark else 'light'}.png")
    assert browser.run("window.pwned") is None
    addresses = browser.run("[...document.querySelectorAll('a')].map(e => e.href)")
    assert all(address.startswith(("http://", "https://")) for address in addresses), addresses
    assert browser.run("document.querySelectorAll('.items script, .items svg[onload], .items iframe, .items img[onerror]').length") == 0
    assert "\u202e" not in browser.run("document.body.textContent")
    assert len(shown) >= len(HOSTILE)


# --- long transcripts ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def long_server(tmp_path_factory):
    from support.peer import running
    with running(agent="claude") as server:
        rows = dialogue("long", 100_000)
        for number, row in enumerate(rows):
            row["timestamp"] = f"2026-03-{1 + number // 10_000:02}T{number % 10_000 // 450:02}:{number % 450 // 8:02}:00.000Z"
        (server.root / "long.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        server.listed("long")
        yield server


def nodes(browser):
    return browser.run("document.getElementsByTagName('*').length")


def test_a_hundred_thousand_records_open_at_the_end_with_few_elements(browser, long_server):
    open_session(browser, long_server, "long")
    until(lambda: texts(browser)[-1:] == lines("long", [99_999]), "the newest is shown")
    live(browser)
    for _ in range(40):
        browser.run("document.querySelector('.transcript').scrollTop = 0")
        until(lambda: browser.run("document.querySelector('.transcript').scrollTop") > 0, "older ones have come")
        assert nodes(browser) < MOST_NODES
    numbers = [int(text.split()[1]) for text in texts(browser)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 99_700
    browser.press("G")
    until(lambda: texts(browser)[-1:] == lines("long", [99_999]), "the end is shown again")
    live(browser)


def test_the_beginning_is_near_and_goes_on_to_the_end(browser, long_server):
    open_session(browser, long_server, "long")
    live(browser)
    browser.press("g")
    until(lambda: texts(browser)[:1] == lines("long", [0]), "the first is shown")
    assert browser.run(STATE) == "Paused"
    for _ in range(12):
        before = texts(browser)[-1]
        browser.run("(e => e.scrollTop = e.scrollHeight)(document.querySelector('.transcript'))")
        until(lambda: texts(browser)[-1] != before, "the next ones have come")
    numbers = [int(text.split()[1]) for text in texts(browser)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert nodes(browser) < MOST_NODES


def test_a_link_to_a_record_and_a_time_lead_to_it(browser, long_server):
    page = long_server.get("/api/v1/sessions/long/messages?limit=1&since=2026-03-04T10:00:00Z").json()
    wanted = page["messages"][0]
    open_session(browser, long_server, "long", "/" + wanted["id"])
    text = wanted["blocks"][0]["text"]
    at_top = """(() => { const top = document.querySelector('.transcript').getBoundingClientRect().top;
        return [...document.querySelectorAll('.item')].find(e => e.getBoundingClientRect().bottom > top + 30)?.querySelector('.prose')?.textContent; })()"""
    until(lambda: browser.run(at_top) == text, "the record is on top")
    until(lambda: browser.run(STATE) == "Paused", "it does not follow")
    browser.press("d")
    until(lambda: browser.run("!!document.querySelector('dialog[open]')"), "it asks for a time")
    browser.run("document.querySelector('dialog input').value = '2026-03-02T05:00'")
    browser.run("document.querySelector('dialog form').requestSubmit()")
    number = json.loads(browser.run("""fetch('/api/v1/sessions/long/messages?limit=1&since=' + encodeURIComponent(new Date(new Date('2026-03-02T05:00') - 1).toISOString()))
        .then(r => r.json()).then(j => JSON.stringify(j.messages[0].blocks[0].text))"""))
    until(lambda: browser.run(at_top) == number, "the time's first record is on top")


def test_words_are_found_far_back(browser, long_server):
    open_session(browser, long_server, "long")
    live(browser)
    browser.run("document.querySelector('.transcript').focus()")
    browser.press("/")
    # Its module is fetched with the first use.
    until(lambda: browser.run("!!document.activeElement.closest('.find')"), "the bar is open")
    browser.type("line 99300 of")
    until(lambda: "line 99300 of long" in texts(browser), "it is found", 60)
    assert browser.run("CSS.highlights.get('found').size") == 1
    browser.press("Escape")
    until(lambda: not browser.run("!!document.querySelector('.find')"), "the bar is closed")


# --- following --------------------------------------------------------------------------------------------------------
def test_pausing_counts_what_is_new(browser, steady):
    path = follow(browser, steady(), 60)
    browser.run("document.querySelector('.transcript').scrollTop = 200")
    until(lambda: browser.run(STATE) == "Paused", "scrolling pauses")
    place = "document.querySelector('.transcript').scrollTop"
    before = browser.run(place)
    write(path, dialogue("one", 7, 60))
    until(lambda: browser.run(STATE) == "Paused, 7 new", "they are counted")
    assert browser.run(place) == before, "what is read stays where it is"
    browser.run("document.querySelector('.to-end').click()")
    until(lambda: texts(browser)[-1:] == lines("one", [66]), "the end is shown")
    live(browser)


@pytest.mark.parametrize("shared", [True, False], ids=["shared-worker", "own-socket"])
@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_restart_is_shown_and_nothing_is_lost(browser, steady, end, shared):
    server = steady()
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 5))
    if not shared:
        browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.SharedWorker")
    open_session(browser, server, "one")
    live(browser)
    written = 5
    for _ in range(2):
        server.kill() if end == "kill" else server.stop()
        until(lambda: browser.run(STATE) in ("Offline", "Connecting"), "the page says so")
        write(path, dialogue("one", 4, written))
        written += 4
        server.start()
        live(browser)
        until(lambda: texts(browser)[-1:] == lines("one", [written - 1]), "what was missed is there")
        assert "Caught up 4" in browser.run("document.querySelector('#live').textContent")
    assert texts(browser) == lines("one", range(written))
    # A server that is away is no fault of the page, but the browser notes the failed connections.
    browser.complaints[:] = [one for one in browser.complaints if "ERR_CONNECTION" not in json.dumps(one)
                             and "WebSocket" not in json.dumps(one)]


def test_a_page_that_wakes_from_sleep_says_what_it_missed(browser, steady):
    server = steady()
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 5))
    way = Sleeper(server.port)
    try:
        server.listed("one")
        browser.open(f"http://127.0.0.1:{way.port}/#/s/one")
        live(browser)
        way.sleep()
        write(path, dialogue("one", 37, 5))
        # The page hears nothing, and its connection looks alive.
        assert browser.run(STATE) == "Live" and texts(browser) == lines("one", range(5))
        browser.call("Network.enable")
        for offline in (True, False):
            browser.call("Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1,
                         uploadThroughput=-1)
        until(lambda: "Caught up 37" in browser.run("document.querySelector('#live').textContent"), "it says so")
        until(lambda: texts(browser)[-1:] == lines("one", [41]), "what was missed is there")
        live(browser)
    finally:
        browser.close_tabs()
        way.end()
        browser.complaints.clear()  # the browser notes that it was offline


def test_a_tab_that_was_frozen_goes_on_where_it_was(browser, steady):
    path = follow(browser, steady(), 5)
    browser.call("Page.setWebLifecycleState", state="frozen")
    write(path, dialogue("one", 37, 5))
    browser.call("Page.setWebLifecycleState", state="active")
    until(lambda: texts(browser)[-1:] == lines("one", [41]), "what was written meanwhile is there")
    shown = [int(text.split()[1]) for text in texts(browser)]
    assert shown == list(range(shown[0], 42))


def test_a_session_without_a_message_is_filled_by_its_first(browser, steady):
    server = steady()
    path = server.root / "one.jsonl"
    write(path, [{"type": "mode", "mode": "normal", "sessionId": "one"}])
    server.listed("one")
    browser.open(f"{server.url}/#/s/one")
    edge = "document.querySelector('.edge').textContent"
    until(lambda: "no messages so far" in browser.run(edge), "it says that there is nothing")
    live(browser)
    write(path, dialogue("one", 2))
    until(lambda: texts(browser) == lines("one", range(2)), "the first ones are shown")
    assert browser.run(edge) == "Beginning of the transcript"


def test_a_rewritten_transcript_is_read_anew_and_says_so(browser, steady):
    path = follow(browser, steady(), 9)
    write(path, dialogue("other", 3), "wb")
    until(lambda: browser.run("!!document.querySelector('.reset')"), "the reset is shown")
    until(lambda: texts(browser) == lines("other", range(3)), "the new content is shown")
    write(path, dialogue("other", 2, 3))
    until(lambda: texts(browser) == lines("other", range(5)), "and it goes on")


def test_twenty_tabs_share_one_connection(browser, steady):
    server = steady()
    paths = [server.root / f"s{number}.jsonl" for number in range(5)]
    for path in paths:
        write(path, dialogue(path.stem, 3))
    tabs = []
    for number in range(20):
        tabs.append(browser.new_tab())
        browser.listen()
        open_session(browser, server, f"s{number % 5}")
    until(lambda: server.health()["streams"]["ws"] == 1, "one socket serves all")
    for path in paths:
        write(path, dialogue(path.stem, 2, 3))
    for number, tab in enumerate(tabs):
        browser.speak_to(tab)
        name = f"s{number % 5}"
        until(lambda: texts(browser) == lines(name, range(5)), f"tab {number} is live")


# --- hands and eyes ---------------------------------------------------------------------------------------------------
def test_the_keyboard_alone_is_enough(browser, steady):
    server = steady()
    for name in ("one", "two", "three"):
        write(server.root / f"{name}.jsonl", dialogue(name, 30))
        server.listed(name)
    browser.open(server.url)
    until(lambda: len(browser.run(ROWS)) == 3, "all are listed")
    rows = browser.run(ROWS)
    focus = "document.activeElement.dataset.session"
    browser.press("j")
    assert browser.run(focus) == rows[0]
    browser.press("j")
    browser.press("G")
    assert browser.run(focus) == rows[2]
    browser.press("k")
    browser.press("Enter")
    until(lambda: texts(browser)[-1:] == lines(rows[1], [29]), "it is opened")
    live(browser)
    browser.press("g")
    until(lambda: texts(browser)[:1] == lines(rows[1], [0]), "its beginning")
    focused = "document.activeElement.querySelector('.prose')?.textContent ?? ''"
    browser.press("j")
    first = until(lambda: browser.run(focused), "a message has the focus")
    browser.press("j")
    until(lambda: browser.run(focused) != first, "the next one has it")
    browser.press("G")
    live(browser)
    browser.press("]")
    until(lambda: texts(browser)[-1:] == lines(rows[2], [29]), "the next session")
    browser.press("?")
    until(lambda: browser.run("document.querySelector('dialog[open] h2')?.textContent") == "Keys", "help is shown")
    browser.press("Escape")
    until(lambda: not browser.run("!!document.querySelector('dialog[open]')"), "the help is closed")
    browser.press("c")
    assert browser.run("document.activeElement.tagName") == "TEXTAREA"


def test_what_cannot_be_sent_is_said_and_not_lost(browser, steady):
    server = steady()
    follow(browser, server, 2)
    browser.press("c")
    browser.type("hello")
    server.kill()
    browser.press("Enter")
    until(lambda: browser.run("!document.querySelector('.notice').hidden"), "the refusal is shown")
    assert browser.run("document.querySelector('.notice').textContent.length") > 10
    assert browser.run("document.querySelector('.composer textarea').value") == "hello"
    browser.complaints.clear()  # the browser notes the refused request


@pytest.mark.parametrize("name", ["search", "search/line", "memory", "hooks", "machines", "settings"])
def test_the_other_pages_show_something_or_say_why_not(browser, steady, name):
    server = steady()
    write(server.root / "one.jsonl", dialogue("one", 2))
    server.listed("one")
    until(lambda: server.get("/api/v1/search?q=line").json()["total"] == 1, "it is indexed")
    browser.open(f"{server.url}/#/{name}")
    until(lambda: browser.run("document.querySelector('.cards')?.children.length"), "the page is filled")
    if name == "search/line":
        until(lambda: browser.run("document.querySelectorAll('mark').length"), "matches are marked")
    browser.complaints.clear()  # what is not served yet is noted by the browser


# --- modules ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def module(browser, serve):
    """Runs an expression with the exports of a module of the page."""
    server = serve()
    browser.open(server.url)
    return lambda name, script: browser.run(f"import('/page/{name}').then(async (m) => {{ {script} }})")


def test_markdown_becomes_elements(module):
    html = lambda text: module("markdown.js", f"""const box = document.createElement('div');
        box.append(...m.markdown({json.dumps(text)})); return box.inner{'HTML'}.replaceAll(' dir="auto"', '');""")  # noqa: E731
    assert html("a *b* **c** `d` ~~e~~") == "<p>a <em>b</em> <strong>c</strong> <code>d</code> <s>e</s></p>"
    assert html("# one\n## two") == "<h3>one</h3><h4>two</h4>"
    assert html("- a\n- b\n  - c") == "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"
    assert html("3. a\n4. b") == '<ol start="3"><li>a</li><li>b</li></ol>'
    assert html("> a\n> b") == "<blockquote><p>a\nb</p></blockquote>"
    assert html("snake_case_name and 2*3*4") == "<p>snake_case_name and 2<em>3</em>4</p>"
    assert html("[x](javascript:alert(1))").startswith("<p><span")
    assert 'href="https://a.example/b"' in html("see https://a.example/b.")
    assert "<table>" in html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert "<script>" not in html("<script>x</script>")


def test_differences_are_those_of_the_lines(module, seed):
    steps = lambda a, b: module("diff.js", f"return m.compare({json.dumps(a)}, {json.dumps(b)}).map(s => s.kind + s.line);")  # noqa: E731
    assert steps(["a", "b", "c"], ["a", "x", "c"]) == [" a", "-b", "+x", " c"]
    import random
    draw = random.Random(seed)
    for _ in range(30):
        old, new = ([draw.choice("abc") for _ in range(draw.randrange(12))] for _ in range(2))
        found = steps(old, new)
        assert [one[1:] for one in found if one[0] != "+"] == old
        assert [one[1:] for one in found if one[0] != "-"] == new


def test_the_link_keeps_its_positions_over_connections(module):
    told = module("link.js", """
      const sockets = [], told = [];
      const open = () => { const s = { readyState: 1, sent: [], send(t) { this.sent.push(JSON.parse(t)); }, close() {} }; sockets.push(s); return s; };
      const link = new m.Link({ open, retry: 1 });
      link.add((message) => told.push(message));
      const say = (s, message) => s.onmessage({ data: JSON.stringify(message) });
      sockets[0].onopen();
      link.watch((message) => told.push(message), 'one', 'aaaaaaaa-10');
      say(sockets[0], { op: 'event', id: 'ffffffff-7', topic: 'sessions', type: 'session.updated', payload: {} });
      say(sockets[0], { op: 'event', topic: 'transcript:one', event: 'message', id: 'aaaaaaaa-20', data: {} });
      say(sockets[0], { op: 'event', topic: 'transcript:one', event: 'caught_up', id: 'aaaaaaaa-20', data: {} });
      sockets[0].onclose();
      await new Promise((done) => setTimeout(done, 60));
      sockets[1].onopen();
      say(sockets[1], { op: 'event', topic: 'transcript:one', event: 'message', id: 'aaaaaaaa-30', data: {} });
      say(sockets[1], { op: 'event', topic: 'transcript:one', event: 'caught_up', id: 'aaaaaaaa-30', data: {} });
      return { first: sockets[0].sent, second: sockets[1].sent, caught: told.filter((one) => one.type === 'caught_up') };""")
    feed, transcript = told["first"]
    assert "after" not in feed and transcript["after"] == "aaaaaaaa-10"
    feed, transcript = told["second"]
    assert feed["after"] == "ffffffff-7" and transcript["after"] == "aaaaaaaa-20"
    assert [(one["count"], one["away"]) for one in told["caught"]] == [(1, False), (1, True)]


def test_positions_are_compared_by_place(module):
    behind = lambda a, b: module("position.js", f"return m.isBehind('{a}', '{b}');")  # noqa: E731
    assert behind("aaaaaaaa-20", "aaaaaaaa-10") and not behind("aaaaaaaa-10", "aaaaaaaa-10")
    assert behind("aaaaaaaa-10", "aaaaaaaa-10.2") and not behind("aaaaaaaa-10.2", "aaaaaaaa-10")
    assert behind("bbbbbbbb-1", "aaaaaaaa-10"), "other content can only be newer"


