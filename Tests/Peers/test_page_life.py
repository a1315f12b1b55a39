"""A session's whole life by the page alone: a person with Chromium, the real Claude Code in its terminal."""
import os
from pathlib import Path

import pytest
from support.real_agent import Terminal, scripted_model
from support.waiting import until

from test_page import STATE, TEXTS, browser, one_browser  # noqa: F401
from test_sessions import TMUX, agents, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")
PICTURES = os.environ.get("TAILCAST_PICTURES")


class Person:
    """Somebody who has nothing but the page."""

    def __init__(self, browser, url):  # noqa: F811
        self.browser = browser
        self.url = url

    def click(self, what):
        until(lambda: self.browser.run(f"!!{what}"), f"{what} is there")
        self.browser.run(f"{what}.click()")

    def named(self, name):
        """A visible button by what it is called or says."""
        return (f"[...document.querySelectorAll('button')].find(e => e.checkVisibility() && "
                f"(e.getAttribute('aria-label') ?? e.textContent).startsWith({name!r}))")

    def press(self, name):
        self.click(self.named(name))

    def fill(self, field, text):
        until(lambda: self.browser.run(f"!!document.querySelector('dialog[open] [name={field}]')"), f"{field} is asked for")
        self.browser.run(f"document.querySelector('dialog[open] [name={field}]').value = {text!r}")

    def submit(self):
        self.browser.run("document.querySelector('dialog[open] form').requestSubmit()")
        until(lambda: not self.browser.run("!!document.querySelector('dialog[open]')"), "the dialog is done")

    def menu(self, choice):
        self.click("document.querySelector('.head [aria-haspopup=menu]')")
        self.press(choice)

    def say(self, text):
        self.browser.run("document.querySelector('.composer textarea').focus()")
        self.browser.type(text)
        self.browser.press("Enter")

    def reads(self, text, deadline=60):
        until(lambda: any(text in one for one in self.browser.run(TEXTS)), f"{text!r} is shown", deadline)

    def head(self):
        """What the header says; a dot says its state twice, to eyes and ears."""
        return self.browser.run("document.querySelector('.head-text')?.innerText ?? ''")

    def stands(self, state):
        try:
            until(lambda: state in self.head(), f"the header says {state}", 60)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.head()}") from None

    def session(self):
        return self.browser.run("location.hash").removeprefix("#/s/")

    def picture(self, name):
        if not PICTURES:
            return
        for width in (360, 1024, 2560):
            for dark in (False, True):
                self.browser.resize(width, 800, dark)
                self.browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
                self.browser.picture(Path(PICTURES) / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        self.browser.resize(1200, 800)


@pytest.mark.timeout(300)
def test_a_session_is_started_talked_to_forked_ended_and_revived_from_the_page(steered, place, agents, browser):  # noqa: F811
    with scripted_model() as model:
        home = Terminal("claude", place, model)
        program = home.directory / "bin" / "claude"
        # It asks before it runs a command.
        program.write_text(program.read_text().replace("--allowedTools Bash", "--permission-mode default"))
        try:
            live(steered, home, Person(browser, None), program)
        finally:
            home.end()


def live(steered, home, person, program):  # noqa: F811
    browser = person.browser  # noqa: F811
    desk = steered(roots=[("claude", home.root)], settings={"agents.claude.command": str(program)})
    browser.open(desk.server.url)

    # A new session with a first message.
    person.press("New session")
    person.fill("project_path", str(home.project))
    person.fill("message", "say hello from the page")
    person.picture("new")
    person.submit()
    person.reads("echo: say hello from the page")
    name = person.session()
    person.stands("idle")
    until(lambda: browser.run(STATE) == "Live", "it is live")

    person.say("say it again")
    person.reads("echo: say it again")
    until(lambda: not browser.run("document.querySelectorAll('.sent').length"), "what was seen waits no more")

    # An interrupt, and the agent listens again.
    person.say("slow: 60 never said")
    person.stands("working")
    person.picture("working")
    desk.seen(name, "slow: 60 never said")
    person.press("Interrupt")
    person.say("say after the interrupt")
    person.reads("echo: say after the interrupt", 120)

    # A question: shown in the page, answered there.
    person.say("run: touch asked && echo $((6*7))-live")
    until(lambda: browser.run("document.querySelector('.question')?.hidden === false"), "the question is shown", 60)
    person.stands("waits for you")
    person.picture("question")
    person.press("Yes")
    until(lambda: any("42-live" in text for text in desk.said(name)), "the command ran", 60)
    until(lambda: browser.run("document.querySelector('.question').hidden"), "nothing is asked any more")
    until(lambda: browser.run("document.querySelectorAll('.tool.done').length") == 1, "the call has its result")

    # Keys: one that the agent shows.
    person.click("document.querySelector('.composer [aria-label=Keys]')")
    person.press("Shift+Tab")
    desk.seen(name, "accept edits on")

    # Title and tags.
    person.menu("Title")
    person.fill("title", "A life by the page")
    person.submit()
    person.stands("A life by the page")
    person.menu("Tags")
    person.fill("tags", "real, page")
    person.submit()
    until(lambda: desk.show(name)["tags"] == ["real", "page"], "the tags are kept")
    until(lambda: browser.run("[...document.querySelectorAll('.head .tag')].map(e => e.textContent)") == ["real", "page"],
          "and shown")
    person.picture("talked")

    # A fork stands where its parent stands and knows it.
    person.menu("Fork")
    person.fill("prompt", "say only in the fork")
    person.fill("title", "The fork")
    person.submit()
    until(lambda: person.session() != name, "the fork is opened")
    person.reads("echo: say only in the fork")
    person.reads("echo: say it again")
    fork = person.session()
    person.stands("forked from")
    person.picture("fork")

    # The end of a session, and its revival.
    person.menu("End the session")
    person.submit()
    person.stands("closed")
    person.menu("Revive")
    person.stands("idle")
    person.say("say after the revival")
    person.reads("echo: say after the revival")
    assert set(desk.server.sessions()) == {name, fork}
