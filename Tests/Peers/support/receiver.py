"""A receiver of webhooks that an outsider could have written: http.server, one thread a request."""
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["X-Hook-Id"]

    def is_signed(self, secret):
        """Whether the signature is the HMAC of time and body, computed by Python's own library."""
        signed = self.headers["X-Hook-Timestamp"].encode() + b"." + self.body
        expected = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, self.headers.get("X-Hook-Signature", ""))


class Receiver:
    """Listens on a port of 127.0.0.1. `answers` are statuses, or (status, headers), for the requests in turns; the last
    one stays. While `gate` is cleared, requests are read and not answered."""

    def __init__(self, *answers, port=0):
        self.answers = list(answers) or [200]
        self.hooks = []
        self.gate = threading.Event()
        self.gate.set()
        receiver = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver.lock:
                    receiver.hooks.append(Hook(self.path, dict(self.headers.items()), body))
                    answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                receiver.gate.wait(60)
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # the caller has gone

            def log_message(self, *words):
                pass

        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Requests)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def close(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
