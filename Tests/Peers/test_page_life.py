"""A session's whole life by the page alone: a person with Chromium, the real Claude Code and Codex in their terminals."""
import pytest
from support.appearance import look
from support.waiting import until

from test_page import STATE, TEXTS, browser, one_browser  # noqa: F401
from test_questions import asks
from test_sessions import TMUX, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")


class Person:
    """Somebody who has nothing but the page."""

    def __init__(self, browser):  # noqa: F811
        self.browser = browser

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

    def starts(self, **fields):
        """Starts a session by the form and waits for the answer to its first message."""
        self.press("New session")
        for field, text in fields.items():
            self.fill(field, text)
        self.submit()
        self.reads(f"echo: {fields['message']}")
        self.stands("idle")

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

    def looks(self, name):
        look(self.browser, name)

    def asked(self):
        until(lambda: self.browser.run("document.querySelector('.question')?.hidden === false"), "the question is shown", 60)
        self.stands("waits for you")


@pytest.mark.timeout(300)
def test_a_session_is_started_talked_to_forked_ended_and_revived_from_the_page(steered, real_agent, browser):  # noqa: F811
    home = asks(real_agent("claude"))
    live(steered(**home.known), home, Person(browser))


@pytest.mark.timeout(240)
def test_codex_is_started_talked_to_and_answered_from_the_page(steered, real_agent, browser):  # noqa: F811
    home = asks(real_agent("codex"))
    answer_codex(steered(**home.known), home, Person(browser))


def answer_codex(desk, home, person):
    browser = person.browser  # noqa: F811
    browser.open(desk.server.url)
    person.starts(project_path=str(home.project), agent="codex", message="say hello from the page")
    person.say("say it again")
    person.reads("echo: say it again")

    person.say("ask: touch asked")
    person.asked()
    person.looks("codex-question")
    person.press("Yes, proceed")
    until((home.project / "asked").exists, "the command ran", 60)
    until(lambda: browser.run("document.querySelector('.question').hidden"), "nothing is asked any more")
    person.stands("idle")
    until(lambda: browser.run("document.querySelectorAll('.tool.done').length") == 1, "the call has its result")


def live(desk, home, person):
    browser = person.browser  # noqa: F811
    browser.open(desk.server.url)

    # A new session with a first message.
    person.starts(project_path=str(home.project), message="say hello from the page")
    name = person.session()
    until(lambda: browser.run(STATE) == "Live", "it is live")

    person.say("say it again")
    person.reads("echo: say it again")
    until(lambda: not browser.run("document.querySelectorAll('.sent').length"), "what was seen waits no more")

    # An interrupt, and the agent listens again.
    person.say("slow: 60 never said")
    person.stands("working")
    person.looks("claude-working")
    desk.seen(name, "slow: 60 never said")
    person.press("Interrupt")
    person.say("say after the interrupt")
    person.reads("echo: say after the interrupt", 120)

    # A question: shown in the page, answered there.
    person.say("run: touch asked && echo $((6*7))-live")
    person.asked()
    person.looks("claude-question")
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
    person.looks("claude-fork")

    # The end of a session, and its revival.
    person.menu("End the session")
    person.submit()
    person.stands("closed")
    person.menu("Revive")
    person.stands("idle")
    person.say("say after the revival")
    person.reads("echo: say after the revival")
    assert set(desk.server.sessions()) == {name, fork}
