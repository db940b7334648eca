"""A wire to a mail server that is cut at random bytes, by a seed."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Wire:
    """Passes bytes on; every so often it cuts a connection after some byte that the client sent, or before
    some byte of an answer. `cuts` counts them."""

    def __init__(self, target: str, seed: int, share: float) -> None:
        parts = urlsplit(target)
        self.target = (parts.hostname or "", parts.port or 0)
        self.random = random.Random(seed)
        self.share = share
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            pair = (near, far)
            sent, answered = None, None
            if self.random.random() < self.share:
                sent = self.random.randrange(1, 30_000)
            elif self.random.random() < self.share:
                answered = self.random.randrange(1, 600)
            threading.Thread(target=self._pass_on, args=(near, far, sent, pair), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, answered, pair), daemon=True).start()

    def _pass_on(
        self,
        source: socket.socket,
        sink: socket.socket,
        most: int | None,
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if most is not None and len(data) >= most:
                    sink.sendall(data[: most - 1])
                    self.cuts += 1
                    break
                most = most - len(data) if most is not None else None
                sink.sendall(data)
        for each in pair:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(target: str, seed: int, share: float) -> Iterator[Wire]:
    wire = Wire(target, seed, share)
    try:
        yield wire
    finally:
        wire.close()
