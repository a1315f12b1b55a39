"""Waiting for conditions with a deadline. A test never sleeps for luck and never asserts how long something took."""
import asyncio
import time

DEADLINE = 30.0
PAUSE = 0.01


class TooLate(AssertionError):
    """A condition did not come true in time."""


def until(condition, what, deadline=DEADLINE):
    """Calls `condition` until it gives something true, which is returned."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TooLate(f"not within {deadline:g} s: {what}")
        time.sleep(PAUSE)


async def until_async(condition, what, deadline=DEADLINE):
    """The same inside an event loop; `condition` may be a coroutine function."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        if time.monotonic() > end:
            raise TooLate(f"not within {deadline:g} s: {what}")
        await asyncio.sleep(PAUSE)


def run(coroutine, deadline=120.0):
    """Runs a test's coroutine to its end."""

    async def limited():
        return await asyncio.wait_for(coroutine, deadline)

    return asyncio.run(limited())
