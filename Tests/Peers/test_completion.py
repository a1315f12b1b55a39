"""What bash, fish and zsh offer for a line that begins with the program's name, in the shells themselves."""
import os
import shutil
import subprocess

import pytest
from support.waiting import until


@pytest.fixture
def server(serve):
    """A server with one session, and the program in the PATH of its surroundings."""
    server = serve()
    (server.directory / "tailcast").write_text(f"#!/bin/sh\nexec {server.program} \"$@\" --state {server.state}\n")
    (server.directory / "tailcast").chmod(0o755)
    (server.root / "one.jsonl").write_text('{"text":"x"}\n')
    server.listed("one")
    return server


def run(server, *words):
    """What a program prints; it must complain of nothing."""
    environment = {**server.surroundings(), "PATH": f"{server.directory}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    environment.pop("TMUX", None)
    done = subprocess.run(words, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=60,
                          check=True)
    assert not done.stderr
    return done.stdout


def check(offers):
    assert offers("tailcast sea") == ["search"]
    assert "supervise" not in offers("tailcast ") and "tail" in offers("tailcast ")
    assert offers("tailcast memory sa") == ["save"]
    assert offers("tailcast hooks install c") == ["claude", "codex"]
    assert offers("tailcast --json tail --fol") == ["--follow"]
    assert offers("tailcast tail o") == ["one"]
    assert offers("tailcast completion z") == ["zsh"]


def test_bash_completes_commands_flags_and_sessions(server):
    script = run(server, "tailcast", "completion", "bash")

    def offers(line):
        words = line.split(" ")
        quoted = " ".join(f"'{word}'" for word in words)
        return run(server, "bash", "-c", f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _tailcast\n"
                                         "printf '%s\\n' \"${COMPREPLY[@]}\"").split()
    check(offers)


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is absent")
def test_fish_completes_commands_flags_and_sessions(server):
    def offers(line):
        told = run(server, "fish", "--no-config", "-c",
                   f"tailcast completion fish | source; complete --do-complete '{line}'")
        return [row.split("\t")[0] for row in told.splitlines()]
    check(offers)


@pytest.mark.skipif(not shutil.which("zsh") or not shutil.which("tmux"), reason="zsh or tmux is absent")
def test_zsh_completes_commands_flags_and_sessions(server, place):
    functions = place / "functions"
    functions.mkdir()
    (functions / "_tailcast").write_text(run(server, "tailcast", "completion", "zsh"))

    def tmux(*words):
        return run(server, "tmux", "-S", str(place / "tmux"), *words)

    def completes(line, wanted):
        """Presses Tab behind a line; it must become another one."""
        tmux("send-keys", "C-u")
        tmux("send-keys", "-l", line)
        tmux("send-keys", "Tab")
        until(lambda: f"> {wanted}" in [row.rstrip() for row in tmux("capture-pane", "-p").splitlines()],
              f"{line!r} becomes {wanted!r}")

    tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "zsh", "-f")
    try:
        start = f"PS1='> '; fpath=({functions} $fpath); autoload -U compinit; compinit -u -D; clear"
        tmux("send-keys", start, "Enter")
        completes("tailcast sea", "tailcast search")
        completes("tailcast memory sa", "tailcast memory save")
        completes("tailcast hooks install cl", "tailcast hooks install claude")
        completes("tailcast --json tail --fol", "tailcast --json tail --follow")
        completes("tailcast tail o", "tailcast tail one")
        completes("tailcast completion z", "tailcast completion zsh")
    finally:
        tmux("kill-server")
