"""The figures of a list, and the mark by which a list knows that it is still current."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import tenancy
from app.kernel.db import db
from app.kernel.uow import reading, unit_of_work
from app.leads import queries
from app.leads.schemas import LeadCreate
from app.models.accounts import AuditEntry
from app.models.leads import Lead
from app.workflows.create_lead import create_lead
from tests.cast import House

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


def make(house: House) -> UUID:
    said = LeadCreate(
        lead_source="website", primary_email=f"{uuid7().hex}@example.com", estimated_budget="100"
    )
    return create_lead(house.owner.actor, said).lead_id


def mark(house: House) -> str:
    with reading(house.supplier_id) as session:
        return queries.mark(session)


def test_beyond_the_bound_figures_are_those_of_the_newest(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    with app.app_context():
        for count, capped in ((2, False), (3, True), (5, True)):
            while len(made := leads(house)) < count:
                make(house)
            with reading(house.supplier_id) as session:
                found = queries.figures(session, ZoneInfo("UTC"), NOW)
            assert (found.total, found.are_capped) == (min(len(made), 3), capped)
        assert found.pipeline_value == 300


def leads(house: House) -> list[UUID]:
    with reading(house.supplier_id) as session:
        return list(session.query(Lead.id))


def test_the_mark_stays_as_long_as_nothing_happens(app: Flask, house: House) -> None:
    with app.app_context():
        make(house)
        assert mark(house) == mark(house)


def test_a_change_that_began_early_and_commits_late_is_not_missed(app: Flask, house: House) -> None:
    with app.app_context():
        slow, quick = make(house), make(house)
        with tenancy.acting_for(house.supplier_id), Session(db.engine) as late:
            late.execute(update(Lead).where(Lead.id == slow).values(tags=["slow"]))
            with unit_of_work(house.supplier_id) as session:
                session.execute(update(Lead).where(Lead.id == quick).values(tags=["quick"]))
            before = mark(house)
            late.commit()
        assert mark(house) != before


def test_a_lead_that_is_gone_makes_another_mark(app: Flask, house: House) -> None:
    with app.app_context():
        make(house)
        before = mark(house)
        with unit_of_work(house.supplier_id) as session:
            entry = {"actor_kind": "user", "action": "deleted", "table_name": "leads", "row_id": uuid7()}
            session.add(AuditEntry(supplier_id=house.supplier_id, **entry))
        assert mark(house) != before


def test_another_suppliers_change_is_none(app: Flask, house: House) -> None:
    with app.app_context():
        before = mark(house)
        said = LeadCreate(lead_source="website", primary_email="theirs@example.com")
        create_lead(house.stranger.actor, said)
        assert mark(house) == before
