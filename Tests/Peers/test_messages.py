"""Talking to agents: every message arrives once, whole and in order, or its sender is told why not."""
import base64
import json
import os
import queue
import random
import signal
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.frames import WebSocket
from support.peer import Events
from support.waiting import TooLate, until

from test_sessions import TMUX, Steered, script, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")
AGENT = Path(__file__).parent / "support" / "agents" / "fake_agent.py"


class Talk(Steered):
    """A server whose agents are light ones, written for these tests."""

    def __init__(self, new_server, place, settings=None, environment=None):
        self.place, self.root = place, place / "root"
        self.root.mkdir()
        agent = script(place, "claude", f'exec "{sys.executable}" "{AGENT}" "{self.root}" "$@"\n')
        super().__init__(new_server, place, roots=[("claude", self.root)],
                         settings={"agents.claude.command": str(agent), **(settings or {})}, environment=environment)

    def begin(self, **body):
        name = self.create(project_path=str(self.place), **body)
        self.runs(name)
        return name

    def rows(self, name):
        """What the agent was told, by its own record."""
        path = self.root / "project" / f"{name}.jsonl"
        records = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [record["message"]["content"] for record in records if record["type"] == "user"]

    def say(self, name, text, **more):
        answer = self.post(f"/api/v1/sessions/{name}/messages", {"message": text, **more})
        assert answer.status == 202, answer
        return answer.json()

    def message(self, name, id):
        return self.server.get(f"/api/v1/sessions/{name}/messages/{id}").json()

    def comes_to(self, name, id, *states, deadline=30, held=None):
        """Waits until a message is in a state; says how it stands if that is another one."""
        def look():
            found = self.message(name, id)
            return found if found["state"] in states and found.get("held") == held else None
        try:
            return until(look, f"the message is {' or '.join(states)}", deadline)
        except TooLate as late:
            raise TooLate(f"{late}: {self.message(name, id)}\n{self.screen(name)}") from None

    def held(self, name, told, reason):
        return self.comes_to(name, told["message_id"], "queued", held=reason)

    def arrives(self, name, text, deadline=30):
        return self.comes_to(name, self.say(name, text)["message_id"], "seen", deadline=deadline)


@pytest.fixture
def talk(new_server, place):
    made = []

    def make(**options):
        made.append(Talk(new_server, place, **options))
        return made[-1]

    yield make
    for one in made:
        one.server.end()
        one.end()


# --- from queue to transcript ----------------------------------------------------------------------------------------
def test_a_message_is_queued_then_delivered_then_seen(talk):
    desk = talk()
    name = desk.begin()
    with Events(desk.server, "/api/v1/events?topics=messages") as feed:
        next(feed)
        told = desk.say(name, "hello there", client_message_id="mine")
        assert told["status"] == "success" and told["state"] == "queued" and told["duplicate"] is False
        events = feed.until("message.seen")
    payloads = [event.json()["payload"] for event in events if event.name.startswith("message.")]
    assert [payload["state"] for payload in payloads] == ["queued", "delivered", "seen"]
    assert {payload["message_id"] for payload in payloads} == {told["message_id"]}
    assert {payload["client_message_id"] for payload in payloads} == {"mine"}
    assert desk.rows(name) == ["hello there"]
    seen = desk.message(name, told["message_id"])
    assert seen["state"] == "seen"
    # The message names the record that it became.
    record = desk.server.get(f"/api/v1/sessions/{name}/records/{seen['cursor']}")
    assert record.json()["message"]["content"] == "hello there"


def test_a_session_created_with_a_message_is_given_it_once_it_runs(talk):
    desk = talk(environment={"FAKE_START": "1"})
    name = desk.create(project_path=str(desk.place), launch_kind="agent_then_message", message="go on\nwith this")
    until(lambda: desk.rows(name) == ["go on\nwith this"], "the first message is in the transcript")


def test_the_same_client_message_id_is_typed_once(talk):
    desk = talk()
    name = desk.begin()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: desk.say(name, "only once", client_message_id="c1"), range(32)))
    assert len({answer["message_id"] for answer in answers}) == 1
    assert sum(not answer["duplicate"] for answer in answers) == 1
    desk.comes_to(name, answers[0]["message_id"], "seen")
    desk.server.kill()
    desk.server.start()
    again = desk.say(name, "only once", client_message_id="c1")
    assert again["duplicate"] and again["message_id"] == answers[0]["message_id"] and again["state"] == "seen"
    other = desk.say(name, "another", client_message_id="c2")
    desk.comes_to(name, other["message_id"], "seen")
    assert desk.rows(name) == ["only once", "another"]


@pytest.mark.timeout(240)
def test_a_crash_at_any_moment_of_typing_types_nothing_twice(talk, seed):
    chance = random.Random(seed)
    desk = talk()
    name = desk.begin()
    sent = []
    for turn in range(8):
        text = f"message {turn} " + "of some length " * chance.choice([1, 400])
        sent.append(text.rstrip())
        told = desk.say(name, text, client_message_id=f"c{turn}")
        time.sleep(chance.uniform(0, 0.8))
        desk.server.kill()
        desk.server.start()
        assert desk.say(name, text, client_message_id=f"c{turn}")["message_id"] == told["message_id"]
        desk.comes_to(name, told["message_id"], "seen")
    assert desk.rows(name) == sent


@pytest.mark.timeout(240)
def test_500_messages_to_ten_sessions_while_the_server_is_killed_five_times(talk, seed):
    chance = random.Random(seed)
    desk = talk()
    names = [desk.create(project_path=str(desk.place)) for _ in range(10)]
    for name in names:
        desk.runs(name)
    begin = time.monotonic()

    def send(name):
        for number in range(50):
            body = {"message": f"{name[:8]} number {number}", "client_message_id": f"c{number}"}
            while True:
                try:
                    answer = desk.post(f"/api/v1/sessions/{name}/messages", body)
                except OSError:
                    answer = None
                if answer and answer.status == 202:
                    break
                assert not answer or answer.status == 503, answer
                time.sleep(0.05)

    wanted = {name: [f"{name[:8]} number {number}" for number in range(50)] for name in names}

    def arrived():
        return sum(len(desk.rows(name)) for name in names)

    with ThreadPoolExecutor(10) as pool:
        sending = [pool.submit(send, name) for name in names]
        for kill in range(5):
            goal = 40 + 80 * kill + chance.randrange(60)
            until(lambda: arrived() >= goal, f"{goal} messages have arrived", 90)
            desk.server.kill()
            desk.server.start()
        for one in sending:
            one.result()
    until(lambda: arrived() >= 500, "all have arrived", 90)
    until(lambda: desk.server.get("/metrics").status == 200 and all(
        desk.say(name, "x", client_message_id="c49")["state"] == "seen" for name in names), "all are seen", 30)
    print(f"500 messages, five crashes: {time.monotonic() - begin:.1f} s")
    assert {name: desk.rows(name) for name in names} == wanted


TEXTS = {
    "many lines": "one\ntwo\n\n    indented\n\ttabbed\nlast",
    "many lines of code": "\n".join(f"line {n}: if (a < b) {{ return \"c\"; }}" for n in range(200)),
    "quotes": """'single' "double" `back` $(touch pwned) ${HOME} $HOME \\n \\ ; | & > < * ? [x] {a,b} ~ #{pid} %%""",
    "exclamation mark first": "! is this text? yes!",
    "exclamation marks": "!!",
    "slash first": "/no-such-command with words",
    "dash first": "-n --help",
    "at and hash": "@file #tag",
    "backslash last": "a path C:\\",
    "emoji": "👩‍👩‍👧‍👦 🇩🇪 é ü 漢字 \u202eright\u202c ﷽ 🎉\U0001f9d1🏽‍🚀",
    "one character": "y",
    "number": "1",
    "tmux": "%output %0 \\033[31m C-c Enter",
    "blanks inside": "a  b   c\n\n\n\nd",
    "windows lines": "a\r\nb\rc",
}


@pytest.mark.timeout(240)
def test_texts_arrive_to_the_byte(talk):
    desk = talk()
    name = desk.begin()
    for what, text in TEXTS.items():
        desk.arrives(name, text)
        assert desk.rows(name)[-1] == text.replace("\r\n", "\n").replace("\r", "\n"), what
    assert len(desk.rows(name)) == len(TEXTS)
    assert not list(desk.place.rglob("pwned"))


@pytest.mark.timeout(240)
def test_a_hundred_thousand_characters_arrive_to_the_byte(talk, seed):
    chance = random.Random(seed)
    words = ["lorem", "ipsum", "ünï", "😀", "x" * 300, "\n", "\n\n", "'", "!", "a-b", "  "]
    text = ""
    while len(text) < 100_000:
        text += chance.choice(words) + " "
    text = text[:99_999] + "."
    desk = talk()
    name = desk.begin()
    desk.arrives(name, text, deadline=120)
    assert desk.rows(name) == [text]
    answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": text + "."})
    assert answer.status == 400 and "100000" in answer.json()["error"]["message"].replace(",", "")


def test_what_a_terminal_would_take_for_a_key_is_refused(talk):
    desk = talk()
    name = desk.begin()
    for text in ("a\x1b[201~b", "a\x03", "a\x00b", "\x7f", "a\x9bb"):
        answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": text})
        assert answer.status == 400 and "message" in answer.json()["error"]["message"], (text, answer)
    for body in ({}, {"message": ""}, {"message": "  \n"}, {"message": 1}, {"message": None}):
        assert desk.post(f"/api/v1/sessions/{name}/messages", body).status == 400, body
    assert desk.rows(name) == []


def test_the_names_of_the_route_and_of_its_fields(talk):
    desk = talk()
    name = desk.begin()
    sent = []
    for path in ("/api/v1/sessions/{}/messages", "/api/sessions/{}/message", "/sessions/{}/message",
                 "/sessions/{}/msg", "/api/v1/sessions/{}/send"):
        for field in ("message", "text", "prompt", "content"):
            text = f"{len(sent)} {field}"
            sent.append(text)
            answer = desk.post(path.format(name), {field: text, "clientMessageId": f"c{len(sent)}"})
            assert answer.status == 202 and answer.json()["client_message_id"] == f"c{len(sent)}", answer
    until(lambda: desk.rows(name) == sent, "all have arrived in order", 60)


# --- when it cannot be typed -------------------------------------------------------------------------------------------
def test_a_message_to_nobody_is_404_and_to_a_closed_session_409(talk):
    desk = talk()
    assert desk.post("/api/v1/sessions/nobody/messages", {"message": "x"}).code == "SESSION_NOT_FOUND"
    name = desk.begin()
    assert desk.post(f"/api/v1/sessions/{name}/kill").status in (200, 204)
    answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": "x"})
    assert answer.status == 409 and answer.code == "SESSION_CLOSED"
    assert desk.server.get(f"/api/v1/sessions/{name}/messages/msg_none").code == "MESSAGE_NOT_FOUND"


def test_a_session_closed_before_its_message_was_typed_says_so(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "ask: Really?")
    waiting = desk.say(name, "after the question")
    desk.held(name, waiting, "dialog")
    assert desk.server.ask("DELETE", f"/api/v1/sessions/{name}").status == 204
    failed = desk.comes_to(name, waiting["message_id"], "failed")
    assert failed["code"] == "SESSION_CLOSED" and "closed" in failed["reason"]
    assert desk.rows(name) == ["ask: Really?"]


def test_an_agent_that_has_gone_is_started_again_for_a_message(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "first")
    desk.say(name, "quit")
    desk.stands(name, "exited")
    desk.arrives(name, "second")
    assert desk.rows(name) == ["first", "second"]


def test_a_message_to_an_agent_that_cannot_be_started_fails_with_the_reason(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "first")
    os.kill(desk.pane(name), signal.SIGKILL)
    desk.stands(name, "exited")
    (desk.place / "claude").unlink()
    failed = desk.comes_to(name, desk.say(name, "second")["message_id"], "failed")
    assert failed["code"] == "UNREACHABLE" and "agents.claude.command" in failed["reason"]
    assert desk.rows(name) == ["first"]


def test_a_discovered_session_is_adopted_by_its_first_message(talk):
    desk = talk()
    native = str(uuid.uuid4())
    path = desk.root / "project" / f"{native}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({
        "parentUuid": None, "isSidechain": False, "type": "user", "uuid": str(uuid.uuid4()), "sessionId": native,
        "cwd": str(desk.place), "version": "9.9.9", "timestamp": "2026-01-01T00:00:00.000Z",
        "message": {"role": "user", "content": "long ago"}}) + "\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    desk.server.listed(native)
    shown = until(lambda: (s := desk.show(native))["project_path"] and s, "its head is read", 90)
    assert not shown["managed"]
    desk.arrives(native, "and now")
    assert desk.show(native)["managed"] and list(desk.server.sessions()) == [native]
    assert desk.rows(native) == ["long ago", "and now"]


def test_a_message_to_a_session_whose_head_is_not_written_yet_waits_for_it(talk):
    desk = talk()
    folder = desk.root / "project"
    folder.mkdir(exist_ok=True)
    ids = [str(uuid.uuid4()) for _ in range(3)]

    def head(id, role, where):
        content = "long ago" if role == "user" else [{"type": "text", "text": "hello"}]
        return json.dumps({
            "parentUuid": None, "isSidechain": False, "type": role, "uuid": str(uuid.uuid4()), "sessionId": id,
            "cwd": str(where), "version": "9.9.9", "timestamp": "2026-01-01T00:00:00.000Z",
            "message": {"role": role, "content": content, "stop_reason": "end_turn"}}) + "\n"

    lines = dict(zip(ids, (head(ids[0], "assistant", desk.place), head(ids[1], "assistant", desk.place / "gone"),
                           head(ids[2], "user", desk.place))))
    for id, line in lines.items():
        (folder / f"{id}.jsonl").write_text(line[:40])
        desk.server.listed(id)
    told = {id: desk.say(id, "and now") for id in ids}
    for id in ids:
        desk.held(id, told[id], "not_ready")
    for id, line in lines.items():
        with open(folder / f"{id}.jsonl", "a") as file:
            file.write(line[40:])
    # The first can be reached; the directory of the second is gone; the third is at work elsewhere.
    desk.comes_to(ids[0], told[ids[0]]["message_id"], "seen")
    assert desk.rows(ids[0]) == ["and now"]
    for id, reason in ((ids[1], "gone"), (ids[2], "at work elsewhere")):
        failed = desk.comes_to(id, told[id]["message_id"], "failed")
        assert failed["code"] == "UNREACHABLE" and reason in failed["reason"], failed


def test_a_session_goes_on_in_a_new_file_and_never_back_to_an_older_one(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "first")
    older = desk.root / "project" / f"{name}.jsonl"
    native = str(uuid.uuid4())
    newer = older.with_name(f"{native}.jsonl")
    newer.write_text(older.read_text().replace(name, native).replace("first", "second"))

    def report(id, path):
        return desk.post(f"/api/v1/sessions/{name}/activity",
                         {"state": "idle", "agent_session_id": id, "transcript_path": str(path)})
    assert report(native, newer).json()["bound"]
    assert desk.show(name)["native_session_id"] == native
    refused = report(name, older)
    assert refused.status == 409 and refused.code == "TRANSCRIPT_SUPERSEDED"
    assert native in refused.json()["error"]["message"]
    assert desk.show(name)["native_session_id"] == native and report(native, newer).status == 200
    assert list(desk.server.sessions()) == [name]
    # The index counts both files.
    both = older.stat().st_size + newer.stat().st_size

    def indexed():
        search = desk.server.health()["search"]
        return search["files_done"] == 2 and search
    search = until(indexed, "both files are indexed")
    assert search["files"] == 2 and search["bytes"] == search["bytes_done"] == both


def test_a_question_holds_messages_up_and_they_follow_its_answer(talk):
    desk = talk()
    name = desk.begin()
    assert desk.post(f"/api/v1/sessions/{name}/answer", {"answer": "yes"}).code == "NOTHING_TO_ANSWER"
    assert desk.server.get(f"/api/v1/sessions/{name}/pending").json()["pending"] is None
    desk.arrives(name, "ask: Do you want to proceed?")
    waiting = desk.say(name, "and then this")
    desk.held(name, waiting, "dialog")
    pending = desk.server.get(f"/api/v1/sessions/{name}/pending").json()["pending"]
    assert pending["question"] == "Do you want to proceed?"
    assert pending["options"] == [{"number": 1, "label": "Yes"}, {"number": 2, "label": "No"}]
    assert desk.post(f"/api/v1/sessions/{name}/inputs/q-0/resolve", {"answer": "yes"}).code == "NOTHING_TO_ANSWER"
    assert desk.post(f"/api/v1/sessions/{name}/answer", {"answer": "maybe"}).status == 400
    answer = desk.post(f"/api/v1/sessions/{name}/inputs/{pending['id']}/resolve", {"decision": "deny"})
    assert answer.status == 200 and answer.json()["option"] == "No"
    desk.comes_to(name, waiting["message_id"], "seen")
    assert desk.rows(name) == ["ask: Do you want to proceed?", "answered no", "and then this"]
    assert desk.post(f"/api/v1/sessions/{name}/answer", {"answer": "yes"}).code == "NOTHING_TO_ANSWER"


def test_what_a_person_is_typing_is_left_alone(talk):
    desk = talk()
    name = desk.begin()
    target = f"={desk.show(name)['tmux_session_name']}:"
    desk.tmux("send-keys", "-t", target, "-l", "half a sen")
    desk.seen(name, "half a sen")
    waiting = desk.say(name, "from elsewhere")
    desk.held(name, waiting, "draft")
    desk.tmux("send-keys", "-t", target, "-l", "tence")
    desk.seen(name, "half a sentence")
    desk.tmux("send-keys", "-t", target, "Enter")
    desk.comes_to(name, waiting["message_id"], "seen")
    assert desk.rows(name) == ["half a sentence", "from elsewhere"]


# --- keys ------------------------------------------------------------------------------------------------------------
def test_keys_are_pressed_by_name_and_no_other(talk):
    desk = talk()
    name = desk.begin()
    keys = f"/api/v1/sessions/{name}/keys"
    target = f"={desk.show(name)['tmux_session_name']}:"
    desk.tmux("send-keys", "-t", target, "-l", "abcdef")
    desk.seen(name, "abcdef")
    answer = desk.post(keys, {"key": "backspace", "count": 3})
    assert answer.status == 200 and answer.json()["count"] == 3
    desk.seen(name, "❯ abc\n")
    assert desk.post(keys, {"key": "enter"}).status == 200
    until(lambda: desk.rows(name) == ["abc"], "Enter was pressed")
    for key in ("cancel", "cancel2x", "escape", "escape2x", "tab", "shift_tab", "key_up", "key_down", "key_left",
                "key_right"):
        assert desk.post(keys, {"key": key}).status == 200, key
    assert desk.post(keys, {"key": "ctrl", "letter": "a"}).status == 200
    for body in ({}, {"key": "Enter"}, {"key": "C-c"}, {"key": "; kill-server"}, {"key": "ctrl"}, {"key": 1},
                 {"key": "ctrl", "letter": "ab"}, {"key": "ctrl", "letter": ";"}, {"key": "tab", "count": 0},
                 {"key": "tab", "count": 101}, {"key": "tab", "count": "x"}):
        answer = desk.post(keys, body)
        assert answer.status == 400, (body, answer)
    assert desk.post("/api/v1/sessions/nobody/keys", {"key": "tab"}).status == 404
    pid = desk.pane(name)
    assert desk.post(keys, {"key": "kill"}).status == 200
    desk.stands(name, "exited")
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text()
    assert desk.post(keys, {"key": "tab"}).code == "AGENT_EXITED"
    assert desk.post(f"/api/v1/sessions/{name}/interrupt").code == "AGENT_EXITED"


# --- files -----------------------------------------------------------------------------------------------------------
def multipart(parts):
    """A form as RFC 7578 has it: (headers of disposition, bytes)."""
    lines = b""
    for disposition, data in parts:
        lines += b"--b0undary\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + data + b"\r\n"
    return lines + b"--b0undary--\r\n", {"content-type": "multipart/form-data; boundary=b0undary"}


def told_files(text):
    return [Path(line.removeprefix("Attached file: ")) for line in text.splitlines()
            if line.startswith("Attached file: ")]


def test_files_are_kept_and_named_to_the_agent(talk):
    desk = talk()
    name = desk.begin()
    data = os.urandom(3 << 20)
    body, headers = multipart([
        ('name="caption"', b"look at these"), ('name="files"; filename="../../evil name.png"', data),
        ('name="files"; filename="b.txt"', b"text")])
    answer = desk.server.ask("POST", f"/api/v1/sessions/{name}/file", body, headers)
    assert answer.status == 201, answer
    desk.comes_to(name, answer.json()["message_id"], "seen")
    row = desk.rows(name)[-1]
    assert row.startswith("look at these\n")
    first, second = told_files(row)
    assert first.read_bytes() == data and second.read_bytes() == b"text"
    assert first.is_relative_to(desk.server.state / "uploads" / name) and first.stat().st_mode & 0o777 == 0o600

    answer = desk.post(f"/api/v1/sessions/{name}/attachments", {
        "files": [{"filename": "a.bin", "data": base64.b64encode(b"\0\1").decode()}]})
    assert answer.status == 201, answer
    desk.comes_to(name, answer.json()["message_id"], "seen")
    assert told_files(desk.rows(name)[-1])[0].read_bytes() == b"\0\1"

    own = desk.place / "own.txt"
    own.write_text("mine")
    answer = desk.post(f"/sessions/{name}/file", {"file_path": str(own), "filename": "own.txt", "caption": "here"})
    assert answer.status == 201, answer
    desk.comes_to(name, answer.json()["message_id"], "seen")
    assert told_files(desk.rows(name)[-1]) == [own.resolve()]


def test_files_from_elsewhere_and_too_many_or_too_large_are_refused(talk):
    desk = talk()
    name = desk.begin()
    file = f"/api/v1/sessions/{name}/file"
    (desk.place / "out").symlink_to("/etc/passwd")
    for path in ("/etc/passwd", str(desk.place / "out"), str(desk.place / "none"), "relative", str(desk.place),
                 f"{desk.place}/../../etc/passwd", "/proc/self/environ", "a\0b"):
        answer = desk.post(file, {"file_path": path})
        assert answer.status in (400, 422), (path, answer)
    assert desk.post(file, {}).status == 400
    assert desk.post(file, {"files": [{"filename": "a", "data": "no base64!"}]}).status == 400
    nine = [{"filename": "a", "data": "YQ=="}] * 9
    assert desk.post(file, {"files": nine}).status == 400
    body, headers = multipart([('name="f"; filename="a"', bytes(10 << 20) + b"x")])
    assert desk.server.ask("POST", file, body, headers).status == 413
    body, headers = multipart([('name="f"; filename="a"', bytes(40 << 20))])
    try:
        assert desk.server.ask("POST", file, body, headers).status == 413
    except ConnectionError:
        pass  # it does not read what it has refused
    assert desk.server.ask("POST", file, b"--b0undary\r\nhalf", headers).status == 400
    assert desk.rows(name) == []


def test_without_a_program_that_transcribes_voice_is_not_there(talk):
    desk = talk()
    name = desk.begin()
    answer = desk.post(f"/api/v1/sessions/{name}/voice", {"file_path": "/tmp/a.wav"})
    assert answer.status == 501 and answer.code == "NOT_IMPLEMENTED" and "voice.command" in answer.json()["error"]["message"]


def test_a_recording_becomes_a_message_by_the_configured_program(talk, place):
    hear = script(place, "hear", """
case "$(head -c 4 "$1")" in
  slow) sleep 100 ;;
  fail) exit 3 ;;
  mute) echo ;;
  *) printf '  heard\\033 %s\\n' "$(tr a-z A-Z < "$1")" ;;
esac
""")
    desk = talk(settings={"voice.command": str(hear), "voice.max_bytes": "64K", "voice.timeout": "2s"})
    name = desk.begin()
    voice = f"/api/v1/sessions/{name}/voice"
    body, headers = multipart([('name="audio"; filename="a.wav"', b"say hello"), ('name="caption"', b"spoken:")])
    answer = desk.server.ask("POST", voice, body, headers)
    assert answer.status == 201 and answer.json()["text"] == "spoken:\n\nheard  SAY HELLO", answer
    desk.comes_to(name, answer.json()["message_id"], "seen")
    assert desk.rows(name) == ["spoken:\n\nheard  SAY HELLO"]
    assert not list((desk.server.state / "uploads").rglob("*a.wav")), "the recording is not kept"

    def ask(data):
        return desk.server.ask("POST", voice, *multipart([('name="audio"; filename="a.wav"', data)]))

    for data, status, code in [(b"fail", 502, "TRANSCRIPTION_FAILED"), (b"slow", 504, "TIMEOUT"),
                               (b"mute", 422, "NOTHING_HEARD"), (bytes(65 << 10), 413, "PAYLOAD_TOO_LARGE")]:
        answer = ask(data)
        assert (answer.status, answer.code) == (status, code), answer
    (place / "mine.wav").write_bytes(b"from a file")
    answer = desk.post(voice, {"file_path": str(place / "mine.wav")})
    assert answer.status == 201 and answer.json()["text"] == "heard  FROM A FILE"
    assert (place / "mine.wav").exists()
    assert desk.post(voice, {"file_path": "/etc/hostname"}).status == 422
    assert desk.post(voice, {}).status == 400
    # What was given up is ended, with all that it started.
    until(lambda: running(str(hear)) == {desk.server.pid}, "the program has ended")
    assert desk.server.get("/healthz").status == 200


def running(word):
    """Processes with this word in their command line: the server's too, when it is in a setting."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in entry.read_bytes():
                found.add(int(entry.parent.name))
        except OSError:
            pass
    return found


# --- what agents report ----------------------------------------------------------------------------------------------
def test_what_an_agent_s_hook_reports_is_an_event_within_a_second(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "first")
    assert desk.show(name)["status_source"] == "inferred"
    steps = [({"state": "active", "event": "PreToolUse", "tool_name": "Bash", "tool_preview": "ls"}, "active"),
             ({"state": "waiting_input", "event": "Notification", "message": "Claude needs your permission"},
              "waiting_input"),
             ({"state": "idle", "event": "Stop"}, "idle")]
    for body, status in steps:
        with Events(desk.server, "/api/v1/events?topics=sessions,activity") as feed, \
                Events(desk.server, f"/api/v1/sessions/{name}/stream?tail=0") as stream:
            next(feed)
            stream.until("caught_up")
            begin = time.monotonic()
            answer = desk.post(f"/api/v1/sessions/{name}/activity", body)
            assert answer.status == 200 and answer.json()["state"] == status, answer
            activity = feed.until("agent.activity")[-1].json()["payload"]
            stream.until(lambda event: event.name == "status" and event.json()["status"] == status
                         and event.json()["status_source"] == "hook")
            assert time.monotonic() - begin < 1
        assert activity["state"] == body["state"] and activity["event"] == body["event"]
        assert activity.get("tool_name") == body.get("tool_name")
        shown = desk.show(name)
        assert shown["status"] == status and shown["status_source"] == "hook"
    for body in ({}, {"state": "dancing"}, {"state": "idle", "transcript_path": "relative"},
                 {"state": "idle", "transcript_path": "/a/../b"}, {"state": "idle", "agent_session_id": "a b"}):
        assert desk.post(f"/api/v1/sessions/{name}/activity", body).status == 400, body
    assert desk.post("/api/v1/sessions/nobody/activity", {"state": "idle"}).status == 404


# --- streams that begin with a message, and sockets ----------------------------------------------------------------------
def test_resume_streams_what_comes_of_its_message(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "before")
    with Events(desk.server, f"/api/v1/sessions/{name}/resume", method="POST", body={"prompt": "now"},
                headers={"content-type": "application/json"}) as stream:
        events = list(stream)
    assert [event.name for event in events] == ["init", "message", "message", "result", "done"]
    assert events[0].json()["session_id"] == name
    said = [event.json()["blocks"][0]["text"] for event in events if event.name == "message"]
    assert said == ["now", "echo: now"]
    assert events[3].json()["state"] == "ended" and events[4].json()["reason"] == "turn_ended"


def test_streaming_makes_the_session_that_it_talks_to(talk):
    desk = talk()
    with Events(desk.server, "/api/streaming", method="POST", body={"prompt": "hello", "projectPath": str(desk.place)},
                headers={"content-type": "application/json"}) as stream:
        events = list(stream)
    assert [event.name for event in events] == ["init", "message", "message", "result", "done"]
    name = events[0].json()["session_id"]
    assert desk.rows(name) == ["hello"] and list(desk.server.sessions()) == [name]
    with Events(desk.server, "/api/streaming", method="POST", body={"prompt": "again", "sessionId": name},
                headers={"content-type": "application/json"}) as stream:
        said = [event.json()["blocks"][0]["text"] for event in stream if event.name == "message"]
    assert said == ["again", "echo: again"]


def test_the_agent_view_tells_of_questions(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "first")
    with Events(desk.server, f"/api/v1/sessions/{name}/stream?view=agent&tail=0") as stream:
        assert next(stream).name == "init"
        desk.post(f"/api/v1/sessions/{name}/activity", {"state": "permission", "tool_name": "Bash"})
        question = stream.until("question")[-1].json()
        assert question["status"] == "waiting_input" and question["activity"] == "permission:Bash"


def test_compat_seed_has_teleclaude_s_shapes(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "before")
    body = {"sessionId": name, "messages": [{"role": "user", "content": "now"}]}
    with Events(desk.server, "/api/chat/stream?compat=seed", method="POST", body=body,
                headers={"content-type": "application/json"}) as stream:
        parts = [event.json() for event in stream.until(lambda event: "echo: now" in event.data)]
        # The stream goes on after the turn.
        desk.arrives(name, "later")
        parts += [event.json() for event in stream.until(lambda event: "echo: later" in event.data)]
    texts = [part["delta"] for part in parts if part["type"] == "text-delta"]
    assert texts == ["echo: before", "echo: now", "echo: later"]
    status = next(part for part in parts if part["type"] == "data-session-status")
    assert status["sessionId"] == name and status["status"]
    assert parts[0] == {"type": "start", "messageId": f"msg-{name}"}


def test_a_chat_stream_with_a_new_message_ends_with_its_turn(talk):
    desk = talk()
    name = desk.begin()
    desk.arrives(name, "before")
    body = {"sessionId": name, "messages": [
        {"role": "user", "parts": [{"type": "text", "text": "earlier"}]},
        {"role": "user", "parts": [{"type": "text", "text": "newest"}]}]}
    with Events(desk.server, "/api/chat/stream", method="POST", body=body,
                headers={"content-type": "application/json"}) as stream:
        chunks = [event.data for event in stream]
    assert chunks[-1] == "[DONE]"
    parts = [json.loads(chunk) for chunk in chunks[:-1]]
    kinds = [part["type"] for part in parts]
    assert kinds[0] == "start" and kinds[-1] == "finish"
    assert "".join(part["delta"] for part in parts if part["type"] == "text-delta") == "echo: newest"
    assert [part["data"]["text"] for part in parts if part["type"] == "data-user-message"] == ["newest"]
    assert desk.rows(name) == ["before", "newest"]


def test_a_message_beside_an_interrupt_is_not_taken_for_what_the_agent_puts_back(talk):
    desk = talk()
    name = desk.begin()
    told = [f"message {number}" for number in range(6)]
    with ThreadPoolExecutor(1) as pool:
        for text in told:
            interrupt = pool.submit(desk.post, f"/api/v1/sessions/{name}/interrupt")
            desk.comes_to(name, desk.say(name, text)["message_id"], "seen")
            assert interrupt.result().status == 200
    assert desk.rows(name) == told
    assert not (desk.root / "project" / f"{name}.cleared").exists(), "it was taken for that and cleared"


def test_a_socket_sends_interrupts_and_answers(talk):
    desk = talk()
    name = desk.begin()
    with WebSocket(desk.server) as socket:
        socket.say(op="send", session_id=name, text="over the socket", client_message_id="w1", ref=1)
        told = socket.message()
        assert told["op"] == "ack" and told["ref"] == 1 and told["result"]["state"] == "queued"
        desk.comes_to(name, told["result"]["message_id"], "seen")
        socket.say(op="send", session_id=name, text="over the socket", client_message_id="w1", ref=2)
        assert socket.message()["result"]["duplicate"] is True
        socket.say(op="answer", session_id=name, answer="yes", ref=3)
        assert socket.message()["code"] == "NOTHING_TO_ANSWER"
        desk.arrives(name, "ask: Really?")
        socket.say(op="answer", session_id=name, answer="yes", ref=4)
        assert socket.message()["result"]["option"] == "Yes"
        socket.say(op="interrupt", session_id=name, ref=5)
        assert socket.message()["op"] == "ack"
        for wrong in ({}, {"session_id": "nobody", "text": "x"}, {"session_id": name}, {"session_id": name, "text": 1}):
            socket.say(op="send", ref=6, **wrong)
            told = socket.message()
            assert told["op"] == "error" and told["code"] in ("VALIDATION_ERROR", "SESSION_NOT_FOUND"), told
    assert desk.rows(name) == ["over the socket", "ask: Really?", "answered yes"]


# --- the real agents -------------------------------------------------------------------------------------------------
PROMPTS = {
    "one line": "say one",
    "many lines": "say two\n\n  indented: \"quoted\" 'text' `code` $HOME \\\n- point\n- point 🎉 ünï\nlast line",
    "code": "say three\n" + "\n".join(f"def f{n}(x):\n    return x[{n}] if x else {{}}" for n in range(40)),
    "20 KB": "say four " + " ".join(f"word{n}" for n in range(2_600)) + " end",
    "slash": "/etc/hosts is a file",
    "dash": "-v or --help?",
    "backslash": "say five C:\\",
    "after all": "say six",
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_real_agents_are_told_each_message_once_and_to_the_byte(steered, real_agent, agent):  # noqa: F811
    home = real_agent(agent)
    desk = steered(**home.known)
    name = desk.create(project_path=str(home.project), agent=agent, launch_kind="agent_then_message",
                       message="say zero")

    def arrives(text, **more):
        answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": text, **more})
        assert answer.status == 202, answer
        path = f"/api/v1/sessions/{name}/messages/{answer.json()['message_id']}"
        try:
            until(lambda: desk.server.get(path).json()["state"] == "seen", f"{text[:30]!r} is seen", 60)
        except TooLate as late:
            raise TooLate(f"{late}: {desk.server.get(path).json()}\n{desk.screen(name)}") from None

    until(lambda: "echo: say zero" in desk.said(name), "the first message is answered", 90)
    for what, text in PROMPTS.items():
        arrives(text, client_message_id=what)
    # While the agent works: it queues what comes meanwhile, as it does for a person.
    arrives("slow: 2 working")
    for number in range(3):
        arrives(f"say meanwhile {number}")
    until(lambda: "echo: say meanwhile 2" in desk.said(name), "the last one is answered", 60)
    wanted = ["say zero", *PROMPTS.values(), "slow: 2 working", *(f"say meanwhile {n}" for n in range(3))]
    assert desk.told(name) == wanted
