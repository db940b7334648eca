"""How `flask up` waits for its web process."""

import socket
from itertools import count
from types import SimpleNamespace

import pytest

from app import supervisor
from app.settings import Settings


def test_a_web_that_answers_late_is_still_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    minutes, naps = count(step=60), count()
    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))

        def sleep(_seconds: float) -> None:
            if next(naps) == 5:
                web.listen()

        slow_machine = SimpleNamespace(monotonic=lambda: next(minutes), sleep=sleep)
        monkeypatch.setattr(supervisor, "time", slow_machine)
        parent = supervisor.Supervisor(Settings(port=web.getsockname()[1]))
        parent.children = [supervisor.Child("web", [])]
        assert parent._wait_for_web()
