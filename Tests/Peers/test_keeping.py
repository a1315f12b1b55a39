"""What the server keeps for its clients, from outside: memory, settings, keys, channels, people; and what it refuses."""
import concurrent.futures
import json

import pytest
from support.peer import Events, Line
from support.waiting import until


def patch(server, body, **headers):
    return server.ask("PATCH", "/settings", body, {"content-type": "application/json", **headers})


def test_what_was_answered_is_there_after_a_crash(serve):
    server = serve()
    saved = server.ask("POST", "/memory/save", {"text": "The sea is cold.", "project": "p"})
    assert saved.status == 201
    assert patch(server, {"tts": {"enabled": True}}).status == 200
    assert server.ask("POST", "/channels/c/publish", {"payload": {"n": 1}}).status == 200
    server.kill()
    server.start()
    assert [memory["id"] for memory in server.get("/memory/search?query=sea").json()] == [saved.json()["id"]]
    assert server.get("/settings").json()["tts"] == {"enabled": True}
    assert [message["payload"] for message in server.get("/channels/c/messages").json()] == [{"n": 1}]
    again = server.ask("POST", "/memory/save", {"text": "The sea is cold.", "project": "p"})
    assert (again.status, again.json()["id"]) == (200, saved.json()["id"])


def test_the_same_content_sent_by_many_at_once_is_one_memory(serve, loops):
    server = serve(loops=loops)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask("POST", "/memory/save", {"text": "once"}), range(40)))
    assert sorted(answer.status for answer in answers) == [200] * 39 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_of_many_changes_for_one_version_one_wins(serve):
    server = serve()
    modes = ["off", "highlight", "agent", "semi"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda mode: patch(server, {"pane_theming_mode": mode}, **{"if-match": '"0"'}), modes))
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]


def test_a_key_opens_at_once_and_nothing_once_revoked_also_after_a_restart(serve):
    server = serve(auth="key")
    file = {"x-api-key": server.key()}
    made = server.ask("POST", "/auth/keys", {"name": "laptop"}, file).json()
    mine = {"x-api-key": made["key"]}
    assert server.get("/auth/whoami", mine).json()["key_id"] == made["id"]
    server.kill()
    server.start()
    assert server.get("/auth/whoami", mine).status == 200
    assert server.ask("DELETE", f"/auth/keys/{made['id']}", headers=file).status == 204
    assert server.get("/auth/whoami", mine).status == 401
    server.kill()
    server.start()
    assert server.get("/auth/whoami", mine).status == 401
    database = b"".join(path.read_bytes() for path in server.state.iterdir() if path.name.startswith("tailcast.db"))
    assert made["key"].encode() not in database


def test_a_channel_is_a_topic_of_the_feed(serve):
    server = serve()
    with Events(server, "/events?topics=channel:app") as stream:
        next(stream)
        for number in range(3):
            server.ask("POST", "/channels/app/publish", {"payload": {"n": number}})
            server.ask("POST", "/channels/other/publish", {"payload": {"n": number}})
        events = [next(stream).json() for _ in range(3)]
    assert [event["payload"]["payload"]["n"] for event in events] == [0, 1, 2]
    assert {event["topic"] for event in events} == {"channel:app"}


def test_people_are_read_from_their_file_as_it_is_now(serve, place):
    file = place / "people.yaml"
    file.write_text("- name: Ann\n  email: ann@example.org\n  role: owner\n")
    server = serve(settings={"people": str(file)})
    assert server.get("/people").json() == [
        {"name": "Ann", "email": "ann@example.org", "role": "owner", "username": None}]
    file.write_text("people:\n  - name: Bob\n")
    assert [person["name"] for person in server.get("/api/people").json()] == ["Bob"]
    file.write_text("people:\n  - email: nobody\n")
    broken = server.get("/people")
    assert broken.status == 503 and broken.code == "PEOPLE_UNREADABLE"
    until(lambda: "people.yaml, line 2" in server.tail() or "people.yaml:2" in server.tail(), "the log names the line")


@pytest.mark.parametrize("path", ["/memory/save", "/channels/c/publish", "/skills"])
def test_a_hundred_megabytes_are_refused_before_they_are_read(serve, path):
    server = serve()
    before = server.resident()
    with Line(server) as line:
        line.send(f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                  f"content-length: {100 << 20}\r\n\r\n".encode())
        assert line.response("POST").status == 413
    assert server.resident() - before < 16 << 20
    assert server.get("/healthz").status == 200


def test_deep_and_odd_json_is_refused_or_kept_but_never_breaks_anything(serve):
    server = serve()
    headers = {"content-type": "application/json"}
    deep = b'{"payload":' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}"
    assert server.ask("POST", "/channels/c/publish", deep[: 1 << 20], headers).status in (400, 413)
    inside = b'{"payload":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}"
    assert server.ask("POST", "/channels/c/publish", inside, headers).status == 200
    for text in ["\x00", "a\x00b", "\ud83d\ude00", "'); DROP TABLE memories; --", "\u202e", "x" * 100_000]:
        answer = server.ask("POST", "/memory/save", {"text": text})
        assert answer.status == 201
        kept = server.ask("POST", "/memory/batch", {"ids": [answer.json()["id"]]}).json()
        assert kept[0]["text"] == text.encode("utf-16", "surrogatepass").decode("utf-16")
    assert server.ask("POST", "/memory/save", {"text": "x" * 100_001}).status == 400
    assert server.ask("POST", "/memory/save", b'{"text":"\xff"}', headers).status == 400
    assert json.loads(server.get("/memory/stats").body)["total"] == 6
