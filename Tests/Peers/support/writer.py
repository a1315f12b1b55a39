"""A process that appends to a transcript without pause until it is told to stop. Not a part of the tests' process:
nothing that a test does slows it down."""
import contextlib
import json
import subprocess
import sys
import time

if __name__ == "__main__":
    import os

    target, stop, rate, size = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    descriptor = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    number, began = 0, time.monotonic()
    while not os.path.exists(stop):
        record = json.dumps({"seq": number, "text": "x" * size}, separators=(",", ":")).encode() + b"\n"
        cut = number % len(record)
        os.write(descriptor, record[:cut])
        os.write(descriptor, record[cut:])
        number += 1
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
    print(number)


@contextlib.contextmanager
def appending(target, rate=60, size=60):
    """Appends `{"seq": 0}`, `{"seq": 1}`, … `rate` times a second, each line in two writes, inside the block. Gives
    a function that stops the writer and says how many records it wrote."""
    stop = target.parent.parent / f"{target.name}.stop"
    process = subprocess.Popen([sys.executable, __file__, str(target), str(stop), str(rate), str(size)],
                               stdout=subprocess.PIPE, text=True)

    def finish():
        stop.touch()
        return int(process.communicate(timeout=30)[0])

    try:
        yield finish
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        stop.unlink(missing_ok=True)
