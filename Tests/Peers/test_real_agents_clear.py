"""A real Claude Code without hooks goes on in a new transcript: its session follows, and no other one does."""
import pytest

from support.waiting import until
from test_sessions import TMUX, steered  # noqa: F401

pytestmark = pytest.mark.skipif(not TMUX, reason="tmux is absent")


@pytest.mark.timeout(240)
def test_after_clear_each_of_two_sessions_in_one_directory_has_its_own_new_file(steered, real_agent):  # noqa: F811
    home = real_agent("claude")
    desk = steered(**home.known)

    def say(name, text):
        answer = desk.post(f"/api/v1/sessions/{name}/messages", {"message": text})
        assert answer.status == 202, answer

    def heard(name, text):
        until(lambda: text in desk.said(name), f"{name} has {text!r}", 60)

    one, two = (desk.create(project_path=str(home.project), agent="claude") for _ in range(2))
    for name in (one, two):
        desk.runs(name)
        say(name, f"say begun {name[:8]}")
        heard(name, f"echo: say begun {name[:8]}")
    # A third one that nobody here has started writes in the same directory.
    home.start()
    home.type("say by hand")
    home.seen("echo: say by hand")
    found = until(lambda: next(iter(set(desk.server.sessions()) - {one, two}), None), "the third is found")

    # Both at once, and the one by hand too.
    home.type("/clear")
    for name in (one, two):
        say(name, "/clear")
    for name in (two, one):
        say(name, f"say after {name[:8]}")
    home.type("say by hand again")
    home.seen("echo: say by hand again")
    for name in (one, two):
        heard(name, f"echo: say after {name[:8]}")
        assert desk.show(name)["native_session_id"] != name
    for name, other in ((one, two), (two, one)):
        said = desk.said(name)
        assert f"echo: say begun {name[:8]}" in said and f"echo: say after {name[:8]}" in said
        assert not [text for text in said if other[:8] in text or "by hand" in text]
    # What was typed by hand stays what was found.
    again = until(lambda: next(iter(set(desk.server.sessions()) - {one, two, found}), None), "its new file is found")
    assert "echo: say by hand again" in desk.said(again) and not desk.show(again)["managed"]
    assert set(desk.server.sessions()) == {one, two, found, again}

    # It stays so when the server is started again.
    desk.server.kill()
    desk.server.start()
    for name in (one, two):
        desk.runs(name)
        say(name, f"say at last {name[:8]}")
        heard(name, f"echo: say at last {name[:8]}")
    assert set(desk.server.sessions()) == {one, two, found, again}
