"""How `flask up` waits for its web process."""

import socket

from app.settings import Settings
from app.supervisor import Child, Supervisor


def test_a_web_that_answers_late_is_announced_then() -> None:
    said: list[str] = []
    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))
        parent = Supervisor(Settings(port=web.getsockname()[1]), children=[Child("web", [])])
        assert not parent._announced(lambda: said.append("ready"))
        assert said == []
        web.listen()
        assert parent._announced(lambda: said.append("ready"))
        assert said == ["ready"]
