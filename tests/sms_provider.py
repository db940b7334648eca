"""A provider of text messages on this machine, with Twilio's interface: answers as a test asks."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Taken:
    """One call, and the number of the connection that it came by."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    connection: int


@dataclass
class SmsProvider:
    """What was posted. `answer` is (status, body) of the next; `None` hangs up without a word."""

    url: str = ""
    calls: list[Taken] = field(default_factory=list)
    answer: tuple[int, Any] | None = (201, None)
    """A body of None is that of a message which is queued."""
    seconds: float = 0
    hangs_up_after: bool = False
    """Close the connection after an answer, without saying so."""
    connections: int = 0


@contextmanager
def sms_provider() -> Iterator[SmsProvider]:
    """The provider on a free port of this machine."""
    provider = SmsProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _handler(provider: SmsProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            provider.connections += 1
            self.number = provider.connections

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
            provider.calls.append(Taken(self.path, form, dict(self.headers), self.number))
            time.sleep(provider.seconds)
            if provider.answer is None:
                self.close_connection = True
                return
            status, said = provider.answer
            if said is None:
                said = {"sid": f"SM{len(provider.calls)}", "status": "queued"}
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = provider.hangs_up_after

        def log_message(self, *_: object) -> None:
            """Tests say what they need to."""

    return Handler
