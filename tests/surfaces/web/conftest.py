"""A supplier with leads, people signed in, and a count of the statements a page costs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.db import Base
from app.kernel.uow import unit_of_work
from app.leads.schemas import LeadCreate
from app.models.leads import Lead
from app.workflows.create_lead import create_lead
from tests.cast import House, Person
from tests.statements import listening
from tests.surfaces.accounts.browser import Browser, signed_in

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
"""A Wednesday; clocks in London show the same."""


@dataclass(frozen=True)
class Office:
    """The house at work: makes rows for its supplier and opens pages for its people."""

    app: Flask
    house: House

    def lead(self, at: datetime | None = None, **columns: Any) -> UUID:
        """A lead by hand, with these fields of LeadCreate."""
        given = {"lead_source": "website", "primary_email": f"couple-{uuid7().hex}@example.com"} | columns
        with self.app.app_context(), clock.at(at or clock.now()):
            return create_lead(self.house.owner.actor, LeadCreate(**given)).lead_id

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

    def browser(self, person: Person | None = None) -> Browser:
        return signed_in(self.app, person or self.house.owner)


@pytest.fixture
def office(app: Flask, house: House) -> Office:
    return Office(app, house)


@pytest.fixture
def browser(office: Office) -> Browser:
    """The owner's, signed in."""
    return office.browser()


@pytest.fixture
def statements() -> Callable[[], Any]:
    """`with statements() as sent:` gathers the SQL sent to the database inside the block."""

    return listening
