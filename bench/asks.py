"""The load: clients on keep-alive connections, each asking again as soon as its last is answered.

Run as a process of its own: `python -m bench.asks < FILE`, a JSON object with `host`, `port`, `clients`,
`seconds` and `requests`, the HTTP/1.1 requests as texts, which the clients ask in turn. Prints JSON: the
`latencies` in milliseconds, the `seconds` they took, the `bytes` of the bodies. It fails at the first
answer that is not 200 or has GraphQL errors. One thread, no framework: it must take as little of the
machine as it can, as it runs beside what it measures.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
END = b"\r\n\r\n"


@dataclass
class Client:
    """One connection, waiting for one answer at a time."""

    connection: socket.socket
    requests: Iterator[bytes]
    asked_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def close(self) -> None:
        self.connection.close()

    def ask(self) -> None:
        self.received.clear()
        self.asked_at = time.perf_counter()
        self.connection.sendall(next(self.requests))

    def is_answered(self) -> bool:
        """Take what came; is the answer whole?"""
        came = self.connection.recv(1 << 20)
        if not came:
            raise RuntimeError("the server closed the connection")
        self.received += came
        return len(self.received) >= self._whole()

    def body(self) -> bytes:
        head, _, body = bytes(self.received).partition(END)
        if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
            raise RuntimeError(f"refused: {head[:60]!r} {body[:500]!r}")
        return body

    def _whole(self) -> float:
        end = self.received.find(END)
        if end < 0:
            return float("inf")
        head = bytes(self.received[:end]).lower()
        return end + len(END) + int(head.partition(b"content-length:")[2].split(b"\r\n")[0])


def connected(host: str, port: int, requests: list[str]) -> Client:
    """A client that asks these in turn."""
    connection = socket.create_connection((host, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Client(connection, cycle([text.encode() for text in requests]))


def measure(host: str, port: int, clients: int, seconds: float, requests: list[str]) -> dict[str, object]:
    """Ask for so long; what it took."""
    waiting = selectors.DefaultSelector()
    for first in range(clients):
        client = connected(host, port, requests[first:] + requests[:first])
        waiting.register(client.connection, selectors.EVENT_READ, client)
    began = time.perf_counter()
    for key in list(waiting.get_map().values()):
        key.data.ask()
    latencies, size = [], 0
    while (now := time.perf_counter()) - began < seconds:
        for key, _ in waiting.select(seconds):
            client = key.data
            if client.is_answered():
                latencies.append((time.perf_counter() - client.asked_at) * 1000)
                size += len(client.body())
                client.ask()
    return {"latencies": latencies, "seconds": now - began, "bytes": size}


def post(path: str, body: str, headers: dict[str, str] | None = None) -> str:
    """A POST of JSON as it goes over the line."""
    given = {"Host": "localhost", "Content-Type": "application/json", "Accept": "application/json"}
    given |= {"Content-Length": str(len(body.encode()))} | (headers or {})
    return f"POST {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in given.items()) + f"\r\n{body}"


def get(path: str, headers: dict[str, str] | None = None) -> str:
    given = {"Host": "localhost", "Accept": "*/*"} | (headers or {})
    return f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in given.items()) + "\r\n"


def asked(port: int, requests: list[str], clients: int, seconds: float) -> Any:
    """What a process of its own measures."""
    given = {"host": "127.0.0.1", "port": port, "requests": requests, "clients": clients, "seconds": seconds}
    line = [sys.executable, "-m", "bench.asks"]
    done = subprocess.run(
        line, input=json.dumps(given), capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(measure(**json.load(sys.stdin))))
