"""System tests: the built binary as a whole server, real sockets, and witnesses from outside.

TAILCAST_BIN     the program (default: the newest of .build/release and .build/debug)
TAILCAST_SHARED  the folder with transcripts and agents (default: ../shared); tests that need it are skipped without
TAILCAST_PICTURES  a folder for pictures of the page in every state, size and theme
TAILCAST_SEED    the seed of the random tests; each prints the one that it used
"""
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from support.ports import at_port, free_port  # noqa: E402
from support.real_agent import Terminal, install, scripted_model  # noqa: E402
from support.server import REPOSITORY, Server, binary  # noqa: E402

SHARED = Path(os.environ.get("TAILCAST_SHARED", REPOSITORY.parent / "shared")).resolve()
GENERATE = REPOSITORY / "Tests" / "TestSupport" / "generate.py"
SERVERS = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line("markers", "loops: runs with one and with two loops")


def pytest_collection_modifyitems(items):
    # A test that hangs says so, instead of holding the gate.
    for item in items:
        if item.config.pluginmanager.hasplugin("timeout") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(180, method="signal"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in item.stash.get(SERVERS, []):
            report.sections.append((f"log of {server.directory.name}", server.tail()))


@pytest.fixture(scope="session", autouse=True)
def program():
    """The program under test. Without one there is nothing to test: that is a failure, not a skip."""
    path = binary()
    if path is None or not path.exists():
        pytest.exit("no tailcast binary: build one, or set TAILCAST_BIN", returncode=2)
    return path


@pytest.fixture
def place():
    """A folder of the test's own, with a short name: a Unix socket's path has 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="tc-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def new_server(place, request):
    """Makes servers that are not started yet; whatever happens they are gone when the test ends."""
    made = request.node.stash.setdefault(SERVERS, [])

    def make(**options):
        made.append(Server(place / f"s{len(made)}", **options))
        return made[-1]

    yield make
    for server in made:
        server.end()


@pytest.fixture
def serve(new_server):
    """Makes and starts servers: `serve(agent=…, loops=…, settings={…}, flags=[…], auth=…)`."""
    return lambda **options: new_server(**options).start()


@pytest.fixture
def steady(new_server):
    """Makes servers that come back at the same port; clients wait 50 ms before they come back."""
    def make(**options):
        settings = {"streams.retry": "50ms", "shutdown.grace": "200ms", **options.pop("settings", {})}
        return at_port(new_server(agent="claude", settings=settings, **options), free_port()).start()

    return make


@pytest.fixture(params=[1, 2], ids=["1-loop", "2-loops"])
def loops(request):
    return request.param


@pytest.fixture
def seed():
    """The seed of a random test, printed: TAILCAST_SEED=N runs it again."""
    value = int(os.environ.get("TAILCAST_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TAILCAST_SEED={value}")
    return value


@pytest.fixture(scope="session")
def agents():
    """The real agents, installed."""
    reason = install()
    if reason:
        pytest.skip(f"the agents cannot be installed: {reason}")


@pytest.fixture
def real_agent(agents, place):
    """Makes the surroundings of a real agent, with a model that does as it is told: `real_agent("claude")`."""
    made = []
    with scripted_model() as model:
        def make(agent):
            made.append(Terminal(agent, place, model))
            return made[-1]

        yield make
        for one in made:
            one.end()


@pytest.fixture(scope="session")
def shared():
    """The folder of samples and agents."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent (TAILCAST_SHARED): no samples, no agents")
    return SHARED


@pytest.fixture(scope="session")
def generator():
    """The outside maker and judge of transcripts."""
    return GENERATE
