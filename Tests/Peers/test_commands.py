"""The command line against a running server: what it prints, what it answers to its caller."""
import json

import pytest
from support.receiver import Receiver


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def test_webhooks_from_the_command_line(serve, receiver):
    server = serve(settings={"hooks.allow_private": "true"})

    def run(*words, code=0):
        done = server.run(*words, "--state", str(server.state))
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done

    secret = server.directory / "secret"
    secret.write_text("s3cret\n")
    assert run("hooks", "add", receiver.url, "--id", "ci", "--type", "session.*", "--secret-file",
               str(secret)).stdout == "ci\n"
    assert "it" in run("hooks", "add", receiver.url, "--id", "ci", code=1).stderr
    run("hooks", "add", receiver.url, "--id", "ci", "--secret-file", str(secret), "--replace")
    assert receiver.url in run("hooks", "contracts").stdout
    assert run("hooks", "test", "ci", "--wait").stdout.split()[-1] == "delivered"
    assert receiver.hooks[0].is_signed("s3cret")
    deliveries = json.loads(run("hooks", "deliveries", "--json").stdout)["deliveries"]
    assert [row["state"] for row in deliveries] == ["delivered"]

    receiver.answers = [404]
    failed = run("hooks", "redeliver", deliveries[0]["id"], "--wait", code=1)
    assert "404" in failed.stderr
    assert "ci" in run("hooks", "deliveries", "--status", "failed").stdout
    assert run("hooks", "remove", "ci").stdout == "ci has ended\n"
    run("hooks", "remove", "ci", code=4)
    run("hooks", "add", "ftp://example.org/", code=1)


def test_codes_for_callers(serve, new_server):
    server = serve(auth="key")
    assert server.run("hooks", "contracts", "--url", server.url).returncode == 5
    assert server.run("hooks", "contracts", "--url", server.url, "--key", server.key()).returncode == 0
    assert server.run("hooks", "tset", "a").returncode == 2
    assert server.run("kill", "nobody", "--url", "http://127.0.0.1:9").returncode == 3
    assert new_server().run("send", "a", "b").returncode == 3
