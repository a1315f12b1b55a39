"""What users have today: FastAPI that tails a JSONL file by polling, one task for each reader.

Run by uvicorn with ROOT (a folder of NAME.jsonl files) and POLL (seconds, 0.5) in the environment. Ids and data are
those of tailcast's `raw` view, so that tailstorm checks every delivery.
"""

import asyncio
import json
import os
import time
import zlib
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

ROOT = Path(os.environ["ROOT"])
POLL = float(os.environ.get("POLL", "0.5"))
HEARTBEAT = 15.0

app = FastAPI()


def transcript(name: str) -> Path:
    path = ROOT / f"{name}.jsonl"
    if not path.is_file():
        raise HTTPException(404)
    return path


async def events(name: str, path: Path):
    offset = 0
    epoch = ""
    unread = b""
    said = time.monotonic()
    while True:
        with path.open("rb") as file:
            file.seek(offset + len(unread))
            unread += file.read()
        *lines, unread = unread.split(b"\n")
        frames = []
        for line in lines:
            if not epoch:
                epoch = f"{zlib.crc32(line):08x}"
                hello = {"session_id": name, "cursor": f"{epoch}-0"}
                frames.append(f"event: hello\nid: {epoch}-0\ndata: {json.dumps(hello)}\n\n".encode())
            offset += len(line) + 1
            frames.append(b"id: %s-%d\ndata: %s\n\n" % (epoch.encode(), offset, line))
        if frames:
            yield b"".join(frames)
            said = time.monotonic()
        elif time.monotonic() - said >= HEARTBEAT:
            yield b":\n\n"
            said = time.monotonic()
        await asyncio.sleep(POLL)


@app.get("/api/v1/sessions/{name}")
async def session(name: str):
    return {"id": name, "bytes": transcript(name).stat().st_size}


@app.get("/api/v1/sessions/{name}/stream")
async def stream(name: str):
    return StreamingResponse(
        events(name, transcript(name)), media_type="text/event-stream", headers={"Cache-Control": "no-cache"}
    )
