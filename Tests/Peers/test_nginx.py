"""nginx as a proxy with nothing but `proxy_pass`: it speaks HTTP/1.0 to the server and would buffer if it were let."""
import shutil
import subprocess

import pytest
from support.peer import Events, dialogue, write
from support.ports import free_port
from support.waiting import until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

CONFIGURATION = """
daemon off;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{upstream}; }}
  }}
}}
"""


@pytest.fixture
def proxied(serve, place):
    """A server and the port at which nginx stands in front of it."""
    try:
        subprocess.run([NGINX, "-v"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.fail("nginx is not installed (see the list of packages)")
    server = serve(agent="claude", auth="key")
    folder = place / "nginx"
    folder.mkdir()
    port = free_port()
    (folder / "nginx.conf").write_text(CONFIGURATION.format(place=folder, port=port, upstream=server.port))
    proxy = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    try:
        def answers():
            assert proxy.poll() is None, proxy.stderr.read().decode()
            try:
                with Events(server, "/healthz", port=port) as probe:
                    return probe.status == 200
            except OSError:
                return False

        until(answers, "nginx answers")
        yield server, port
    finally:
        proxy.terminate()
        try:
            proxy.wait(10)
        except subprocess.TimeoutExpired:
            proxy.kill()
            proxy.wait(30)
        proxy.stderr.close()


@pytest.mark.parametrize("view", ["events", "raw", "ui"])
def test_every_event_arrives_before_the_next_is_written(proxied, view):
    server, port = proxied
    path = server.root / "one.jsonl"
    headers = {"x-api-key": server.key()}
    write(path, dialogue("one", 2))
    until(lambda: server.get("/sessions/one", headers).status == 200, "it is listed")
    with Events(server, f"/api/v1/sessions/one/stream?view={view}", headers, port=port) as stream:
        assert stream.headers["server"].startswith("nginx") and stream.headers["content-type"] == "text/event-stream"
        for number in range(2, 30):
            record = dialogue("one", 1, number)[0]
            write(path, [record])
            # Nothing more is written until this has come: a buffering proxy would hold it for ever.
            stream.until(lambda event: f"line {number} of one" in event.data)


def test_the_feed_passes_too(proxied):
    server, port = proxied
    headers = {"x-api-key": server.key()}
    with Events(server, "/events", headers, port=port) as stream:
        assert next(stream).name == "hello"
        for number in range(5):
            write(server.root / f"n{number}.jsonl", dialogue(f"n{number}", 1))
            stream.until(lambda event: event.name == "session.created" and event.json()["session_id"] == f"n{number}")


def test_a_client_behind_the_proxy_resumes_by_id(proxied):
    server, port = proxied
    headers = {"x-api-key": server.key()}
    write(server.root / "one.jsonl", dialogue("one", 20))
    until(lambda: server.get("/sessions/one", headers).status == 200, "it is listed")
    got, last = [], None
    while len(got) < 20:
        with Events(server, "/api/v1/sessions/one/stream", {**headers, **({"last-event-id": last} if last else {})},
                    port=port) as stream:
            for event in stream.take(4):
                last = event.id or last
                if event.name == "message":
                    got.append(event.json()["uuid"])
    assert got == [record["uuid"] for record in dialogue("one", 20)]
    until(lambda: b"\ntailcast_subscriptions 0\n" in server.get("/metrics", headers).body,
          "clients that left the proxy have left the server")


def test_requests_pass_and_the_gate_holds(proxied):
    server, port = proxied
    write(server.root / "one.jsonl", dialogue("one", 2))
    headers = {"x-api-key": server.key()}
    until(lambda: server.get("/sessions/one", headers).status == 200, "it is listed")
    with Events(server, "/api/v1/sessions", port=port) as refused:
        assert refused.status == 401
    with Events(server, "/api/chat/stream", headers, "POST", {"session_id": "one"}, port=port) as chat:
        assert chat.headers["x-vercel-ai-ui-message-stream"] == "v1"
        chat.until(lambda event: '"delta":"line 1 of one"' in event.data)
