"""Tokens by session and model, against a count of the same files by other means."""
import json

from support.samples import serve_samples
from support.waiting import until


def number(value):
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**12 else 0


def claude(records):
    calls = {}
    for place, row in enumerate(records):
        message = row.get("message")
        if not isinstance(message, dict) or not isinstance(message.get("usage"), dict):
            continue
        if row.get("type", message.get("role")) != "assistant":
            continue
        usage = message["usage"]
        key = (message["id"], row.get("requestId", row.get("requestRef"))) if "id" in message else place
        calls[key] = (message.get("model"), number(usage.get("input_tokens")), number(usage.get("output_tokens")),
                      number(usage.get("cache_read_input_tokens")), number(usage.get("cache_creation_input_tokens")))
    return calls.values()


def codex(records):
    calls, model = {}, None
    for row in records:
        payload = row.get("payload") or {}
        if row.get("type") == "turn_context":
            model = payload.get("model", model)
        info = payload.get("info") if payload.get("type") == "token_count" else None
        if isinstance(info, dict) and isinstance(info.get("last_token_usage"), dict):
            last = info["last_token_usage"]
            cached = number(last.get("cached_input_tokens"))
            calls[json.dumps(info.get("total_token_usage", last))] = (
                model, number(last["input_tokens"]) - cached, number(last["output_tokens"]), cached, 0)
    return calls.values()


def gemini(messages):
    calls = {}
    for message in messages:
        tokens = message.get("tokens")
        if isinstance(tokens, dict) and "id" in message:
            cached = number(tokens.get("cached"))
            calls[message["id"]] = (
                message.get("model"), number(tokens["input"]) - cached + number(tokens.get("tool")),
                number(tokens["output"]) + number(tokens.get("thoughts")), cached, 0)
    return calls.values()


def expected(sample):
    if sample.is_document:
        document = json.loads(sample.path.read_text())
        calls = gemini(document.get("messages") or document.get("history") or [])
    else:
        count = {"claude": claude, "codex": codex, "gemini": gemini}[sample.agent]
        calls = count([row for row in map(json.loads, sample.records()) if isinstance(row, dict)])
    calls = [call for call in calls if sum(call[1:])]
    return len(calls), [sum(call[part] for call in calls) for part in range(1, 5)], {call[0] for call in calls}


def test_samples_are_counted_as_another_program_counts_them(new_server, shared):
    server, samples = serve_samples(new_server, shared)
    whole = until(lambda: (page := server.get("/api/v1/usage/sessions?all=true&page_size=100").json())["complete"]
                  and page, "all samples are counted")
    assert whole["total"] > 10
    told = 0
    for sample in samples:
        if sample.agent not in ("claude", "codex", "gemini"):
            continue
        found = server.get(f"/api/v1/sessions/{sample.session}/usage").json()
        calls, parts, models = expected(sample)
        assert found["complete"], sample
        if not calls:
            assert "usage" not in found and "model_usage" not in found, sample
            continue
        told += 1
        usage = found["usage"]
        assert [usage["calls"], usage["input_tokens"], usage["output_tokens"], usage["cache_read_input_tokens"],
                usage["cache_creation_input_tokens"]] == [calls, *parts], sample
        assert usage["total_tokens"] == sum(parts)
        assert set(found["model_usage"]) == {model or "unknown" for model in models}, sample
        shown = server.session(sample.session)
        assert shown["usage"] == usage and shown["model_usage"] == found["model_usage"]
    assert told > 5


def test_a_growing_session_is_counted_on_also_by_the_next_server(serve):
    server = serve(agent="claude")
    file = server.root / "p" / "11111111-1111-4111-8111-111111111111.jsonl"
    file.parent.mkdir()

    def append(call, output, text="x"):
        row = {"type": "assistant", "uuid": f"{call}-{output}", "requestId": f"r{call}", "sessionId": file.stem,
               "message": {"id": f"m{call}", "role": "assistant", "model": "m", "content": [{"type": "text", "text": text}],
                           "usage": {"input_tokens": 10, "output_tokens": output}}}
        with open(file, "a") as out:
            out.write(json.dumps(row) + "\n")

    def counts(*wanted):
        def look():
            answer = server.get(f"/api/v1/sessions/{file.stem}/usage")
            usage = answer.json().get("usage") if answer.status == 200 else None
            return usage and (usage["calls"], usage["output_tokens"]) == wanted
        until(look, f"{wanted} are counted")

    append(1, 1)
    append(1, 3)
    counts(1, 3)
    append(2, 5)
    counts(2, 8)
    server.kill()
    append(2, 9)
    append(3, 1)
    server.start()
    counts(3, 13)
    file.write_text("")
    append(4, 2)
    counts(1, 2)
