"""Hostile input to a whole server: ids, paths, file names, search words, bodies. Every answer is a refusal or a right
one, nothing outside is touched, nothing runs, and the server goes on."""
import json
import os
import re
import socket
from urllib.parse import quote

import pytest
from support.peer import Line

# What is tried as part of a path; each is sent percent-encoded.
PARTS = [
    "..", ".", "../..", "../../../../etc/passwd", "/etc/passwd", "a/b", "%2e%2e", "~root", "-rf", "--help", "*", "?",
    "$(touch {canary})", "`touch {canary}`", ";touch {canary}", "|touch {canary}", "&&touch {canary}", "\n touch {canary}",
    "'; DROP TABLE memories; --", "\" OR 1=1 --", "\x00", "a\x00b", "\r\nX-Injected: 1", "\u202e", "\ufffd", "\U0001f600",
    "x" * 129, "x" * 5000, "0", "-1", "9223372036854775808", "null", "undefined", "%s%s%n", "{0}", "${jndi:ldap://x}",
]
# What is asked for by searches: FTS5's own syntax, LIKE's, SQL's, and what tokenizers stumble over.
WORDS = [
    '"', '""', '"""', "'", "*", "a*", "*a", "^a", "a ^b", "a AND", "AND", "OR", "NOT", "NOT a", "a NOT", "NEAR", "NEAR(a b, 5)",
    "NEAR(", "title:a", "nothing:a", "{title text}: a", "- a", "a-b", "a+b", "(a", "a)", "((((", "a:b:c", "rank", "%", "_", "\\",
    "a\x00b", "\x00", "; DROP TABLE memories", "' OR '1'='1", "\u00e4", "\u0308", "\u200b", "\ufeff", "\U0001f600", "\u202e",
    "a" * 1000, "a " * 500, '"a' * 300, "(" * 1000, "\t\n\r", "   ", "\ud7ff", "\U0010ffff",
]


def alive(server):
    assert server.get("/healthz").status == 200


@pytest.mark.timeout(300, method="signal")
def test_no_path_leads_anywhere_but_to_what_it_names(serve, place):
    server = serve()
    canary = place / "canary"
    document = server.get("/openapi.json").json()
    tried = 0
    connection = server.connect()
    for path, item in document["paths"].items():
        if "{" not in path or not path.startswith("/api/v1/"):
            continue
        for method in item:
            if method == "parameters" or path.endswith(("/stream", "/mux")):
                continue
            for part in PARTS:
                target = path
                for name in [piece[1:-1] for piece in path.split("/") if piece.startswith("{")]:
                    target = target.replace("{" + name + "}", quote(part.replace("{canary}", str(canary)), safe=""))
                body = None if method == "get" else "{}"
                connection.request(method.upper(), target, body, {"content-type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                assert answer.status < 500 or answer.status == 501, (method, target, text)
                assert b"root:x:" not in text and "x-injected" not in {name.lower() for name, _ in answer.getheaders()}
                tried += 1
                if answer.getheader("connection") == "close":
                    connection.close()
    assert tried > 1000
    assert not canary.exists()
    alive(server)


def test_any_words_can_be_searched_for(serve):
    server = serve()
    (server.root / "a.jsonl").write_text(json.dumps(
        {"type": "user", "message": {"role": "user", "content": "the title of a near AND far thing"}}) + "\n")
    server.listed("a")
    for text in ("title AND text", '"quoted" thing', "near far", "100% _sure_"):
        assert server.ask("POST", "/memory/save", {"text": text}).status == 201
    for word in WORDS:
        sent = quote(word.encode("utf-8", "surrogatepass"))
        for path in (f"/memory/search?query={sent}", f"/api/v1/search?q={sent}", f"/api/v1/sessions?search={sent}",
                     f"/autocomplete?query={sent}", f"/memory/search?query=a&project={sent}&tag={sent}&identity_key={sent}"):
            answer = server.get(path)
            # Only NUL, what is longer than its parameter, and a search for nothing are refused.
            refused = "MALFORMED_REQUEST" if "\x00" in word else "VALIDATION_ERROR"
            assert answer.status == 200 or (answer.status == 400 and answer.code == refused), (path, answer)
        assert server.get(f"/memory/search?query={sent}").status == 200 or "\x00" in word or len(word) > 999, word
    assert server.get("/memory/stats").json()["total"] == 4
    alive(server)


def test_no_project_and_no_listing_leads_out_of_its_root(serve, place):
    root, outside = place / "work", place / "secret"
    (root / "app" / "todos" / "t1").mkdir(parents=True)
    outside.mkdir()
    (outside / "requirements.md").write_text("# the secret\n")
    (root / "link").symlink_to(outside)
    (root / "loop").symlink_to(root / "loop")
    (root / "magic").symlink_to("/proc/self/root")
    os.mkfifo(root / "app" / "todos" / "t1" / "state.json")
    (root / "app" / "todos" / "t2").symlink_to(outside)
    (root / "app" / "todos" / "t3").mkdir()
    (root / "app" / "todos" / "t3" / "requirements.md").symlink_to(outside / "requirements.md")
    server = serve(settings={"projects.roots": str(root), "fs_root": str(root)})
    for path in [str(outside), f"{root}/../secret", f"{root}/link", f"{root}/app/../../secret", f"{root}/magic/etc", "/",
                 f"{root}/loop", f"{root}/app/todos/t2", f"//{root}/link", f"{root}\x00/../..", "app", "~", "..",
                 f"{root}/" + "x/" * 1000, f"{root}-other", "file://" + str(root)]:
        answer = server.ask("POST", "/projects", {"path": path})
        assert answer.status in (400, 403, 404), (path, answer)
        assert "the secret" not in answer.body.decode()
    assert server.get("/projects").json() == []
    for path in ["..", "../secret", "link", "loop", "magic", "magic/etc", "/", "/etc", "app/../../secret", "link/../..", "\x00",
                 "app\x00/../..", "x" * 5000, "./" * 2000]:
        answer = server.get("/filesystem/browse?path=" + quote(path))
        assert answer.status in (400, 403, 404, 414) or path in ("/", "./" * 2000), (path, answer)
        assert "requirements" not in answer.body.decode()
    made = server.ask("POST", "/projects", {"path": f"{root}/app/./todos/.."}).json()
    assert made["path"] == str((root / "app").resolve())
    assert server.ask("PATCH", f"/projects/{made['id']}", {"path": str(root / "link")}).status == 403
    todos = {todo["slug"]: todo for todo in server.get("/todos").json()}
    assert set(todos) == {"t1", "t3"}
    assert all(todo["description"] is None for todo in todos.values())
    # What was a directory when it was registered may be a link by now.
    (root / "app" / "todos").rename(root / "app" / "old")
    (root / "app" / "todos").symlink_to(place)
    assert server.get("/todos").json() == []
    alive(server)


def test_any_file_name_is_shown_and_none_breaks_the_listing(serve, place):
    names = ["plain", "with space", "new\nline", "tab\t", 'quote"', "back\\slash", "$(touch x)", "-rf", "\u202egnp.exe", "\U0001f600",
             "<script>alert(1)<", "x" * 255, "...", " ", "%2e%2e", "a:b", "*"]
    for name in names:
        (place / name).write_text("x")
    with open(os.fsencode(place) + b"/bad-\xff-utf8", "w") as file:
        file.write("x")
    os.mkfifo(place / "pipe")
    plain = socket.socket(socket.AF_UNIX)
    plain.bind(str(place / "socket"))
    server = serve(settings={"fs_root": str(place)})
    answer = server.get("/filesystem/browse?path=")
    entries = {entry["name"]: entry["type"] for entry in answer.json()["entries"]}
    assert {name for name in names if entries.get(name) != "file"} == set()
    assert entries["bad-\ufffd-utf8"] == "file" and entries["pipe"] == "other" and entries["socket"] == "other"
    plain.close()
    alive(server)


def test_transcripts_of_any_name_are_sessions_or_left_alone(serve, place):
    server = serve()
    record = json.dumps({"type": "user", "message": {"role": "user", "content": "hello"}}) + "\n"
    for name in ["$(touch canary)", "a b", "a\nb", "..x", "-rf", "\u202e", "x" * 200, "'; --", "<b>"]:
        (server.root / f"{name}.jsonl").write_text(record)
    with open(os.fsencode(server.root) + b"/\xff\xfe.jsonl", "w") as file:
        file.write(record)
    (server.root / "out.jsonl").symlink_to("/etc/passwd")
    os.mkfifo(server.root / "pipe.jsonl")
    (server.root / "last.jsonl").write_text(record)
    server.listed("last")
    for name, session in server.sessions().items():
        assert re.fullmatch("[A-Za-z0-9_-]{1,128}", name)
        answer = server.get(f"/api/v1/sessions/{name}/messages")
        assert answer.status < 500 or answer.code == "TRANSCRIPT_UNREADABLE", (name, answer)
        assert b"root:x:" not in answer.body
    assert not list(place.rglob("canary")) and not list(server.root.rglob("canary"))
    alive(server)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_hundred_megabytes_are_never_held(serve, framing):
    server = serve()
    before = server.resident()
    with Line(server) as line:
        head = "POST /memory/save HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        if framing == "length":
            line.send(f"{head}content-length: {100 << 20}\r\n\r\n".encode())
        else:
            line.send(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        piece = b"x" * (1 << 20)
        for _ in range(100):
            line.send(b"%x\r\n%s\r\n" % (len(piece), piece) if framing == "chunked" else piece)
        answer = line.response("POST")
        # The answer may be lost with what was still on its way; the connection is then closed.
        assert answer is None or answer.status == 413
    assert server.resident() - before < 24 << 20
    alive(server)
