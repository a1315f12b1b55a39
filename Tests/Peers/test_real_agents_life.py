"""The real Claude Code and Codex through the whole life of a session, steered and watched over HTTP only."""
import http.client
import json
import threading

import pytest

from support.peer import Events
from support.waiting import until
from test_sessions import TMUX, gone, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")


class Watcher:
    """A client that comes back with the last id whenever its stream ends, and notes every message."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.events, self.last_id, self.ended = [], None, False
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        while not self.ended:
            headers = {"last-event-id": self.last_id} if self.last_id else {}
            query = "" if self.last_id else "?tail=500"
            try:
                with Events(self.server, f"/api/v1/sessions/{self.name}/stream{query}", headers, timeout=10) as stream:
                    for event in stream:
                        self.last_id = event.id or self.last_id
                        self.events.append(event)
            except (OSError, http.client.HTTPException, AssertionError, ValueError):
                threading.Event().wait(0.05)

    def told(self):
        """Ids and texts of all messages, in order."""
        messages = [event.json() for event in list(self.events) if event.name == "message"]
        return [(message["id"], message["role"], block) for message in messages for block in message["blocks"]]

    def texts(self, role="assistant"):
        return [block["text"] for _, who, block in self.told() if block["type"] == "text" and who == role]

    def hears(self, text, deadline=60):
        until(lambda: text in self.texts(), f"{text!r} is streamed", deadline)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_the_whole_life_of_a_real_agent(steered, real_agent, agent):  # noqa: F811
    home = real_agent(agent)
    desk = steered(**home.known)
    server = desk.server

    def say(name, text):
        answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": text})
        assert answer.status == 202, answer
        id = answer.json()["message_id"]
        until(lambda: server.get(f"/api/v1/sessions/{name}/messages/{id}").json()["state"] == "seen",
              f"{text!r} stands in the transcript", 60)

    # Created with a first message, watched from before its transcript is there.
    name = desk.create(project_path=str(home.project), agent=agent, title="first", tags=["real"],
                       launch_kind="agent_then_message", message="say hello to tailcast")
    watcher = Watcher(server, name)
    watcher.hears("echo: say hello to tailcast")
    desk.runs(name)
    native = desk.show(name)["native_session_id"]
    assert list(server.sessions()) == [name] and desk.show(native)["id"] == name
    say(name, "say a second time")
    watcher.hears("echo: say a second time")

    # A call of a tool, and its result.
    say(name, "run: echo $((6*7))-live")
    until(lambda: any("The command printed:" in text and "42-live" in text for text in watcher.texts()), "the tool ran", 60)
    blocks = [block for _, _, block in watcher.told()]
    uses = [block for block in blocks if block["type"] == "tool_use"]
    results = [block for block in blocks if block["type"] == "tool_result"]
    assert len(uses) == 1 and "42-live" in json.dumps(results[0]["content"]) and results[0]["tool_use_id"] == uses[0]["id"]

    # An interrupt ends a turn that would take a minute, and the agent listens again.
    say(name, "slow: 60 never said")
    assert desk.post(f"/api/v1/sessions/{name}/interrupt").status == 200
    say(name, "say after the interrupt")
    watcher.hears("echo: say after the interrupt")
    assert "never said" not in watcher.texts()

    # Started again, it goes on where it stood, in the same session.
    pid = desk.pane(name)
    desk.done(desk.post(f"/api/v1/sessions/{name}/agent-restart"))
    until(lambda: gone(pid), "the first agent has ended")
    say(name, "say one more")
    watcher.hears("echo: say one more")

    # A fork stands where its parent stands, and what is said in it is not said in the parent.
    answer = desk.server.ask("POST", f"/api/v1/sessions/{name}/fork", {"title": "second"},
                             headers={"accept": "application/json"})
    assert answer.status == 201, answer
    fork = answer.json()["session_id"]
    assert answer.json()["session"]["parent_session_id"] == name
    desk.runs(fork)
    say(fork, "say only here")
    until(lambda: "echo: say only here" in desk.said(fork), "the fork's transcript is its own", 60)
    assert "echo: say only here" not in desk.said(name) and set(server.sessions()) == {name, fork}

    # A crash of the server is nothing to agents: the next one finds them, and the watcher misses nothing.
    pid = desk.pane(name)
    server.kill()
    assert not gone(pid)
    server.start()
    shown = desk.runs(name)
    assert shown["agent_alive"] and shown["terminal_alive"] and shown["title"] == "first" and shown["tags"] == ["real"]
    assert desk.pane(name) == pid
    say(name, "say after the crash")
    watcher.hears("echo: say after the crash")

    # tmux ends, and the agent with it; revive brings it back to where it stood.
    desk.tmux("kill-server")
    shown = desk.stands(name, "exited", deadline=10)
    assert not shown["agent_alive"] and not shown["terminal_alive"]
    until(lambda: gone(pid), "the agent has ended")
    desk.done(desk.post(f"/api/v1/sessions/{name}/revive"))
    say(name, "say once more")
    watcher.hears("echo: say once more")

    # Nothing was lost, nothing came twice, nothing was typed twice.
    watcher.ended = True
    blocks = [json.dumps([id, block], sort_keys=True) for id, _, block in watcher.told()]
    assert len(blocks) == len(set(blocks))
    asked = [text for text in watcher.texts("user") if text.startswith(("say ", "run: ", "slow: "))]
    assert asked == ["say hello to tailcast", "say a second time", "run: echo $((6*7))-live", "slow: 60 never said",
                     "say after the interrupt", "say one more", "say after the crash", "say once more"]

    pid = desk.pane(name)
    for one in (name, fork):
        assert server.ask("DELETE", f"/api/v1/sessions/{one}").status == 204
    assert desk.show(name)["status"] == "closed"
    until(lambda: gone(pid), "the agent has ended")
    assert "echo: say once more" in desk.said(name)
