"""Webhooks against real receivers: down, slow, hanging, redirecting, refusing, and a server that is killed."""
import json
import socket
import threading
from datetime import datetime

import pytest
from support.receiver import Receiver
from support.waiting import until

OPEN = {"hooks.allow_private": "true"}


@pytest.fixture
def receive():
    made = []

    def make(*answers, **options):
        made.append(Receiver(*answers, **options))
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


def contract(server, name, url, expect=201, **more):
    target = {"url": url, "secret": "s3cret"}
    answer = server.ask("POST", "/api/v1/hooks/contracts?replace=true", {"id": name, "target": target, **more})
    assert answer.status == expect, answer
    return answer


def fire(server, name):
    """Sends a test event; the delivery's id."""
    answer = server.ask("POST", f"/api/v1/hooks/contracts/{name}/test")
    assert answer.status == 202, answer
    return answer.json()["delivery_id"]


def delivery(server, name):
    return server.get(f"/api/v1/hooks/deliveries/{name}").json()


def ended(server, name, deadline=60):
    """The delivery, when it waits for nothing any more."""

    def look():
        found = delivery(server, name)
        return found if found["state"] != "pending" else None

    return until(look, f"{name} has ended", deadline)


def tried(server, name, **facts):
    """The delivery, when it is as told."""

    def look():
        found = delivery(server, name)
        return found if all(found[key] == value for key, value in facts.items()) else None

    return until(look, f"{name} has {facts}: {delivery(server, name)}")


def test_a_new_session_is_told_and_signed(serve, receive):
    receiver = receive()
    server = serve(settings=OPEN)
    contract(server, "all", receiver.url, type_criterion={"match": "session.created"},
             properties={"session.agent": {"match": ["jsonl", "claude"]}})
    (server.root / "one.jsonl").write_text('{"text":"grüße 🎉"}\n')
    until(lambda: receiver.hooks, "the event arrives")
    hook = receiver.hooks[0]
    assert hook.is_signed("s3cret") and not hook.is_signed("other")
    assert hook.headers["Content-Type"] == "application/json"
    assert hook.headers["User-Agent"].startswith("tailcast/")
    event = hook.json
    assert event["type"] == "session.created" and event["source"] == "sessions"
    assert event["properties"]["session.agent"] == "jsonl"
    assert event["payload"]["session"]["id"] == event["properties"]["session_id"]
    log = until(lambda: server.get("/api/v1/hooks/deliveries?state=delivered").json()["deliveries"], "it is logged")
    assert log[0]["id"] == hook.id and log[0]["event_id"] == event["id"] and log[0]["status"] == 200


def test_a_receiver_that_is_down_gets_it_later(serve, receive):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    server = serve(settings=OPEN)
    contract(server, "down", f"http://127.0.0.1:{port}/hook")
    first, second = fire(server, "down"), fire(server, "down")
    tried(server, first, state="pending", attempts=1, status=None)
    assert delivery(server, second)["attempts"] == 0
    receiver = receive(port=port)
    assert ended(server, first)["state"] == "delivered"
    assert ended(server, second)["state"] == "delivered"
    assert [hook.id for hook in receiver.hooks] == [first, second]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_answers_that_ask_for_another_attempt(serve, receive, status):
    receiver = receive(status, 200)
    server = serve(settings=OPEN)
    contract(server, "busy", receiver.url)
    done = ended(server, fire(server, "busy"))
    assert (done["state"], done["attempts"], done["status"]) == ("delivered", 2, 200)
    assert len({hook.id for hook in receiver.hooks}) == 1
    assert all(hook.is_signed("s3cret") for hook in receiver.hooks)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_answers_that_end_it(serve, receive, status):
    receiver = receive(status)
    server = serve(settings=OPEN)
    contract(server, "no", receiver.url)
    done = ended(server, fire(server, "no"))
    assert (done["state"], done["attempts"], done["status"]) == ("failed", 1, status)
    # A dead letter is sent anew by hand.
    receiver.answers = [200]
    assert server.ask("POST", f"/api/v1/hooks/deliveries/{done['id']}/redeliver").status == 202
    assert ended(server, done["id"])["state"] == "delivered"
    assert receiver.hooks[0].id == receiver.hooks[1].id


def test_retry_after_is_honoured(serve, receive):
    receiver = receive((429, {"Retry-After": "3600"}))
    server = serve(settings=OPEN)
    contract(server, "later", receiver.url)
    found = tried(server, fire(server, "later"), state="pending", attempts=1, status=429)
    until_then, since = (datetime.fromisoformat(found[key]) for key in ("next_attempt_at", "updated_at"))
    assert (until_then - since).total_seconds() == 3600


def test_a_redirect_to_this_machine_is_not_followed(serve, receive):
    inside = receive()
    outside = receive((302, {"Location": inside.url}), (307, {"Location": inside.url}))
    server = serve(settings=OPEN)
    contract(server, "sly", outside.url)
    for status in (302, 307):
        done = ended(server, fire(server, "sly"))
        assert (done["state"], done["status"]) == ("failed", status)
        assert "redirect" in done["reason"]
    assert inside.hooks == []


def test_attempts_end_in_a_dead_letter_that_is_an_event(serve, receive):
    receiver = receive(500)
    server = serve(settings={**OPEN, "hooks.attempts": "2"})
    contract(server, "dead", receiver.url)
    done = ended(server, fire(server, "dead"))
    assert (done["state"], done["attempts"], done["status"]) == ("failed", 2, 500)
    # The feed's events of hooks are told to no hook: one that asks for everything still has the one test alone.
    assert len(receiver.hooks) == 2


def test_a_receiver_that_hangs_is_left_and_delays_no_other(serve, receive):
    slow, fast = receive(), receive()
    slow.gate.clear()
    server = serve(settings={**OPEN, "hooks.timeout": "1s", "hooks.attempts": "2"})
    contract(server, "slow", slow.url)
    contract(server, "fast", fast.url)
    stuck = [fire(server, "slow") for _ in range(3)]
    quick = [fire(server, "fast") for _ in range(20)]
    until(lambda: len(fast.hooks) == 20, "the other receiver has all of its own")
    assert [hook.id for hook in fast.hooks] == quick
    assert delivery(server, stuck[2])["state"] == "pending", "the fast ones waited for the slow one"
    done = ended(server, stuck[0])
    assert done["state"] == "failed" and "hooks.timeout" in done["reason"]
    slow.gate.set()
    assert ended(server, stuck[1])["state"] == "delivered"
    # What reads and hangs must not have held the server's own loop.
    assert server.get("/healthz").status == 200


def test_a_receiver_that_accepts_and_says_nothing(serve):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        server = serve(settings={**OPEN, "hooks.timeout": "300ms", "hooks.attempts": "1"})
        contract(server, "mute", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        done = ended(server, fire(server, "mute"))
        assert done["state"] == "failed" and "hooks.timeout" in done["reason"]


def test_a_receiver_that_never_stops_talking(serve):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)

        def talk():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                try:
                    while True:
                        connection.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
                except OSError:
                    pass

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        server = serve(settings=OPEN)
        contract(server, "loud", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        done = ended(server, fire(server, "loud"))
        assert (done["state"], done["status"]) == ("delivered", 200)
        thread.join(30)
        assert not thread.is_alive(), "the connection was left open"


def test_a_crash_between_claim_and_answer_loses_nothing(serve, receive):
    receiver = receive()
    receiver.gate.clear()
    server = serve(settings=OPEN)
    contract(server, "crash", receiver.url)
    fired = [fire(server, "crash") for _ in range(5)]
    until(lambda: receiver.hooks, "the first attempt has begun")
    assert delivery(server, fired[0])["attempts"] == 1
    server.kill()
    receiver.gate.set()
    server.start()
    assert [ended(server, name)["state"] for name in fired] == ["delivered"] * 5
    # The attempt that was cut comes again under the same id, the others once, all in order. What the server itself has to
    # tell after its start comes behind them.
    assert [hook.id for hook in receiver.hooks if hook.json["type"] == "hook.test"] == [fired[0]] + fired


def test_events_during_a_crash_arrive_in_order_and_at_least_once(serve, receive):
    receiver = receive()
    server = serve(settings=OPEN)
    contract(server, "many", receiver.url)
    fired = []
    for _ in range(5):
        fired += [fire(server, "many") for _ in range(20)]
        server.kill()
        server.start()
    assert [ended(server, name)["state"] for name in fired] == ["delivered"] * 100
    seen = list(dict.fromkeys(hook.id for hook in receiver.hooks if hook.json["type"] == "hook.test"))
    assert seen == fired


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:9/", "http://localhost:9/", "http://2130706433/", "http://0x7f000001/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://0.0.0.0/",
    "http://100.64.0.1/", "http://[fd00::1]/", "http://224.0.0.1/", "ftp://example.org/", "file:///etc/passwd",
    "http://u:p@example.org/",
])
def test_private_addresses_are_refused_when_the_contract_is_made(serve, url):
    server = serve()
    assert contract(server, "inner", url, expect=422).json()["error"]["details"]["field"] == "target.url"


def test_a_name_that_leads_to_this_machine_is_refused_when_it_is_called(serve, receive):
    # The machine's own name is in nobody's list of literal addresses; what it leads to is looked at.
    receiver = receive()
    name = socket.gethostname()
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(name, None)}
    except OSError:
        pytest.skip("the machine's name leads nowhere")
    if all(address.startswith(("127.", "::1")) for address in addresses) and name == "localhost":
        pytest.skip("the machine has no other name")
    server = serve()
    contract(server, "named", f"http://{name}:{receiver.port}/hook")
    done = ended(server, fire(server, "named"))
    assert done["state"] == "failed" and "hooks.allow_private" in done["reason"]
    assert receiver.hooks == []


def test_proxies_of_the_environment_are_not_used(serve, receive):
    proxy, receiver = receive(), receive()
    server = serve(settings=OPEN, environment={"http_proxy": f"http://127.0.0.1:{proxy.port}"})
    contract(server, "straight", receiver.url)
    assert ended(server, fire(server, "straight"))["state"] == "delivered"
    assert proxy.hooks == [] and len(receiver.hooks) == 1


def test_a_name_that_is_not_known_is_tried_again(serve):
    server = serve()
    contract(server, "nowhere", "http://nowhere.invalid/")
    found = tried(server, fire(server, "nowhere"), attempts=1, status=None, state="pending")
    until(lambda: delivery(server, found["id"])["reason"], "the reason is known", 60)


def test_contracts_end_by_their_time(serve, receive):
    receiver = receive()
    server = serve(settings=OPEN)
    contract(server, "brief", receiver.url, ttl_seconds=1)
    until(lambda: not server.get("/api/v1/hooks/contracts").json()["contracts"], "it has ended")
    (server.root / "one.jsonl").write_text('{"text":"x"}\n')
    server.listed("one")
    assert all(hook.json["type"] != "session.created" for hook in receiver.hooks)


def test_commands_that_read_send_nothing(serve, receive):
    receiver = receive()
    receiver.gate.clear()
    server = serve(settings=OPEN)
    contract(server, "quiet", receiver.url)
    fire(server, "quiet")
    until(lambda: receiver.hooks, "it was tried")
    server.kill()
    before = len(receiver.hooks)
    (server.root / "new.jsonl").write_text('{"text":"x"}\n')
    listed = server.run("ls", "--json", "--state", str(server.state), "--set", f"roots=jsonl={server.root}")
    assert listed.returncode == 0, listed.stderr
    assert "new" in json.dumps(json.loads(listed.stdout))
    assert len(receiver.hooks) == before
