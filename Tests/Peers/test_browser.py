"""A real browser's own EventSource and WebSocket, over restarts of the server, from its own page and from others."""
import http.server
import json
import threading

import pytest
from support.browser import Browser
from support.peer import dialogue, write
from support.waiting import until

# Keeps what an EventSource is given. `kept` is all that a page has; nothing in it reconnects or remembers ids.
LISTEN = """
window.kept = []; window.opened = 0; window.failed = 0;
window.source = new EventSource(%s, %s);
source.onopen = () => opened++;
source.onerror = () => failed++;
for (const name of ['hello', 'message', 'reset', 'turn', 'caught_up', 'bye', 'session.created'])
  source.addEventListener(name, event => kept.push([name, event.lastEventId, event.data]));
"""


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    try:
        yield browser
    finally:
        browser.end()


def listen(browser, address, with_credentials=False):
    options = json.dumps({"withCredentials": with_credentials})
    browser.run(LISTEN % (json.dumps(address), options) + "; true")


def kept(browser, name="message"):
    return [(id, json.loads(data)) for kind, id, data in browser.run("kept") if kind == name]


def uuids(browser):
    return [message["uuid"] for _, message in kept(browser)]


def enter(browser, server):
    """Opens the address that `serve` prints, as a person would, and goes on to a page without scripts of its own."""
    ticket = server.log.read_text().rpartition("?ticket=")[2].split()[0]
    browser.open(f"{server.url}/?ticket={ticket}")
    assert "ticket" not in browser.run("location.href"), "the ticket does not stay in the address"
    browser.open(f"{server.url}/healthz")


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_an_eventsource_resumes_over_a_restart_without_loss_or_repeat(browser, steady, end):
    server = steady(auth="key")
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 5))
    enter(browser, server)
    until(lambda: browser.run("fetch('/api/v1/sessions/one').then(r => r.status)") == 200, "it is listed")
    listen(browser, "/api/v1/sessions/one/stream")
    until(lambda: len(uuids(browser)) == 5, "the history is there")
    written = 5
    for _ in range(3):
        write(path, dialogue("one", 3, written))
        written += 3
        until(lambda: len(uuids(browser)) >= written, "it is live")
        opened = browser.run("opened")
        server.kill() if end == "kill" else server.stop()
        write(path, dialogue("one", 4, written))  # while nobody serves
        written += 4
        server.start()
        write(path, dialogue("one", 2, written))
        written += 2
        until(lambda: len(uuids(browser)) >= written, "the rest has come")
        assert browser.run("opened") > opened, "it came back by itself"
    assert uuids(browser) == [record["uuid"] for record in dialogue("one", written)]
    assert kept(browser, "reset") == [] and browser.run("source.readyState") == 1
    browser.run("source.close()")


def test_an_eventsource_is_told_of_a_reset(browser, steady):
    server = steady()
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 5))
    server.listed("one")
    browser.open(f"{server.url}/healthz")
    listen(browser, "/api/v1/sessions/one/stream")
    until(lambda: len(uuids(browser)) == 5, "the history is there")
    server.kill()
    write(path, dialogue("other", 3), "wb")
    server.start()
    until(lambda: uuids(browser)[5:] == [record["uuid"] for record in dialogue("other", 3)], "the new content is there")
    reset, = kept(browser, "reset")
    assert reset[1]["requested"].startswith(kept(browser)[4][0][:9]), "the position in the old content"
    assert reset[0] == reset[1]["cursor"]
    browser.run("source.close()")


def test_the_feed_and_a_shared_stream_resume_too(browser, steady):
    server = steady()
    for name in ("ada", "bob"):
        write(server.root / f"{name}.jsonl", dialogue(name, 3))
        server.listed(name)
    browser.open(f"{server.url}/healthz")
    listen(browser, "/api/v1/stream?session=ada&session=bob")
    until(lambda: len(uuids(browser)) == 6, "the history is there")
    server.kill()
    write(server.root / "ada.jsonl", dialogue("ada", 2, 3))
    server.start()
    write(server.root / "bob.jsonl", dialogue("bob", 2, 3))
    until(lambda: len(uuids(browser)) >= 10, "the rest has come")
    for name in ("ada", "bob"):
        own = [message["uuid"] for _, message in kept(browser) if message["session_id"] == name]
        assert own == [record["uuid"] for record in dialogue(name, 5)]
    browser.run("source.close()")
    listen(browser, "/events")
    until(lambda: kept(browser, "hello"), "the feed is open")
    write(server.root / "cyd.jsonl", dialogue("cyd", 1))
    until(lambda: kept(browser, "session.created"), "it is told")
    server.kill()
    server.start()
    write(server.root / "dan.jsonl", dialogue("dan", 1))
    until(lambda: "dan" in {change["session_id"] for _, change in kept(browser, "session.created")}, "it goes on")
    changes = kept(browser, "session.created")
    assert {"cyd", "dan"} <= {change["session_id"] for _, change in changes}
    assert [id for id, _ in changes] == sorted({id for id, _ in changes}, key=lambda id: int(id.partition("-")[2]))
    browser.run("source.close()")


def test_rotated_streams_are_not_noticed(browser, steady):
    server = steady(settings={"streams.max_age": "1s"})
    path = server.root / "one.jsonl"
    write(path, dialogue("one", 1))
    server.listed("one")
    browser.open(f"{server.url}/healthz")
    listen(browser, "/api/v1/sessions/one/stream")
    written = 1
    while browser.run("opened") < 4:
        until(lambda: len(uuids(browser)) >= written, "the newest has come")
        write(path, dialogue("one", 1, written))
        written += 1
    until(lambda: len(uuids(browser)) >= written, "the last has come")
    assert uuids(browser) == [record["uuid"] for record in dialogue("one", written)]
    browser.run("source.close()")


@pytest.fixture
def elsewhere():
    """Another site with an empty page; its address."""
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_of_an_allowed_site_may_listen(browser, steady, elsewhere):
    server = steady(settings={"allowed_origins": elsewhere})
    write(server.root / "one.jsonl", dialogue("one", 4))
    server.listed("one")
    browser.open(elsewhere)
    listen(browser, f"{server.url}/api/v1/sessions/one/stream")
    until(lambda: len(uuids(browser)) == 4, "the history is there")
    assert browser.run(f"fetch('{server.url}/api/v1/sessions/one').then(r => r.json()).then(j => j.session.id)") == "one"
    server.kill()
    write(server.root / "one.jsonl", dialogue("one", 2, 4))
    server.start()
    until(lambda: len(uuids(browser)) >= 6, "the rest has come")
    assert uuids(browser) == [record["uuid"] for record in dialogue("one", 6)]
    browser.run("source.close()")


def test_a_page_of_another_site_hears_nothing(browser, steady, elsewhere):
    server = steady()
    write(server.root / "one.jsonl", dialogue("one", 4))
    server.listed("one")
    browser.open(elsewhere)
    listen(browser, f"{server.url}/api/v1/sessions/one/stream")
    until(lambda: browser.run("source.readyState") == 2, "it has given up")
    assert browser.run("kept.length") == 0 and browser.run("opened") == 0
    asked = f"fetch('{server.url}/api/v1/sessions').then(r => 'read', e => 'refused')"
    assert browser.run(asked) == "refused"
    socket = f"""new Promise(done => {{
        const socket = new WebSocket('ws://127.0.0.1:{server.port}/ws');
        socket.onopen = () => done('open'); socket.onerror = () => done('refused'); }})"""
    assert browser.run(socket) == "refused"


def test_a_browsers_websocket_subscribes_with_the_cookie_or_a_ticket(browser, steady):
    server = steady(auth="key")
    write(server.root / "one.jsonl", dialogue("one", 4))
    enter(browser, server)
    until(lambda: browser.run("fetch('/api/v1/sessions/one').then(r => r.status)") == 200, "it is listed")
    talk = """(async () => {
        let address = '/ws';
        if (%s) {
          const ticket = await fetch('/api/v1/ws-ticket', {method: 'POST'}).then(r => r.json());
          address += '?ticket=' + ticket.ticket;
        }
        return await new Promise((done, failed) => {
          const socket = new WebSocket(address.replace(/^/, location.origin.replace('http', 'ws'))), seen = [];
          socket.onopen = () => socket.send(JSON.stringify({op: 'subscribe', topics: ['transcript:one'], ref: 1}));
          socket.onerror = failed;
          socket.onmessage = message => {
            const event = JSON.parse(message.data);
            seen.push(event.op === 'ack' ? 'ack' : event.event);
            if (event.event === 'caught_up') { socket.close(1000); done(seen); }
          };
        });
      })()"""
    for with_ticket in ("false", "true"):
        seen = browser.run(talk % with_ticket)
        assert seen[:2] == ["ack", "hello"] and seen.count("message") == 4
