"""The command line against a running server: what it prints, what it answers to its caller."""
import json
import os
import shutil
import subprocess

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


def test_memory_settings_and_keys_from_the_command_line(serve):
    server = serve(auth="key")

    def run(*words, code=0, **more):
        done = server.run(*words, "--state", str(server.state), **more)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout

    first = run("memory", "save", "--project", "p", "--type", "gotcha", "The tests need a locale of UTF-8.").split()[0]
    assert "locale" in run("memory", "search", "LOCALE")
    assert first in run("memory", "ls", "--project", "p") and first in run("memory", "timeline", first)
    assert "locale" in run("memory", "inject", "--project", "p")
    assert "total" in run("memory", "stats")
    assert run("memory", "rm", first) == f"{first} is forgotten\n"
    run("memory", "rm", first, code=4)

    run("settings", "set", "tts.enabled=true")
    assert run("settings", "get", "tts.enabled") == "true\n"
    assert "tts.enabled        true" in run("settings", "ls")
    run("settings", "set", "tts.enabld=true", code=2)
    run("settings", "reset", "tts.enabled")
    assert run("settings", "get", "tts.enabled") == "false\n"

    key = run("access", "new", "laptop").strip()
    row = json.loads(run("access", "ls", "--json"))["keys"][0]
    assert server.run("access", "whoami", "--url", server.url, "--key", key).returncode == 0
    run("access", "revoke", row["id"])
    assert server.run("access", "whoami", "--url", server.url, "--key", key).returncode == 5


def test_memory_is_read_without_a_server(serve):
    server = serve()
    flags = ["--state", str(server.state), "--set", f"roots=jsonl={server.root}"]
    assert server.run("memory", "save", "the moon is round", *flags).returncode == 0
    server.stop()
    found = server.run("memory", "search", "moon", *flags)
    assert found.returncode == 0 and "the moon is round" in found.stdout
    assert server.run("memory", "save", "x", *flags).returncode == 3


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is absent")
def test_sessions_from_the_command_line(serve, place):
    agent = place / "agent"
    agent.write_text("#!/bin/sh\n[ -e broken ] && { echo no luck; exit 7; }\necho ready\nexec cat\n")
    agent.chmod(0o755)
    project = place / "project"
    project.mkdir()
    server = serve(settings={"terminals.socket": "commands", "sessions.login_environment": "false",
                             "agents.claude.command": str(agent)},
                   environment={"TMUX_TMPDIR": str(place), "LANG": "C.UTF-8"})

    def run(*words, code=0):
        done = server.run(*words, "--state", str(server.state))
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done

    try:
        name = run("new", str(project), "--agent", "claude", "--title", "from the shell", "--tag", "a", "--wait").stdout
        assert name.count("\n") == 1
        name = name.strip()
        session = server.session(name)
        assert (session["title"], session["tags"], session["project_path"]) == ("from the shell", ["a"], str(project))
        assert name in run("ls").stdout
        assert "runs" in run("revive", name, code=1).stderr
        assert run("revive", name, "--restart").stdout.split()[-1] == "done"
        assert run("kill", name).stdout == f"{name} has ended\n"
        assert server.session(name)["status"] == "closed"
        run("kill", name, "--purge")
        run("kill", name, code=4)
        (project / "broken").touch()
        assert "no luck" in run("new", str(project), "--agent", "claude", "--wait", code=1).stderr
        run("new", "/nowhere", "--agent", "claude", code=2)
        run("new", str(project), "--agent", "nobody", code=2)
    finally:
        subprocess.run(["tmux", "-L", "commands", "kill-server"], capture_output=True,
                       env={**os.environ, "TMUX_TMPDIR": str(place)})
