"""The reading routes, asked as clients of all three mounts do, and compared with what the streams and the files say."""
import base64
import json
import random
import re
import urllib.parse

import pytest
from support.peer import Events, Line, dialogue, reply, running, stamp, user, write
from support.waiting import until

MOUNTS = {"v1": "/api/v1", "api": "/api", "root": ""}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="module")
def server():
    with running(agent="claude") as server:
        for number in range(23):
            name = f"plain{number:02}"
            records = dialogue(name, 2 + number)
            for record in records:
                record["cwd"] = f"/srv/project{number % 3}"
            write(server.root / f"{name}.jsonl", records)
        write(server.root / "long.jsonl", dialogue("long", 700))
        write(server.root / "rich.jsonl", rich())
        write(server.root / "glued.jsonl", [])
        glue(server.root / "glued.jsonl")
        until(lambda: len(server.sessions()) == 26, "all are listed")
        until(lambda: all(session["last_message"] for session in server.sessions().values()), "all are read")
        until(lambda: server.health()["search"]["files_done"] == 26, "all are indexed")
        yield server


def rich():
    """A conversation with tools, reasoning and an image."""
    call = reply("rich", 1, "")
    call["message"]["content"] = [
        {"type": "thinking", "thinking": "ponder deeply", "signature": "x"}, {"type": "text", "text": "Looking."},
        {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"file_path": "/a.png"}}]
    call["message"]["stop_reason"] = "tool_use"
    result = user("rich", 2, [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [
        {"type": "text", "text": "one pixel"},
        {"type": "image", "source": {
            "type": "base64", "media_type": "image/png", "data": base64.b64encode(PIXEL).decode()}}]}])
    page = user("rich", 3, [{"type": "text", "text": "and this"}, {"type": "image", "source": {
        "type": "base64", "media_type": "text/html", "data": base64.b64encode(b"<script>1</script>").decode()}}])
    return [user("rich", 0, "Look at /a.png"), call, result, page, reply("rich", 4, "It is a pixel.")]


def glue(path):
    """Records of which some stand on one physical line, as agents write them when they are killed."""
    parts = [json.dumps(record).encode() for record in dialogue("glued", 6)]
    path.write_bytes(parts[0] + b"\n" + parts[1] + parts[2] + parts[3] + b"\n" + parts[4] + b"\n" + parts[5] + b"\n")


def lower(answer):
    return {name.lower(): value for name, value in answer.headers.items()}


# --- meta -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_the_probes(server, prefix):
    alive = server.get(f"{prefix}/healthz")
    assert alive.status == 200
    assert alive.json() == {"status": "ok", "service": "tailcast", "pid": server.pid,
                            "version": alive.json()["version"]}
    ready = server.get(f"{prefix}/readyz").json()
    assert ready["status"] == "ready" and set(ready["checks"]) == {"store", "reconcile", "tail", "listeners"}


@pytest.mark.parametrize("prefix", ["", "/api", "/api/v1"])
def test_health_has_what_clients_look_for(server, prefix):
    health = server.get(f"{prefix}/health").json()
    assert health["status"] == "ok" and health["pid"] == server.pid
    assert {"version", "started_at", "uptime_secs", "backend", "database", "redis", "tail", "streams"} <= set(health)
    assert {"status", "latency_ms"} <= set(health["backend"])
    assert {"mode", "watches", "watch_limit", "files", "lag_bytes", "overflows"} <= set(health["tail"])
    assert health["tail"]["files"] == 26 and set(health["streams"]) == {"sse", "ws"}


def exposition(text):
    """Prometheus' text format, strictly: {name: (type, {labels: value})}."""
    families, name, kind = {}, None, None
    label = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
    sample = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{({label}(?:,{label})*)?\}})? (\S+)")
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in families, f"{name} twice"
        elif line.startswith("# TYPE "):
            _, _, typed, kind = line.split(" ")
            assert typed == name and kind in ("counter", "gauge", "histogram")
            families[name] = kind, {}
        else:
            match = sample.fullmatch(line)
            assert match, line
            assert match[1] == name or kind == "histogram" and match[1] in (
                f"{name}_bucket", f"{name}_sum", f"{name}_count"), line
            assert kind != "counter" or name.endswith("_total"), name
            key = match[1], match[2] or ""
            assert key not in families[name][1], f"{line} twice"
            families[name][1][key] = float(match[3])
    return families


def test_metrics_are_prometheus_text(server):
    answer = server.get("/metrics")
    assert lower(answer)["content-type"].startswith("text/plain; version=0.0.4")
    families = exposition(answer.body.decode())
    assert all(name.startswith("tailcast_") for name in families)
    for kind, samples in families.values():
        if kind == "histogram":
            buckets = [(key, value) for key, value in samples.items() if key[0].endswith("_bucket")]
            values = [value for _, value in buckets]
            assert values == sorted(values) and 'le="+Inf"' in buckets[-1][0][1]
            count = [value for key, value in samples.items() if key[0].endswith("_count")]
            assert count == [values[-1]]
    assert all(value >= 0 for _, samples in families.values() for value in samples.values())


def test_metrics_count_what_happens(server):
    before = server.metric("requests_total"), server.metric("replay_pages_total")
    with Events(server, "/api/v1/sessions/plain00/stream") as stream:
        stream.until("caught_up")
        until(lambda: server.metric("subscriptions") == 1, "the stream is counted")
        assert server.health()["streams"]["sse"] == 1
    until(lambda: server.metric("subscriptions") == 0, "and no longer")
    assert server.metric("requests_total") > before[0] and server.metric("replay_pages_total") > before[1]


def test_observability_says_the_same_as_json(server):
    families = {metric["name"]: metric for metric in server.get("/api/v1/observability").json()["metrics"]}
    assert set(families) == set(exposition(server.get("/metrics").body.decode()))


# --- the document and the server ------------------------------------------------------------------------------------
def filled(path):
    """A path of the document with something in its braces."""
    return re.sub(r"\{[a-z_]+\}", lambda match: "plain00" if match[0] == "{id}" else "00000000-0"
                  if match[0] == "{cursor}" else "x", path)


def raw_request(server, method, path, headers=()):
    with Line(server) as line:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        body = "Content-Type: application/json\r\nContent-Length: 2\r\n" if method in ("POST", "PUT", "PATCH") else ""
        line.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}{body}Connection: close\r\n\r\n".encode()
                  + (b"{}" if body else b""))
        # A stream does not end: its head is enough.
        head = b""
        while b"\r\n\r\n" not in head:
            data = line.receive()
            assert data, f"{method} {path}: the connection ended"
            head += data
        lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        fields = dict(item.lower().split(": ", 1) for item in lines[1:])
        body = head.partition(b"\r\n\r\n")[2]
        while "content-length" in fields and len(body) < int(fields["content-length"]) and method != "HEAD":
            data = line.receive()
            assert data, f"{method} {path}: the connection ended after {len(body)} bytes of {fields['content-length']}"
            body += data
        return int(lines[0].split(" ")[1]), fields, body


def test_the_server_answers_what_the_document_lists_and_as_it_says(server):
    document = server.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0" and document["info"]["title"] == "Tailcast"
    ids = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["operationId"] not in ids
            ids.add(operation["operationId"])
            if path.endswith("/shutdown"):
                continue
            status, _, body = raw_request(server, method.upper(), filled(path))
            where = f"{method} {path}: {status} {body[:200]}"
            assert str(status) in operation["responses"], where
            if status == 404:
                assert json.loads(body)["error"]["code"] != "ROUTE_NOT_FOUND", where
            if "Answered 501" in operation.get("description", ""):
                assert status == 501 and json.loads(body)["error"]["details"]["reason"], where
            else:
                assert status != 501, where
            named = set(re.findall(r"\{([a-z_]+)\}", path))
            assert named == {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}, where


def test_the_server_answers_nothing_that_the_document_does_not_list(server):
    paths = server.get("/openapi.json").json()["paths"]
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
    for path, item in paths.items():
        listed = {method.upper() for method in item}
        for method in methods:
            if method in listed or path.endswith("/shutdown"):
                continue
            status, headers, body = raw_request(server, method, filled(path))
            is_stream = any("text/event-stream" in answer.get("content", {}) or code == "101"
                            for code, answer in item.get("get", {}).get("responses", {}).items())
            if method == "HEAD" and "GET" in listed and not is_stream:
                assert status != 405, f"HEAD {path}"
                continue
            assert status == 405, f"{method} {path}: {status} {body[:100]}"
            allowed = set(headers["allow"].upper().replace(" ", "").split(","))
            assert allowed - {"HEAD"} == listed, f"{method} {path}"
            assert ("HEAD" in allowed) == ("GET" in listed and not is_stream), f"{method} {path}"
    for path in ("/nowhere", "/api", "/api/v1", "/api/v2/sessions", "/api/v1/session", "/api/v1/sessions/x/y/z",
                 "//sessions", "/sessions//", "/api/v1/sessions/plain00/", "/healthz/x", "/%2e%2e/etc/passwd",
                 "/api/v1/sessions/..%2f..%2fetc", "/docs/../metrics", "/SESSIONS"):
        status, _, body = raw_request(server, "GET", path)
        expected = 200 if path == "/api/v1/sessions/plain00/" else 400 if "..%2f" in path else 404
        assert status == expected, path
        if expected == 404:
            assert json.loads(body)["error"]["code"] == "ROUTE_NOT_FOUND", path


def test_every_reference_of_the_document_leads_somewhere(server):
    answer = server.get("/openapi.json")
    document = answer.json()
    for reference in set(re.findall(r'"\$ref": ?"([^"]+)"', answer.body.decode())):
        place = document
        for key in reference.removeprefix("#/").split("/"):
            place = place[key.replace("~1", "/").replace("~0", "~")]
    tag = lower(answer)["etag"]
    assert server.get("/openapi.json", {"if-none-match": tag}).status == 304
    assert server.get("/api/v1/openapi.json").body == answer.body


def matches(document, schema, value, path="$"):
    """Checks a value against the part of JSON Schema that the document uses."""
    if "$ref" in schema:
        return matches(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, path)
    if "anyOf" in schema:
        problems = [matches(document, option, value, path) for option in schema["anyOf"]]
        return None if None in problems else problems[0]
    if "enum" in schema:
        return None if value in schema["enum"] else f"{path}: {value!r} is none of {schema['enum']}"
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, kinds[kind]) and not (kind == "integer" and isinstance(value, bool))
                         for kind in types):
        return f"{path}: {value!r} is no {types}"
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                return f"{path}: {name} is missing"
        for name, part in schema.get("properties", {}).items():
            if name in value and (problem := matches(document, part, value[name], f"{path}.{name}")):
                return problem
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            if problem := matches(document, schema["items"], item, f"{path}[{number}]"):
                return problem
    return None


def test_answers_are_of_the_documents_schemas(server):
    document = server.get("/openapi.json").json()
    checked = 0
    for path in ("/healthz", "/readyz", "/health", "/version", "/sessions", "/api/sessions", "/api/v1/sessions",
                 "/sessions/{id}", "/api/sessions/{id}", "/api/v1/sessions/{id}", "/api/v1/auth/whoami",
                 "/sessions/{id}/messages", "/api/v1/sessions/{id}/messages", "/api/v1/sessions/{id}/conversation",
                 "/api/v1/observability"):
        answer = server.get(path.replace("{id}", "rich"))
        schema = document["paths"][path]["get"]["responses"][str(answer.status)]["content"]["application/json"]["schema"]
        assert matches(document, schema, answer.json()) is None, path
        checked += 1
    answer = server.get("/api/v1/search?q=line")
    schema = document["paths"]["/api/v1/search"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert matches(document, schema, answer.json()) is None
    problem = server.get("/api/v1/sessions/nobody").json()
    assert matches(document, {"$ref": "#/components/schemas/Problem"}, problem) is None
    assert matches(document, {"$ref": "#/components/schemas/Session"}, {"id": 7}) is not None, "the check can fail"
    assert checked == 15


def test_the_page_of_the_interface_needs_no_network(server):
    for path in ("/docs", "/page/docs.js", "/page/docs.css"):
        text = server.get(path).body.decode()
        assert "https://" not in text and "http://" not in text


# --- sessions -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 4, 10, 26, 100])
def test_pages_of_the_list_hold_every_session_once(server, size):
    seen, page = [], 1
    while True:
        answer = server.get(f"/api/v1/sessions?page={page}&page_size={size}").json()
        assert (answer["total"], answer["page"], answer["page_size"]) == (26, page, size)
        seen += [session["id"] for session in answer["sessions"]]
        if len(answer["sessions"]) < size:
            break
        page += 1
    assert len(seen) == len(set(seen)) == 26
    assert server.get(f"/api/v1/sessions?page={page + 1}&page_size={size}").json()["sessions"] == []


@pytest.mark.parametrize("field", ["created_at", "updated_at", "last_message_at"])
def test_the_list_is_sorted(server, field):
    def listed(order):
        return server.get(f"/api/v1/sessions?page_size=100&sort={field}&order={order}").json()["sessions"]

    down, up = listed("desc"), listed("asc")
    assert [session["id"] for session in down] == [session["id"] for session in reversed(up)]
    values = [session[field] for session in up]
    assert values == sorted(values)


def test_the_list_is_filtered(server):
    def ids(query):
        answer = server.get(f"/api/v1/sessions?page_size=100&{query}")
        assert answer.status == 200, answer
        found = answer.json()
        assert found["total"] == len(found["sessions"])
        return {session["id"] for session in found["sessions"]}

    everything = ids("")
    # Agents may be added by the configuration, and taken out of it again: one that nobody knows has no session.
    assert ids("agent=claude") == everything and ids("agent=hal") == set() and ids("agent=codex") == set() and ids("agent=codex,claude") == everything
    project = {f"plain{number:02}" for number in range(23) if number % 3 == 1}
    assert ids("project=%2Fsrv%2Fproject1") == ids("project_id=/srv/project1") == project
    assert ids("closed=true") == set() and ids("status=closed") == set() and ids("all=true") == everything
    assert ids("active=true") | ids("active=false") == everything
    assert ids("active=true") & ids("active=false") == set()
    assert ids("kind=session") == everything and ids("kind=subagent") == set()
    assert ids("mode=plan") == ids("tags=a,b") == ids("computer=elsewhere") == set()
    assert ids("search=pixel") == {"rich"} and ids("search=line%2010%20plain10") == {"plain10"}
    assert ids("search=pixel&agent=codex") == set()


@pytest.mark.parametrize("query, field", [
    ("page=0", "page"), ("page=-1", "page"), ("page=x", "page"), ("page_size=0", "page_size"),
    ("page_size=101", "page_size"), ("sort=title", "sort"), ("order=up", "order"), ("active=perhaps", "active"),
    ("status=dead", "status"), ("kind=both", "kind")])
def test_a_wrong_parameter_is_named(server, query, field):
    answer = server.get(f"/api/v1/sessions?{query}")
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert answer.json()["error"]["details"]["field"] == field


def test_the_list_has_a_tag_that_changes_with_it(new_server):
    server = new_server(agent="claude").start()
    path = server.root / "tagged.jsonl"
    write(path, dialogue("tagged", 2))
    until(lambda: (server.session("tagged") or {}).get("total_messages"), "it is indexed")
    tag = lower(server.get("/api/v1/sessions"))["etag"]
    assert server.get("/api/v1/sessions", {"if-none-match": tag}).status == 304
    assert server.get("/api/v1/sessions", {"if-none-match": f'"other", W/{tag}'}).status == 304
    assert server.get("/api/v1/sessions", {"if-none-match": '"other"'}).status == 200
    write(path, dialogue("tagged", 2, 2))
    until(lambda: server.get("/api/v1/sessions", {"if-none-match": tag}).status == 200, "the list has changed")


# --- projections ----------------------------------------------------------------------------------------------------
TELECLAUDE = """session_id last_input_origin title project_path subdir thinking_mode active_agent status created_at
last_activity last_input last_input_at last_output_summary last_output_summary_at last_output_digest native_session_id
tmux_session_name initiator_session_id computer human_email human_role closed_at visibility session_metadata""".split()


def test_the_mounts_differ_as_they_are_meant_to(server):
    canonical = server.get("/api/v1/sessions?page_size=100").json()
    assert set(canonical) == {"sessions", "total", "page", "page_size"}
    assert server.get("/api/sessions?page_size=100").json() == canonical
    bare = server.get("/sessions?page_size=100").json()
    assert isinstance(bare, list) and all(set(session) == set(TELECLAUDE) for session in bare)
    assert [session["session_id"] for session in bare] == [session["id"] for session in canonical["sessions"]]

    one = server.get("/api/v1/sessions/rich").json()
    assert set(one) == {"session"}
    both = server.get("/api/sessions/rich").json()
    assert both["session"] == one["session"] and set(both) == {"session", "messages", "checkpoints"}
    assert [message["uuid"] for message in both["messages"]] == [record["uuid"] for record in rich()]
    assert [point["title"] for point in both["checkpoints"]] == ["Look at /a.png", "and this"]
    assert server.get("/api/v1/sessions/rich?include=messages,checkpoints").json() == both
    assert set(server.get("/sessions/rich").json()) == set(TELECLAUDE)

    rows = server.get("/sessions/rich/messages?include_tools=true&include_thinking=true").json()["messages"]
    assert all(set(row) == {"role", "type", "text", "timestamp", "entry_index", "file_index"} for row in rows)
    assert [row["type"] for row in rows] == [
        "text", "thinking", "text", "tool_use", "tool_result", "text", "text"]
    assert [row["type"] for row in server.get("/sessions/rich/messages").json()["messages"]] == ["text"] * 4
    assert server.get("/sessions/nobody").json()["detail"] == server.get("/sessions/nobody").json()["error"]["message"]
    assert "detail" not in server.get("/api/v1/sessions/nobody").json()
    assert "detail" not in server.get("/api/sessions/nobody").json()


def test_a_session_says_what_its_file_says(server):
    session = server.session("rich")
    assert session["id"] == session["native_session_id"] == "rich" and session["managed"] is False
    assert session["model"] == "claude-test" and session["project_path"] == "/srv/project"
    assert session["created_at"] == stamp(0) and session["last_message_at"] == stamp(4)
    assert session["last_message"] == "It is a pixel." and session["transcript"]["bytes"] == (
        server.root / "rich.jsonl").stat().st_size
    assert session["transcript"]["cursor"].endswith(f"-{session['transcript']['bytes']}")
    assert session["total_messages"] >= 4 and session["total_turns"] >= 1


# --- messages -------------------------------------------------------------------------------------------------------
def streamed(server, session):
    """The messages of a session as its stream shows them."""
    with Events(server, f"/api/v1/sessions/{session}/stream?include=text") as stream:
        return [event.json() for event in stream.until("caught_up") if event.name == "message"]


def page(server, session, query):
    answer = server.get(f"/api/v1/sessions/{session}/messages?{query}")
    assert answer.status == 200, answer
    return answer.json()


@pytest.mark.parametrize("session, limit", [("long", 7), ("long", 200), ("long", 500), ("glued", 1), ("glued", 2),
                                            ("rich", 1), ("plain00", 1), ("plain00", 500)])
def test_messages_are_paged_forwards_by_the_position_of_the_page(server, session, limit):
    expected = streamed(server, session)
    epoch = expected[0]["id"].partition("-")[0]
    got, after = [], f"{epoch}-0"
    while True:
        answer = page(server, session, f"limit={limit}&after={after}")
        assert "reset" not in answer
        got += answer["messages"]
        after = answer["next_after"]
        if not answer["has_more_after"]:
            break
    assert got == expected


@pytest.mark.parametrize("session, limit", [("long", 50), ("glued", 1), ("glued", 2), ("glued", 3), ("rich", 2)])
def test_messages_are_paged_forwards_by_their_ids(server, session, limit):
    expected = streamed(server, session)
    for number in range(len(expected)) if len(expected) < 10 else (0, 1, 333, 698, 699):
        got, after = [], expected[number]["id"]
        while True:
            answer = page(server, session, f"limit={limit}&after={after}")
            got += answer["messages"]
            if not answer["messages"]:
                break
            after = answer["messages"][-1]["id"]
        assert got == expected[number + 1:]


@pytest.mark.parametrize("session, limit", [("long", 7), ("long", 200), ("long", 500), ("glued", 1), ("glued", 2),
                                            ("rich", 5), ("plain00", 1), ("plain22", 5)])
@pytest.mark.parametrize("way", ["page", "ids"])
def test_messages_are_paged_backwards(server, session, limit, way):
    expected = streamed(server, session)
    answer = page(server, session, f"limit={limit}")
    got = answer["messages"]
    while answer["has_more_before"]:
        before = answer["next_before"] if way == "page" else got[0]["id"]
        answer = page(server, session, f"limit={limit}&before={before}")
        assert answer["messages"], "has_more_before promised some"
        got = answer["messages"] + got
    assert got == expected and answer["next_before"] is None


def test_a_page_of_which_nothing_is_shown_leads_on(server):
    answer, got, empty = page(server, "rich", "limit=1"), [], 0
    while True:
        got, empty = answer["messages"] + got, empty + (not answer["messages"])
        if not answer["has_more_before"]:
            break
        answer = page(server, "rich", f"limit=1&before={answer['next_before']}")
    assert got == streamed(server, "rich") and empty == 1, "the tool's result is a page of its own"


def test_messages_since_a_time(server):
    for number in (0, 1, 350, 698):
        answer = page(server, "long", f"since={stamp(number)}&limit=500")
        assert answer["messages"][0]["uuid"] == dialogue("long", 700)[number + 1]["uuid"]
    assert page(server, "long", f"since={stamp(699)}")["messages"] == []
    assert page(server, "long", "since=1767225950000&limit=1")["messages"][0]["timestamp"] == stamp(351)


def test_what_is_shown_of_messages_can_be_chosen(server):
    def kinds(query):
        return [block["type"] for message in page(server, "rich", query)["messages"] for block in message["blocks"]]

    assert "tool_use" not in kinds("") and "thinking" not in kinds("")
    assert {"tool_use", "tool_result"} <= set(kinds("include_tools=true"))
    assert "thinking" in kinds("include_thinking=1") and "tool_use" not in kinds("include_thinking=1")


def test_a_page_from_a_position_that_is_none_says_so(server):
    for query in ("after=00000000-5", "before=00000000-5"):
        answer = page(server, "rich", query)
        assert answer["reset"]["reason"] == "unknown_epoch" and answer["reset"]["requested"] == "00000000-5"
        assert answer["messages"]
    epoch = server.session("rich")["transcript"]["cursor"].partition("-")[0]
    assert page(server, "rich", f"after={epoch}-7")["reset"]["reason"] == "not_a_boundary"
    assert page(server, "rich", f"after={epoch}-999999")["reset"]["reason"] == "truncated"
    for bad in ("garbage", "9f3c21aa", "-5", "9f3c21aa--5", "9F3C21AA-5", "9f3c21aa-05", "9f3c21aa-5.0", "%00",
                "9f3c21aa-99999999999999999999999"):
        for name in ("after", "before"):
            answer = server.get(f"/api/v1/sessions/rich/messages?{name}={bad}")
            assert answer.status == 400, answer
            assert answer.code in ("INVALID_CURSOR", "MALFORMED_REQUEST")


# --- records --------------------------------------------------------------------------------------------------------
def test_a_record_is_the_bytes_of_the_file(server):
    data = (server.root / "rich.jsonl").read_bytes()
    epoch = server.session("rich")["transcript"]["cursor"].partition("-")[0]
    at = 0
    for line in data.splitlines(keepends=True):
        at += len(line)
        answer = server.get(f"/api/v1/sessions/rich/records/{epoch}-{at}")
        assert answer.status == 200 and answer.body == line[:-1]
        headers = lower(answer)
        assert headers["content-type"].startswith("application/json")
        assert headers["x-content-type-options"] == "nosniff" and "sandbox" in headers["content-security-policy"]
    for wrong in (f"{epoch}-0", f"{epoch}-7", f"{epoch}-{at + 1}", f"{epoch}-{at * 2}", f"00000000-{at}"):
        answer = server.get(f"/api/v1/sessions/rich/records/{wrong}")
        assert (answer.status, answer.code) == (404, "RECORD_NOT_FOUND"), wrong
    assert server.get("/api/v1/sessions/rich/records/garbage").code == "INVALID_CURSOR"


def test_an_image_is_fetched_by_its_reference(server):
    found = {}
    with Events(server, "/api/v1/sessions/rich/stream?include=text,tools") as stream:
        for event in stream.until("caught_up"):
            for href in re.findall(r'"href":"([^"]+)"', event.data):
                found[href] = server.get(href)
    assert len(found) == 2, found
    assert sorted(answer.body for answer in found.values()) == sorted([PIXEL, b"<script>1</script>"])
    for answer in found.values():
        headers = lower(answer)
        assert answer.status == 200 and headers["x-content-type-options"] == "nosniff"
        if answer.body == PIXEL:
            assert headers["content-type"] == "image/png"
        else:
            # What an agent has read must never run as a page of this server.
            assert headers["content-type"] == "application/octet-stream"
            assert headers["content-disposition"] == "attachment"
    href = next(iter(found)).partition("?")[0]
    assert server.get(f"{href}?block=99").code == "RECORD_NOT_FOUND"
    assert server.get(f"{href}?block=-1").code == "VALIDATION_ERROR"


# --- search ---------------------------------------------------------------------------------------------------------
def found(server, words, **more):
    query = urllib.parse.urlencode({"q": words, **more})
    answer = server.get(f"/api/v1/search?{query}")
    assert answer.status == 200, (words, answer)
    return answer.json()


def test_words_are_found_where_they_stand(server):
    for session, number in (("long", 644), ("long", 699), ("plain07", 8), ("plain22", 23)):
        expected = streamed(server, session)[number]
        result, = [result for result in found(server, f"line {number} {session}")["results"] if result["id"] == session]
        hit, = [highlight for highlight in result["highlights"] if highlight["field"] == "message"]
        assert hit["text"] == f"line {number} of {session}"
        assert hit["timestamp"] == stamp(number) and hit["role"] == expected["role"]
        assert hit["cursor"].partition(".")[0] == expected["id"].partition(".")[0]
        record = server.get(f"/api/v1/sessions/{session}/records/{hit['cursor']}").json()
        assert record["uuid"] == expected["uuid"]
    unique = found(server, "pixel.")
    assert [result["id"] for result in unique["results"]] == ["rich"] and unique["total"] == 1
    highlight = next(h for h in unique["results"][0]["highlights"] if h["field"] == "message")
    cursor = highlight["cursor"]
    assert highlight["text"] == "It is a pixel."
    assert server.get(f"/api/v1/sessions/rich/records/{cursor}").json()["uuid"] == "rich-a4"
    start, end = highlight["matches"][0]
    assert highlight["text"].encode("utf-16-le")[2 * start:2 * end].decode("utf-16-le") == "pixel"


def test_the_words_of_every_sample_are_found_with_their_position(serve, shared):
    samples = [path for path in sorted((shared / "transcripts" / "claude").rglob("*.jsonl"))
               if path.stat().st_size < 200_000]
    server = serve(agent="claude")
    names = {}
    for number, path in enumerate(samples):
        names[f"sample{number}"] = path
        (server.root / f"sample{number}.jsonl").write_bytes(path.read_bytes())
    until(lambda: len(server.sessions()) == len(names), "all are listed")
    # A file whose last line is unfinished has something left to index as long as it stays so.
    whole = sum(path.read_bytes().endswith(b"\n") for path in names.values())
    until(lambda: server.health()["search"]["files_done"] >= whole, "all are indexed")
    until(lambda: server.health()["search"]["status"] == "idle", "nothing waits for the index")
    checked = 0
    for name in names:
        for message in streamed(server, name):
            text = " ".join(block["text"] for block in message["blocks"] if block["type"] == "text")
            words = re.findall(r"[A-Za-z]{6,}", text[:4000])[:4]
            if len(words) < 3:
                continue
            answer = server.get("/api/v1/sessions?all=true&page_size=100&search=" + "+".join(words)).json()
            assert name in {session["id"] for session in answer["sessions"]}, (name, words)
            place = message["id"].partition(".")[0]
            cursors = {highlight["cursor"].partition(".")[0] for result in found(server, " ".join(words), limit=100)[
                "results"] if result["id"] == name for highlight in result["highlights"] if "cursor" in highlight}
            if len(cursors) < 3:  # of more matches in one session only the best are shown
                assert place in cursors, (name, words, place, cursors)
            checked += 1
    assert checked >= 30


ODD = ['"', '""', "'", "*", "a*", "-a", "NEAR(a b)", "a AND", "OR", "NOT a", "(", ")", "a:b", "title:x", "{a b}", "^a",
       "+", ";", "--", "%", "_", "\\", "é", "日本語", "😀", "\u0301", "\ufeff", "\u202e", "a\tb", "x" * 1024, " ", "\n",
       "'; DROP TABLE sessions; --", "\"a\" OR 1=1", "a\"b", "\u2028", "line" * 200]


@pytest.mark.parametrize("words", ODD)
def test_no_search_is_a_fault(server, words):
    answer = found(server, words) if words.strip() else None
    listed = server.get(f"/api/v1/sessions?search={urllib.parse.quote(words)}")
    assert listed.status == 200, listed
    if answer:
        assert answer["total"] >= len(answer["results"])


def test_random_searches_are_no_fault(server, seed):
    choice = random.Random(seed)
    letters = "abl0 \"'*()-:^{}+~\\/,.;%_é😀\u0301\x01\x7f\t"
    for _ in range(300):
        words = "".join(choice.choice(letters) for _ in range(choice.randrange(1, 30)))
        answer = server.get(f"/api/v1/search?{urllib.parse.urlencode({'q': words})}")
        assert answer.status == 200 or answer.status == 400 and not words.strip(), (words, answer)


# --- errors ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mount", MOUNTS.values(), ids=MOUNTS)
@pytest.mark.parametrize("path, status, code", [
    ("/sessions/nobody", 404, "SESSION_NOT_FOUND"),
    ("/sessions/nobody/messages", 404, "SESSION_NOT_FOUND"),
    ("/sessions/nobody/stream", 404, "SESSION_NOT_FOUND"),
    ("/sessions/nobody/records/00000000-1", 404, "SESSION_NOT_FOUND"),
    ("/sessions/a%20b", 400, "VALIDATION_ERROR"),
    ("/sessions/" + "x" * 129, 400, "VALIDATION_ERROR"),
    ("/sessions/%ff", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/stream?after=x", 400, "INVALID_CURSOR"),
    ("/sessions/rich/stream?since_timestamp=x", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/stream?view=x", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/stream?include=x", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/stream?tail=-1", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/messages?limit=0", 400, "VALIDATION_ERROR"),
    ("/sessions/rich/messages?limit=501", 400, "VALIDATION_ERROR"),
    ("/search", 400, "VALIDATION_ERROR"),
    ("/issues", 501, "NOT_IMPLEMENTED"),
    ("/nowhere", 404, "ROUTE_NOT_FOUND"),
])
def test_errors_have_one_shape(server, mount, path, status, code):
    answer = server.get(mount + path)
    assert (answer.status, answer.code) == (status, code)
    error = answer.json()["error"]
    assert set(error) - {"details"} == {"code", "kind", "message", "retryable", "request_id"}
    assert error["request_id"] == lower(answer)["x-request-id"]
    assert error["retryable"] is False
    assert lower(answer)["content-type"].startswith("application/json")


def test_head_says_what_get_says(server):
    for path in ("/healthz", "/api/v1/sessions", "/sessions", "/api/v1/sessions/rich", "/openapi.json", "/docs",
                 "/api/v1/sessions/nobody", "/api/v1/sessions/rich/messages"):
        with Line(server) as line:
            answers = []
            for method in ("HEAD", "GET"):
                line.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: same\r\n\r\n".encode())
                answers.append(line.response(method))
            head, full = answers
            assert head.status == full.status and head.body == b""
            for name in ("content-length", "content-type", "etag"):
                assert head.headers.get(name) == full.headers.get(name), path
    assert server.ask("HEAD", "/api/v1/sessions/rich/stream").status == 405
