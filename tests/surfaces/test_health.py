"""What operators read."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.kernel.db import owner_engine
from app.settings import Settings


def test_the_process_says_it_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_when_the_database_is_at_our_migration(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (200, "ok")


def test_a_missing_migration_is_said_with_the_command_that_mends_it(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = owner_engine(settings.database_url or "")
    monkeypatch.setitem(app.extensions, "schema_is_there", False)
    with engine.begin() as connection:
        (present,) = connection.execute(text("delete from alembic_version returning version_num")).scalars()
    try:
        answer, page = client.get("/readyz"), client.get("/login")
        assert (answer.status_code, page.status_code) == (503, 503)
        assert "flask --app wsgi db upgrade" in answer.json["checks"]["database"]
        assert page.headers["Retry-After"] == "30"
    finally:
        with engine.begin() as connection:
            connection.execute(text("insert into alembic_version values (:v)"), {"v": present})
    assert client.get("/login").status_code == 200


def test_a_schema_newer_than_the_code_is_fine(app: Flask, client: FlaskClient, settings: Settings) -> None:
    engine = owner_engine(settings.database_url or "")
    with engine.begin() as connection:
        (present,) = connection.execute(text("select version_num from alembic_version")).scalars()
        connection.execute(text("update alembic_version set version_num = '9999'"))
    try:
        assert client.get("/readyz").status_code == 200
    finally:
        with engine.begin() as connection:
            connection.execute(text("update alembic_version set version_num = :v"), {"v": present})


def test_redis_away_is_said_and_is_no_reason_to_stop(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "wait for the sweep" in answer.json["checks"]["redis"]


def test_metrics_count_requests_and_what_is_due(client: FlaskClient) -> None:
    client.get("/healthz")
    body = client.get("/metrics").text
    assert 'wedsync_requests_total{endpoint="health.healthz",method="GET",status="200"}' in body
    assert "wedsync_due_messages 0" in body or "wedsync_due_messages " in body


def test_a_made_up_method_is_not_a_series_of_its_own(client: FlaskClient) -> None:
    client.open("/healthz", method="BREW")
    counted = client.get("/metrics").text
    assert 'method="BREW"' not in counted
    assert 'method="other"' in counted


def test_metrics_are_not_for_everybody(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize("given", ["abcdef12-3456", "x" * 8])
def test_a_sensible_request_id_comes_back(client: FlaskClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


def test_a_strange_request_id_is_replaced(client: FlaskClient) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert answered.isalnum()
    assert len(answered) == 32
