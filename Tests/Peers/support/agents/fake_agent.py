#!/usr/bin/env python3
"""A light agent for tests: a full-screen program that reads the terminal as Claude Code does, in raw mode with
bracketed paste and with its traps, and appends what it is given to a transcript in Claude Code's form.

  fake_agent.py ROOT --session-id ID | --resume ID

  "ask: TEXT"    asks TEXT with the answers Yes and No before it goes on; the answer becomes its row
  "slow: S …"    the row is written S seconds later
  "tool: S …"    the row at once, the answer to it S seconds later
  "quit"         it ends

Its traps, each of which a careless sender falls into: an Enter that comes within 60 ms of a paste is swallowed, a paste
over 800 characters or of more than three lines becomes a quotation, `!` typed first begins a shell command, a backslash
before Enter makes it a line end.

What Ctrl-C takes from its input stands in SESSION.cleared beside the transcript.

FAKE_START      seconds until it shows itself (default 0)
FAKE_DELAY      seconds before each row is written (default 0)
"""
import codecs
import json
import os
import select
import shutil
import sys
import time
import tty
import uuid
from datetime import datetime, timezone
from pathlib import Path

PASTE_END = "\x1b[201~"
ENTER_DEAF = 0.06


class Agent:
    def __init__(self, root, session):
        self.session = session
        folder = Path(root) / "project"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{session}.jsonl"
        self.text = ""
        self.cursor = 0
        self.shell = False
        self.pasted = None  # what came of a paste so far
        self.pasted_at = 0.0
        self.keys = ""
        self.asks = None
        self.marked = 0
        self.due = []  # (time, action), earliest first
        self.parent = None
        self.drawn = None

    # --- the screen ---------------------------------------------------------------------------------
    def draw(self):
        columns, rows = shutil.get_terminal_size()
        if self.asks is not None:
            lines = ["─" * columns, f" {self.asks}", *(
                f" {'❯' if index == self.marked else ' '} {index + 1}. {label}"
                for index, label in enumerate(("Yes", "No"))), "", " Esc to cancel · Tab to amend"]
            place = (2 + self.marked, 1)
        else:
            shown = []
            for line in self.text.split("\n"):
                shown += [line[at:at + columns - 2] for at in range(0, max(1, len(line)), columns - 2)]
            shown = shown[-(rows - 4):]
            mark = "! " if self.shell else "❯ "
            box = [(mark if index == 0 else "  ") + line for index, line in enumerate(shown)]
            lines = ["─" * columns, *box, "─" * columns, "  ? for shortcuts"]
            place = (len(box), 2 + len(shown[-1]))
        screen = "\x1b[H\x1b[2J" + "\r\n".join(lines) + f"\x1b[{place[0] + 1};{place[1] + 1}H"
        if screen != self.drawn:
            self.drawn = screen
            os.write(1, screen.encode())

    # --- the transcript -----------------------------------------------------------------------------
    def row(self, kind, content):
        own = str(uuid.uuid4())
        row = {"parentUuid": self.parent, "isSidechain": False, "type": kind, "uuid": own,
               "sessionId": self.session, "cwd": os.getcwd(), "version": "9.9.9",
               "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
               "message": {"role": kind, "content": content}}
        if kind == "assistant":
            row["message"].update(id=f"msg_{own}", model="fake", type="message", stop_reason="end_turn")
        self.parent = own
        with open(self.path, "a") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def hear(self, text):
        self.row("user", text)

    def reply(self, text):
        self.row("assistant", [{"type": "text", "text": f"echo: {text[:40]}"}])

    def say(self, text):
        self.hear(text)
        self.reply(text)

    def later(self, seconds, action):
        self.due.append((time.monotonic() + seconds, action))
        self.due.sort(key=lambda one: one[0])

    # --- what is typed ------------------------------------------------------------------------------
    def take(self, typed):
        self.keys += typed
        while self.keys:
            if self.pasted is not None:
                end = self.keys.find(PASTE_END)
                if end < 0:
                    # The end of the mark may be still to come.
                    keep = next((n for n in range(5, 0, -1) if self.keys.endswith(PASTE_END[:n])), 0)
                    self.pasted += self.keys[:len(self.keys) - keep]
                    self.keys = self.keys[len(self.keys) - keep:]
                    return
                text, self.pasted = self.pasted + self.keys[:end], None
                self.keys = self.keys[end + len(PASTE_END):]
                self.paste(text.replace("\r\n", "\n").replace("\r", "\n"))
            elif self.keys.startswith("\x1b[200~"):
                self.keys = self.keys[6:]
                self.pasted = ""
            elif self.keys.startswith("\x1b["):
                if len(self.keys) < 3 or "\x1b[200~".startswith(self.keys):
                    return
                self.arrow(self.keys[2])
                self.keys = self.keys[3:]
            elif self.keys.startswith("\x1b"):
                self.keys = self.keys[1:]
                self.asks = None
            else:
                self.key(self.keys[0])
                self.keys = self.keys[1:]

    def paste(self, text):
        self.pasted_at = time.monotonic()
        if self.asks is not None:
            return
        if len(text) > 800 or text.count("\n") > 3:
            text = f'<pasted_content id="1">\n{text}\n</pasted_content id="1">'
        self.insert(text)

    def insert(self, text):
        if not self.text and text.startswith("!"):
            self.shell, text = True, text[1:]
        self.text = self.text[:self.cursor] + text + self.text[self.cursor:]
        self.cursor += len(text)

    def clear(self):
        self.text, self.cursor, self.shell = "", 0, False

    def arrow(self, key):
        if self.asks is not None and key in "AB":
            self.marked = 0 if key == "A" else 1

    def key(self, key):
        if key == "\r":
            self.enter()
        elif self.asks is not None:
            return
        elif key == "\x03":
            with open(self.path.with_suffix(".cleared"), "a") as file:
                file.write(self.text)
            self.clear()
        elif key == "\x01":
            self.cursor = 0
        elif key == "\x05":
            self.cursor = len(self.text)
        elif key == "\x7f" and self.cursor:
            self.text = self.text[:self.cursor - 1] + self.text[self.cursor:]
            self.cursor -= 1
        elif key >= " ":
            self.insert(key)

    def enter(self):
        if time.monotonic() - self.pasted_at < ENTER_DEAF:
            return
        if self.asks is not None:
            self.say(f"answered {('yes', 'no')[self.marked]}")
            self.asks = None
        elif self.text.endswith("\\"):
            self.text = self.text[:-1] + "\n"
            self.cursor = len(self.text)
        elif self.text.strip():
            text = ("shell: " if self.shell else "") + self.text.rstrip()
            self.clear()
            self.submit(text)

    def submit(self, text):
        if text == "quit":
            sys.exit(0)
        if text.startswith("ask: "):
            self.hear(text)
            self.asks, self.marked = text[5:], 0
        elif text.startswith("tool: "):
            self.hear(text)
            self.later(float(text.split()[1]), lambda: self.reply(text))
        else:
            slow = text.split()[1] if text.startswith("slow: ") else os.environ.get("FAKE_DELAY", "0")
            self.later(float(slow), lambda: self.say(text))

    def run(self):
        tty.setraw(0)
        time.sleep(float(os.environ.get("FAKE_START", "0")))
        os.write(1, b"\x1b[?2004h")
        decode = codecs.getincrementaldecoder("utf-8")()
        while True:
            while self.due and self.due[0][0] <= time.monotonic():
                self.due.pop(0)[1]()
            self.draw()
            wait = max(0, self.due[0][0] - time.monotonic()) if self.due else None
            if select.select([0], [], [], wait)[0]:
                typed = os.read(0, 65536)
                if not typed:
                    return
                self.take(decode.decode(typed))


def main():
    options = dict(zip(sys.argv[2::], sys.argv[3::]))
    Agent(sys.argv[1], options.get("--session-id") or options["--resume"]).run()


if __name__ == "__main__":
    main()
