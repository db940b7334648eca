"""The load: clients on keep-alive connections, each posting an inquiry as soon as its last is answered.

Run as a process of its own: `python -m bench.clients HOST PORT FORM_KEY CLIENTS SECONDS`. Prints JSON:
`answers` (count by HTTP status), `seconds` and `latencies` in milliseconds. It speaks just enough
HTTP/1.1 (RFC 9112) for that, so that it takes as little of the machine as it can.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from uuid import uuid4

SETTLE = 2.5
"""Seconds before the first POST: a form filled in faster than 2 s is suspected."""


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader, self.writer, self.host = reader, writer, host

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and read its answer: status and body."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        self.writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answer.partition("content-length:")[2].split("\r\n")[0])
        return int(answer.split()[1]), await self.reader.readexactly(length)


def inquiry(token: str) -> bytes:
    """A new couple's inquiry, as the widget sends it."""
    key = uuid4().hex
    touch = {
        "utm_source": "google",
        "utm_medium": "cpc",
        "landing_page": "https://studio.example.com/pricing",
    }
    form = {
        "your_name": "Emma Clarke",
        "partner_name": "Oliver Shaw",
        "email": f"{key}@example.com",
        "phone": "+447700900123",
        "wedding_date": "2027-07-10",
        "venue": "Hollybrook Barn",
        "location": "Cotswolds, Gloucestershire",
        "guest_count": 90,
        "budget": "2800.00",
        "message": "We are getting married and love relaxed, natural pictures. Are you free that day?",
        "consent_data_processing": True,
    }
    return json.dumps(
        {"form": form, "visit": {"first": touch, "last": touch}, "idempotency_key": key, "token": token}
    ).encode()


async def main(host: str, port: int, form_key: str, clients: int, seconds: float) -> None:
    connections = [Client(*await asyncio.open_connection(host, port), host) for _ in range(clients)]
    _, config = await connections[0].ask("GET", f"/f/{form_key}/config")
    token = json.loads(config)["token"]
    await asyncio.sleep(SETTLE)
    answers: Counter[int] = Counter()
    latencies: list[float] = []
    began = time.perf_counter()

    async def post(client: Client) -> None:
        while (start := time.perf_counter()) - began < seconds:
            status, _ = await client.ask("POST", f"/f/{form_key}/inquiries", inquiry(token))
            answers[status] += 1
            latencies.append((time.perf_counter() - start) * 1000)

    await asyncio.gather(*map(post, connections))
    print(json.dumps({"answers": answers, "seconds": time.perf_counter() - began, "latencies": latencies}))


if __name__ == "__main__":
    _, host, port, form_key, clients, seconds = sys.argv
    asyncio.run(main(host, int(port), form_key, int(clients), float(seconds)))
