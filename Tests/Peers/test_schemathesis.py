"""The OpenAPI document of a running server, tried by schemathesis: what it says is what the server does."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# What never ends, ends the server, or starts programs and calls addresses is tried by tests of its own.
ENDLESS = ("/connect", "/stream", "/streaming", "/events", "/ws", "/mux", "/execute", "/shutdown", "/resume", "/fork", "/chat")
PREFIX = {"v1": "/api/v1/", "api": "/api/", "root": "/"}
# The canonical mount is tried with right and wrong requests; the others differ in what they answer only.
MODE = {"v1": "all", "api": "positive", "root": "positive"}
# TAILCAST_PHASES=coverage tries every bound of every field of every route: minutes.
PHASES = os.environ.get("TAILCAST_PHASES", "fuzzing")
EXAMPLES = {"v1": "4", "api": "2", "root": "2"}

CONFIGURATION = """\
# What is not served says so by 501; 412 is for a version that does not match, 422 for what is well formed and cannot be.
[checks.not_a_server_error]
expected-statuses = ['2xx', '3xx', '4xx', '501']
[checks.positive_data_acceptance]
expected-statuses = ['2xx', '401', '403', '404', '409', '412', '414', '422', '501']
# Whether an agent can be started depends on the machine: a directory that is none, an agent that is not configured.
# Files come in three ways, which one schema does not tell apart.
[[operations]]
include-path-regex = "/(sessions|spawn|file|voice)$"
[operations.checks.positive_data_acceptance]
expected-statuses = ['2xx', '400', '401', '403', '404', '409', '412', '414', '422', '501']
# Where a body is optional, none at all is no wrong one.
[[operations]]
include-path-regex = "/sessions/cleanup$"
[operations.checks.negative_data_rejection]
expected-statuses = ['200', '400', '403', '415']
# Unknown parameters are ignored by contract, as unknown fields are: a request is not wrong for having one.
[generation]
allow-extra-parameters = false
# Ids of earlier answers put into mutated requests would make them right again.
[phases.fuzzing.extra-data-sources]
responses = false
"""


def mounted(path):
    return next(mount for mount, prefix in PREFIX.items() if path.startswith(prefix))


def trimmed(document, mount):
    """What is served at a mount, each route under one name; what is not served only where it shares a path with what
    is. That the others answer 501, and aliases the same, is shown by the table's own tests."""
    paths = {}
    for path, item in document["paths"].items():
        # What `/` refuses is a page or, for a used ticket, an error: its own tests know which.
        if mounted(path) != mount or path == "/" or path.endswith(ENDLESS):
            continue
        kept = {method: operation for method, operation in item.items()
                if not operation.get("description", "").startswith("Another name")}
        if any(not operation.get("description", "").startswith("Answered 501") for operation in kept.values()):
            paths[path] = kept
    return {**document, "paths": paths}


@pytest.mark.timeout(300, method="signal")
@pytest.mark.parametrize("mount", PREFIX)
def test_the_document_is_true(serve, place, seed, mount):
    # Wrong keys are tried as well, more of them than one client may send.
    server = serve(auth="key", settings={"projects.roots": str(place), "fs_root": str(place), "rate.bad_keys": 0})
    key = {"X-API-Key": server.key()}
    document = trimmed(server.get("/openapi.json", headers=key).json(), mount)
    assert len(document["paths"]) > 20
    (place / "openapi.json").write_text(json.dumps(document))
    (place / "schemathesis.toml").write_text(CONFIGURATION)
    run = subprocess.run(
        [str(Path(sys.executable).parent / "schemathesis"), "--config-file", "schemathesis.toml", "run",
         "openapi.json", "--url", server.url, "--checks", "all", "--max-examples", EXAMPLES[mount], "--seed", str(seed),
         "--phases", PHASES, "--mode", MODE[mount], "--header", f"X-API-Key: {key['X-API-Key']}", "--workers", "1",
         "--request-timeout", "20", "--generation-database", "none", "--no-color",
         "--suppress-health-check", "all", "--generation-with-security-parameters", "false",
         "--generation-allow-x00", "false"],
        capture_output=True, text=True, cwd=place, timeout=280)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2000:]
    assert server.get("/healthz").status == 200
