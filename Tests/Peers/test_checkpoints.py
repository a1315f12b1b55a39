"""Going on at an earlier message, with the real Claude Code."""
import pytest

from support.waiting import until
from test_sessions import TMUX, gone, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")


@pytest.mark.timeout(240)
def test_claude_code_goes_on_at_an_earlier_message(steered, real_agent):  # noqa: F811
    home = real_agent("claude")
    desk = steered(**home.known)
    server = desk.server

    def say(name, text):
        assert desk.post(f"/api/v1/sessions/{name}/messages", {"message": text}).status == 202
        until(lambda: f"echo: {text}" in desk.said(name), f"{text!r} is answered", 60)

    def asked(name):
        return [text for text in desk.told(name) if text.startswith("say ")]

    name = desk.create(project_path=str(home.project), agent="claude", launch_kind="agent_then_message",
                       message="say one", title="T")
    until(lambda: "echo: say one" in desk.said(name), "the first message is answered", 60)
    say(name, "say two")
    say(name, "say three")
    points = {point["title"]: point for point in
              server.get(f"/api/v1/sessions/{name}/checkpoints").json()["checkpoints"]}

    # A fork before the third message knows the first two and nothing of the third.
    answer = server.ask("POST", f"/api/v1/sessions/{name}/fork",
                        {"checkpoint_id": points["say three"]["id"], "prompt": "say other"},
                        headers={"accept": "application/json"})
    assert answer.status == 201, answer
    fork = answer.json()["session_id"]
    assert answer.json()["session"]["fork_point"] == points["say three"]["id"]
    assert answer.json()["session"]["parent_session_id"] == name
    until(lambda: "echo: say other" in desk.said(fork), "the fork answers", 60)
    assert asked(fork) == ["say one", "say two", "say other"]
    assert "say three" not in desk.screen(fork)
    assert asked(name) == ["say one", "say two", "say three"]

    # A rewind goes on in the same session: its history keeps what was said, its agent knows nothing of it.
    answer = desk.post(f"/api/v1/sessions/{name}/rewind", {"message_uuid": points["say two"]["message_uuid"]})
    assert answer.status == 202 and answer.json()["files_restored"] is False and answer.json()["message"]
    desk.done(answer)
    until(lambda: "say one" in desk.screen(name), "the agent shows where it stands")
    assert "say two" not in desk.screen(name)
    say(name, "say four")
    assert asked(name) == ["say one", "say two", "say three", "say four"]
    assert set(server.sessions()) == {name, fork}

    # Started again, it stands where it stood.
    desk.done(desk.post(f"/api/v1/sessions/{name}/agent-restart"))
    until(lambda: "say four" in desk.screen(name), "the agent shows where it stands")
    assert "say three" not in desk.screen(name)

    for body, status in [({"checkpoint_id": points["say one"]["id"]}, 422), ({"message_uuid": "no-such"}, 404),
                         ({"checkpoint_id": "00000000-7"}, 404), ({}, 400)]:
        answer = desk.post(f"/api/v1/sessions/{name}/rewind", body)
        assert answer.status == status, (body, answer)
    pid = desk.pane(name)
    for one in (name, fork):
        assert server.ask("DELETE", f"/api/v1/sessions/{one}").status == 204
    until(lambda: gone(pid), "the agent has ended")
