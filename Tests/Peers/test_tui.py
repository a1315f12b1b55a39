"""`tailcast tui` as a person sees it: in a terminal of tmux, at 80×24 and at 200×60."""
import json
import os
import re
import signal
import subprocess

import pytest

from support.pane import TMUX, Pane
from support.peer import dialogue, reply, user, write
from support.waiting import until

from test_messages import talk  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")

at_both_sizes = pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])


def assistant(session, number, *blocks, stop="tool_use"):
    row = reply(session, number, "", stop)
    row["message"]["content"] = list(blocks)
    return row


def call(identity, name, **given):
    return {"type": "tool_use", "id": identity, "name": name, "input": given}


def answer(session, number, identity, text, is_error=False):
    row = user(session, number, "")
    row["message"]["content"] = [{"type": "tool_result", "tool_use_id": identity, "content": text,
                                  "is_error": is_error}]
    return row


def story(session):
    """A conversation with all that can be looked for: 60 records, thoughts, calls, an error, a question."""
    yield from dialogue(session, 60)
    yield assistant(session, 60, {"type": "thinking", "thinking": "a hidden thought\nof two lines"},
                    {"type": "text", "text": "I look at the files."}, call("t1", "Bash", command="ls -la"))
    yield answer(session, 61, "t1", "first file\nsecond file\nthe needle\n")
    yield assistant(session, 62, call("t2", "Bash", command="make all"))
    yield answer(session, 63, "t2", "it failed badly", is_error=True)
    yield assistant(session, 64, call("q1", "AskUserQuestion", questions=[{"question": "Which colour?"}]))
    yield answer(session, 65, "q1", "blue")
    for number in range(66, 100):
        yield (user if number % 2 == 0 else reply)(session, number, f"line {number} of {session}")


@pytest.fixture
def server(serve):
    server = serve(agent="claude")
    (server.root / "p").mkdir()
    return server


@pytest.fixture
def pane(place):
    made = []

    def make(server, *words, size=(80, 24), **more):
        command = [str(server.program), "tui", "--state", str(server.state), *words]
        made.append(Pane(place, command, size=size, name=f"tui{len(made)}", **more))
        return made[-1]

    yield make
    for one in made:
        one.end()


def give(server, session, records):
    """Writes a transcript and waits until it is listed."""
    path = server.root / "p" / f"{session}.jsonl"
    write(path, records)
    server.listed(session)
    return path


def opened(server, pane, records, **more):
    """A terminal that shows the last line of the session `alpha`, which has these records."""
    records = list(records)
    give(server, "alpha", records)
    screen = pane(server, "alpha", **more)
    screen.sees(f"line {len(records) - 1} of alpha")
    return screen


def listed(server, pane, **more):
    """A terminal that shows the list of sessions, which is `alpha` with its story."""
    give(server, "alpha", story("alpha"))
    screen = pane(server, **more)
    screen.sees("1 sessions")
    return screen


def at_an_agent(desk, pane, **more):
    """A session whose agent runs, and a terminal that shows it live."""
    name = desk.begin()
    screen = pane(desk.server, name, **more)
    screen.sees("LIVE")
    return name, screen


@at_both_sizes
def test_list_filter_and_open(server, pane, size):
    give(server, "alpha", story("alpha"))
    give(server, "beta", dialogue("beta", 6))
    screen = pane(server, size=size)
    screen.sees("2 sessions", "LIVE", "line 0 of alpha", "line 0 of beta")
    screen.keys("/")
    screen.type("beta")
    screen.sees("filter: beta", "1 sessions")
    screen.misses("of alpha")
    screen.keys("Enter")
    screen.keys("Enter")
    screen.sees("line 5 of beta", "LIVE")
    screen.keys("Escape")
    screen.sees("1 sessions")
    screen.keys("Escape")
    screen.sees("2 sessions", "of alpha")
    screen.keys("G")
    screen.keys("d")
    screen.sees("native_session_id", "/srv/project")
    screen.keys("q")
    screen.misses("native_session_id")
    screen.keys("q")
    until(lambda: screen.program() is None, "it has ended")
    assert screen.fact("alternate_on") == "0" and screen.fact("cursor_flag") == "1"
    assert screen.fact("mouse_any_flag") == "0"


@at_both_sizes
def test_transcript_and_what_is_written(server, pane, size):
    path = give(server, "alpha", story("alpha"))
    screen = pane(server, "alpha", size=size)
    screen.sees("line 99 of alpha", "LIVE")
    write(path, [user("alpha", 100, "written just now")])
    screen.sees("written just now")
    screen.keys("k", "k", "k")
    screen.sees("PAUSED")
    write(path, [reply("alpha", 101, "while nobody followed"), user("alpha", 102, "and more")])
    screen.sees("PAUSED, 2 NEW")
    screen.keys("G")
    screen.sees("and more", "LIVE")
    screen.keys("f")
    screen.sees("PAUSED")
    screen.keys("f")
    screen.sees("LIVE")
    screen.keys("g", "]", "]")
    screen.sees("line 1 of alpha")
    screen.keys("]", "]")
    screen.sees("▌ You", "line 2 of alpha")
    screen.keys("G")
    screen.sees("and more", "LIVE")
    screen.keys("PPage", "PPage", "PPage", "PPage")
    screen.misses("and more")


@at_both_sizes
def test_folding_searching_and_finding(server, pane, size):
    screen = opened(server, pane, story("alpha"), size=size)
    screen.keys("e")
    screen.sees("▌ ▸ Bash make all ✗ error")
    screen.keys("Enter")
    screen.sees("▾ Bash make all", "command: make all", "it failed badly")
    screen.keys("Enter")
    screen.misses("it failed badly")
    screen.keys("e")
    screen.sees("no later error")
    screen.keys("w")
    screen.sees("▌ ▸ AskUserQuestion Which colour?")
    screen.keys("/")
    screen.type("NEEDLE")
    screen.keys("Enter")
    screen.sees("▌     the needle", "second file")
    screen.keys("n")
    screen.sees("no later “NEEDLE”")
    screen.keys("/")
    screen.type("line 7")
    screen.keys("Enter")
    screen.sees("▌ line 70 of alpha")
    screen.keys("n")
    screen.sees("▌ line 71 of alpha")
    screen.keys("N", "N")
    screen.sees("▌ line 7 of alpha")
    screen.keys("u")
    screen.sees("▌ You", "line 8 of alpha")
    screen.keys("U", "U")
    screen.sees("line 4 of alpha")
    screen.keys("G")
    screen.keys("z")
    screen.keys("e")
    screen.sees("a hidden thought") if size[1] > 24 else screen.sees("it failed badly")
    screen.keys("d")
    screen.sees("position", "uuid", "alpha-a62")
    screen.keys("Escape")
    screen.misses("alpha-a62")
    screen.keys("D")
    screen.sees("native_session_id")


@at_both_sizes
def test_searching_all_sessions(server, pane, size):
    give(server, "alpha", [*story("alpha"), user("alpha", 100, "the needle is here, too"), *dialogue("alpha", 40, 101)])
    give(server, "beta", [*dialogue("beta", 800), reply("beta", 800, "word " * 60 + "\n\na NEEDLE of its own"),
                          *dialogue("beta", 700, 801)])
    screen = pane(server, size=size)
    screen.sees("2 sessions", "LIVE")
    until(lambda: server.get("/api/v1/search?q=needle").json()["total"] == 2, "both are indexed")
    screen.keys("s")
    screen.type("needle")
    screen.keys("Enter")
    screen.sees("“needle”  2 sessions", "line 0 of alpha", "line 0 of beta", "…", "a NEEDLE of its own", "the needle is here")

    def move(text):
        """Selects a line of what was found and opens it."""
        rows = [line.partition("│")[0] for line in screen.lines()]
        wanted, current = (next(at for at, row in enumerate(rows) if one in row) for one in (text, "▌"))
        screen.keys(*["j" if wanted > current else "k"] * abs(wanted - current), "Enter")

    move("NEEDLE of its own")
    screen.sees("▌ a NEEDLE of its own", "PAUSED", "line 801 of beta")
    # What is around it is there, in both directions.
    screen.keys("[", "[", "[")
    screen.sees("line 798 of beta")
    screen.keys("h")
    screen.sees("“needle”  2 sessions")
    move("the needle is here")
    screen.sees("▌ the needle is here, too", "line 101 of alpha", "PAUSED")
    screen.keys("h", "s", "C-u")
    screen.type("nowhere-at-all")
    screen.keys("Enter")
    screen.sees("no session has these words")
    screen.keys("Escape")
    screen.sees("Tailcast", "2 sessions")
    screen.keys("q")
    until(lambda: screen.program() is None, "it has ended")


@at_both_sizes
def test_going_to_a_time(server, pane, size):
    # One record a second, and two days between the halves.
    rows = dialogue("alpha", 1500)
    for number, row in enumerate(rows):
        day, second = (4, number) if number < 750 else (6, number - 750)
        row["timestamp"] = f"2026-03-0{day}T12:{second // 60:02}:{second % 60:02}.000Z"
    screen = opened(server, pane, rows, size=size, environment={"TZ": "UTC"})
    screen.sees("LIVE")

    def goes(text, line):
        screen.keys("t")
        screen.sees("go to (14:30")
        screen.type(text)
        screen.keys("Enter")
        screen.sees(f"line {line} of alpha", "PAUSED")
        lines = screen.lines()
        cursor = next(index for index, row in enumerate(lines) if "▌" in row.rpartition("│")[2])
        assert f"line {line} of alpha" in lines[cursor] + lines[cursor + 1], screen.text()

    goes("2026-03-04 12:05", 300)
    goes("12:10:00", 600)
    goes("-2m", 480)
    goes("+30s", 510)
    goes("2026-03-05", 750)
    goes("2026-03-04T13:01:00+01:00", 60)
    screen.keys("t")
    screen.type("tomorrow")
    screen.keys("Enter")
    screen.sees("“tomorrow” is no time")
    screen.keys("t")
    screen.type("2026-03-07")
    screen.keys("Enter")
    screen.sees("nothing was written then or later", "line 1499 of alpha", "LIVE")


@at_both_sizes
def test_help_shows_the_keys(server, pane, size):
    screen = listed(server, pane, size=size)
    screen.keys("?")
    screen.sees("next, previous error", "Sessions")
    screen.keys("NPage", "NPage")
    screen.sees("Ctrl-Z")
    screen.keys("Escape")
    screen.misses("Ctrl-Z")


@at_both_sizes
def test_mouse(server, pane, size):
    screen = listed(server, pane, size=size)
    assert screen.fact("mouse_sgr_flag") == "1"
    screen.click(2, 10)
    screen.sees("line 99 of alpha")
    for _ in range(20):
        screen.click(10, 70, button=64)
    screen.sees("PAUSED")
    screen.misses("line 99 of alpha")
    screen.keys("e")
    lines = until(lambda: [row for row in screen.lines() if "▸ Bash make all" in row] and screen.lines(), "the call")
    row = next(index for index, line in enumerate(lines) if "▸ Bash make all" in line)
    screen.click(row + 1, 70)
    screen.sees("it failed badly")
    screen.keys("M")
    until(lambda: screen.fact("mouse_any_flag") == "0", "the mouse is the terminal's")


def test_resizing(server, pane):
    screen = opened(server, pane, story("alpha"))
    for columns, rows in [(200, 60), (40, 10), (120, 30), (20, 4), (80, 24)]:
        screen.resize(columns, rows)
        screen.sees("too small" if columns == 20 else "line 99 of")
        lines = screen.lines()
        assert len(lines) == rows
        if columns >= 110:
            screen.sees("1 sessions", "│")
    screen.sees("LIVE")


HOSTILE = ("\x1b[2J\x1b[31m\x1b]0;stolen\x07 \x9b5A \x00\x01\x7f \u202eevil\u202c \u200fמימין\u200e שלום "
           "日本語のテキスト 👩‍💻👍🏽🇩🇪 e\u0301\u0302\u0303\u0304\u0305\u0306 \u2066iso\u2069 end-of-hostile")


@at_both_sizes
def test_hostile_transcript(server, pane, size):
    records = [user("evil", 0, HOSTILE), user("evil", 1, "日本" * 500), user("evil", 2, "x" * 3_000_000),
               assistant("evil", 3, call("\x1b[H", "\x1b[5m", **{"\x1b[1m": HOSTILE}),
                         {"type": "thinking", "thinking": HOSTILE}),
               answer("evil", 4, "\x1b[H", HOSTILE), reply("evil", 5, HOSTILE)]
    give(server, "evil", records)
    screen = pane(server, size=size)
    screen.sees("1 sessions")
    title = screen.fact("pane_title")
    screen.keys("Enter")
    screen.sees("␛[2J", "end-of-hostile")
    screen.keys("z")
    screen.keys("g")
    screen.sees("␛[2J")
    screen.keys("G")
    screen.sees("end-of-hostile")
    assert screen.fact("pane_title") == title and screen.fact("alternate_on") == "1"
    for line in screen.styled().split("\n"):
        assert "\x1b[5m" not in line and "\x07" not in line
    screen.sees("idle", "LIVE")
    # What the terminal shows after all these changes is what it shows when drawn anew: no cell has moved.
    def ageless():
        return re.sub(r" *(now|\d+[smh]) claude", "", screen.text())
    before = ageless()
    screen.keys("C-l")
    until(lambda: ageless() == before, "drawn anew it is the same")
    for line in screen.lines():
        assert "\u202e" not in line


@at_both_sizes
def test_server_killed_and_started_again(server, pane, size):
    path = give(server, "alpha", dialogue("alpha", 10))
    screen = pane(server, "alpha", size=size)
    screen.sees("line 9 of alpha", "LIVE")
    server.kill()
    screen.sees("OFFLINE")
    write(path, [reply("alpha", number, f"line {number} of alpha") for number in range(10, 15)])
    server.start()
    screen.sees("LIVE", "line 14 of alpha", "caught up 5", deadline=60)
    write(path, [reply("alpha", 15, "line 15 of alpha")])
    text = screen.sees("line 15 of alpha")
    lines = [line.rpartition("│")[2].strip("▌ ") for line in text.split("\n")[1:]]
    shown = [line for line in lines if line.startswith("line ")]
    assert len(shown) > 4
    assert shown == [f"line {number} of alpha" for number in range(16 - len(shown), 16)]


def test_rewritten_transcript(server, pane):
    path = give(server, "alpha", dialogue("alpha", 10))
    screen = pane(server, "alpha")
    screen.sees("line 9 of alpha", "LIVE")
    write(path, [user("alpha", 0, "all new")], mode="wb")
    screen.sees("all new", "rewritten")
    screen.misses("line 9 of alpha")


def test_large_transcript_opens_at_its_end(server, pane):
    path = server.root / "p" / "large.jsonl"
    block = b"".join(json.dumps(reply("large", number, f"row {number} " + "x" * 900)).encode() + b"\n"
                     for number in range(1000))
    with open(path, "wb") as file:
        file.write(json.dumps(user("large", 0, "the very first")).encode() + b"\n")
        for _ in range(170):
            file.write(block)
        file.write(json.dumps(user("large", 1, "the very last")).encode() + b"\n")
    assert path.stat().st_size > 200_000_000
    server.listed("large", deadline=60)
    screen = pane(server, "large")
    screen.sees("the very last", "LIVE", deadline=60)
    screen.keys("g")
    screen.sees("the very first", deadline=60)
    screen.keys("G")
    screen.sees("the very last", deadline=60)
    resident = next(line for line in open(f"/proc/{screen.program()}/status") if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 200_000, resident


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT])
def test_terminal_is_given_back(server, pane, number):
    screen = opened(server, pane, dialogue("alpha", 4))
    before = subprocess.run(["stty", "-F", screen.fact("pane_tty"), "-a"], capture_output=True, text=True).stdout
    assert "-echo " in before
    os.kill(screen.program(), number)
    until(lambda: screen.program() is None, "it has ended")
    until(lambda: screen.fact("alternate_on") == "0", "the screen is given back")
    after = subprocess.run(["stty", "-F", screen.fact("pane_tty"), "-a"], capture_output=True, text=True).stdout
    assert " echo " in after and " icanon " in after and "-isig" not in after
    assert screen.fact("cursor_flag") == "1" and screen.fact("mouse_any_flag") == "0"
    screen.run("echo still $((6 * 7))")
    screen.sees("still 42")


def test_suspended_and_continued(server, pane):
    path = give(server, "alpha", dialogue("alpha", 4))
    screen = pane(server, "alpha")
    screen.sees("line 3 of alpha")
    program = screen.program()
    screen.keys("C-z")
    until(lambda: screen.fact("alternate_on") == "0", "the screen is given back")
    until(lambda: open(f"/proc/{program}/stat").read().rpartition(")")[2].split()[0] == "T", "it is stopped")
    write(path, [user("alpha", 4, "while it slept")])
    screen.run("fg")
    screen.sees("while it slept", "LIVE")
    assert screen.fact("alternate_on") == "1"


def test_what_it_says_where_it_cannot_run(server, place, pane):
    words = [str(server.program), "tui", "--state", str(server.state)]
    done = server.run("tui", "--state", str(server.state))
    assert done.returncode == 1 and "needs a terminal" in done.stderr
    screen = pane(server, environment={"TERM": "screen"})
    screen.sees("sessions")
    screen.keys("q")
    until(lambda: screen.program() is None, "it has ended")
    screen.run("TERM=dumb " + " ".join(words) + "; echo code $?")
    screen.sees("TERM is dumb", "code 1")
    screen.run("clear; " + " ".join(words) + " nobody; echo code $?")
    screen.sees("code 4")
    screen.run("clear; " + " ".join(words) + " --json; echo code $?")
    screen.sees("code 2")


def test_without_colours(server, pane):
    give(server, "alpha", story("alpha"))
    for environment, coloured in [({"NO_COLOR": "1"}, False), ({}, True)]:
        screen = pane(server, "alpha", environment=environment)
        screen.sees("line 99 of alpha", "LIVE")
        codes = "".join(part.split("m")[0] + ";" for part in screen.styled().split("\x1b[")[1:])
        colours = {code for code in codes.split(";") if len(code) == 2 and code[0] in "349"} - {"39", "49"}
        assert bool(colours) == coloured, codes


def test_without_utf8(server, pane):
    give(server, "alpha", [user("alpha", 0, "日本 naïve"), *story("alpha")])
    screen = pane(server, "alpha", environment={"LC_ALL": "C"})
    screen.sees("line 99 of alpha", "LIVE")
    screen.keys("e")
    screen.sees("> + Bash make all ! error")
    screen.keys("g")
    screen.sees("? ?  na?ve")
    assert screen.text().isascii()


def test_without_a_server(new_server, pane):
    server = new_server(agent="claude")
    (server.root / "p").mkdir()
    write(server.root / "p" / "alpha.jsonl", dialogue("alpha", 6))
    screen = pane(server, "--set", f"roots=claude={server.root}")
    screen.sees("line 0 of alpha")


# --- talking to an agent ---------------------------------------------------------------------------------------------
@at_both_sizes
def test_composer(talk, pane, size):
    desk = talk()
    name, screen = at_an_agent(desk, pane, size=size)
    screen.keys("i")
    screen.sees("Enter sends")
    screen.type("hello 日本")
    screen.keys("M-Enter")
    screen.paste("pasted line\nand \x1b[2J more")
    screen.sees("> hello 日本", "and ␛[2J more")
    screen.keys("Escape")
    screen.misses("hello 日本")
    screen.keys("i")
    screen.sees("> hello 日本")
    screen.keys("C-w", "C-w")
    screen.type("end")
    screen.keys("Enter")
    screen.sees("echo: hello 日本", "pasted line")
    screen.misses("queued: hello", "delivered: hello")
    assert desk.rows(name) == ["hello 日本\npasted line\nand end"]


def test_a_message_outlives_the_server_that_it_was_given(talk, pane):
    desk = talk()
    name, screen = at_an_agent(desk, pane)
    desk.server.kill()
    screen.sees("OFFLINE")
    screen.keys("i")
    screen.type("said while nobody listened")
    screen.keys("Enter")
    screen.sees("sending: said while")
    desk.server.start()
    screen.sees("echo: said while nobody listened", "LIVE", deadline=60)
    assert desk.rows(name) == ["said while nobody listened"]


@at_both_sizes
def test_question_answer_and_interrupt(talk, pane, size):
    desk = talk()
    name, screen = at_an_agent(desk, pane, size=size)
    screen.keys("x")
    screen.sees("stop the agent's turn?")
    screen.keys("n")
    screen.misses("stop the agent's turn?")
    screen.keys("x")
    screen.keys("y")
    screen.sees("the agent was told to stop")
    screen.keys("i")
    screen.type("ask: Really?")
    screen.keys("Enter")
    desk.seen(name, "Esc to cancel")
    screen.sees("ask: Really?")
    screen.keys("a")
    screen.sees("Really?", "1  Yes", "2  No", "answer (")
    screen.type("2")
    screen.keys("Enter")
    screen.sees("answered no", "echo: answered no")
    screen.keys("a")
    screen.sees("asks nothing")


def test_what_cannot_be_sent_is_said_and_kept(server, pane):
    screen = opened(server, pane, dialogue("alpha", 4))
    screen.keys("x")
    screen.keys("y")
    screen.sees("was not started here")
