"""A website of somebody else, on an origin of its own, with a policy that trusts one host."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rose Barn</title></head><body>
<h1>Contact</h1><script src="{host}/widget.js" data-form="{key}" data-theme="light" async></script>
</body></html>"""
POLICY = "default-src 'none'; script-src {host}; connect-src {host}; require-trusted-types-for 'script'"


@contextmanager
def strangers_page(host: str, key: str) -> Iterator[str]:
    """Its address while the block runs. The policy lists `host` alone and forbids all that is inline."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(host=host, key=key).encode() if self.path == "/" else b""
            self.send_response(200 if body else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(host=host))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
