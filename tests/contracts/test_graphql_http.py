"""The public audits of GraphQL over HTTP, against a server that listens: every MUST, SHOULD and MAY."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.kernel.actor import Permission
from app.settings import ROOT
from tests.cast import House

AUDIT = Path(__file__).with_name("audit.mjs")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/graphql"
    server.shutdown()
    thread.join()


@pytest.fixture
def node() -> str:
    """Node with the packages of package.json; CI has them."""
    found = shutil.which("node")
    if found and (ROOT / "node_modules" / "graphql-http").is_dir():
        return found
    if os.environ.get("CI"):
        pytest.fail("CI runs the audits: node or node_modules/graphql-http is missing")
    pytest.skip("needs node and node_modules/graphql-http (make setup)")


def test_every_audit_passes(app: Flask, house: House, address: str, node: str) -> None:
    with app.app_context():
        _, key = create_api_key(house.owner.actor, NewApiKey(name="audit", scopes=[Permission.READ]))
    run = subprocess.run(
        [node, AUDIT, address, key], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    results: list[dict[str, Any]] = json.loads(run.stdout)
    assert len(results) > 50
    assert [found for found in results if found["status"] != "ok"] == []
