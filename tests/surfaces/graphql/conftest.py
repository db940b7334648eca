"""A supplier at work over GraphQL: its keys, rows to ask for, a count of the statements an answer costs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.db import Base
from app.kernel.uow import unit_of_work
from app.leads.schemas import LeadCreate
from app.models.leads import Lead
from app.workflows.create_lead import create_lead
from tests.architecture.ledger import ledger
from tests.cast import House
from tests.statements import listening


@dataclass(frozen=True)
class Caller:
    """A program with a key."""

    app: Flask
    key: str

    def send(self, query: str, variables: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """The answer to a POST, whatever it is."""
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        body = {"query": query, "variables": variables or {}} | options
        return self.app.test_client().post("/graphql", json=body, headers=headers)

    def __call__(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.send(query, variables)
        assert answer.json is not None
        assert "errors" not in answer.json, answer.json["errors"]
        return answer.json["data"]

    def refused(self, query: str, **variables: Any) -> dict[str, Any]:
        """The one error of the answer."""
        answer = self.send(query, variables)
        assert answer.json is not None
        [error] = answer.json["errors"]
        return dict(error)


@dataclass(frozen=True)
class Desk:
    """Makes rows for the house's supplier, committed: the reads are on a connection of their own."""

    app: Flask
    house: House

    def lead(self, at: datetime | None = None, **given: Any) -> UUID:
        """A lead by the workflow, with these fields of LeadCreate."""
        fields = {"lead_source": "website", "primary_email": f"couple-{uuid7().hex}@example.com"} | given
        with self.app.app_context(), clock.at(at or clock.now()):
            return create_lead(self.house.owner.actor, LeadCreate(**fields)).lead_id

    def change(self, lead_id: UUID, **columns: Any) -> None:
        """Set the lead's columns as they are, for what no workflow does yet."""
        with self.app.app_context(), unit_of_work(self.house.supplier_id) as session:
            lead = session.get_one(Lead, (self.house.supplier_id, lead_id))
            for name, value in columns.items():
                setattr(lead, name, value)

    def add(self, *rows: Base) -> None:
        with self.app.app_context(), unit_of_work(self.house.supplier_id) as session:
            for row in rows:
                row.supplier_id = self.house.supplier_id
                session.add(row)
                session.flush()

    def caller(self, actor: Actor | None = None, scopes: list[Permission] | None = None) -> Caller:
        """A program with a key that this actor made."""
        maker = actor or self.house.owner.actor
        given = [p for p in Permission if maker.may(p)] if scopes is None else scopes
        with self.app.app_context():
            _, key = create_api_key(maker, NewApiKey(name="test", scopes=given))
        return Caller(self.app, key)


@pytest.fixture
def desk(app: Flask, house: House) -> Desk:
    return Desk(app, house)


@pytest.fixture
def ask(desk: Desk) -> Caller:
    """The owner's program."""
    return desk.caller()


@pytest.fixture
def stranger(desk: Desk) -> Caller:
    """A program of another supplier."""
    return desk.caller(desk.house.stranger.actor)


@pytest.fixture
def unchanged(app: Flask, house: House) -> Callable[[], AbstractContextManager[None]]:
    """`with unchanged():` what is done within leaves every row of both suppliers as it was."""

    @contextmanager
    def comparing() -> Iterator[None]:
        suppliers = house.supplier_id, house.stranger.actor.supplier_id
        before = ledger(app, *suppliers)
        yield
        assert ledger(app, *suppliers) == before

    return comparing


@pytest.fixture
def statements() -> Callable[[], Any]:
    """`with statements() as sent:` gathers the SQL that answers send, without asking who asks."""

    def is_the_answers(statement: str) -> bool:
        only_asks_who = "api_keys" in statement and "case when holder" not in statement
        return not only_asks_who and not statement.startswith("select set_config")

    return lambda: listening(is_the_answers)
