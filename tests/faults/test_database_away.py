"""PostgreSQL goes away and comes back: 503 with Retry-After, a page a person can read, then all is well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app, embedded
from app.kernel.limits import limiter
from app.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    embedded.stop(tmp_path / "var")


@pytest.fixture
def fragile(var: Path, settings: Settings) -> Flask:
    """An app on a database server of its own."""
    url = embedded.start(var, redis=False).database_url
    app = create_app(settings.model_copy(update={"database_url": url, "rate_limits": False}))
    with app.app_context():
        upgrade()
    return app


def test_everybody_hears_it_in_their_own_words(fragile: Flask, var: Path) -> None:
    client = fragile.test_client()
    assert client.get("/readyz").status_code == 200
    embedded.stop(var)

    page = client.post("/f/" + "A" * 32, data={"your_name": "Ada"}, headers={"Accept": "text/html"})
    program = client.post("/f/" + "A" * 32 + "/inquiries", json={"form": {}, "idempotency_key": "k" * 10})
    graph = client.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"Authorization": "Bearer wsl_" + "A" * 64}
    )
    rest = client.get("/api/leads", headers={"Authorization": "Bearer wsl_" + "A" * 64})
    ready = client.get("/readyz")
    for answer in (page, program, graph, rest, ready):
        assert answer.status_code == 503, answer.text
    for answer in (page, program, graph, rest):
        assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in page.text
    assert "moment" in page.text
    assert program.content_type == rest.content_type == "application/problem+json"

    embedded.start(var, redis=False)
    assert client.get("/readyz").status_code == 200


def test_it_is_not_taken_for_a_fault_of_the_counters(
    fragile: Flask, var: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who is slowed down is asked of the database: without it, the limits are still counted in Redis."""
    counting = create_app(fragile.extensions["settings"].model_copy(update={"rate_limits": True}))
    client = counting.test_client()
    try:
        assert client.get("/readyz").status_code == 200
        embedded.stop(var)
        answer = client.get("/api/leads", headers={"Authorization": "Bearer wsl_" + "A" * 64})
        assert answer.status_code == 503
        assert "falling back to in-memory" not in caplog.text
    finally:
        limiter.enabled = fragile.config["RATELIMIT_ENABLED"]
