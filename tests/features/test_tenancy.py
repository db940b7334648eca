"""Whose rows a transaction sees."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import db
from app.kernel.uow import reading, unit_of_work
from app.models.leads import Lead
from app.models.sources import LeadSource
from tests.cast import House


def count(model: type) -> int:
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_without_a_supplier_nothing_is_visible(app: Flask, house: House) -> None:
    with app.app_context(), reading():
        assert count(LeadSource) == 0


def test_a_supplier_sees_its_own_rows_and_no_others(app: Flask, house: House) -> None:
    with app.app_context(), reading(house.supplier_id) as session:
        seen = set(session.scalars(select(LeadSource.supplier_id)))
        assert seen == {house.supplier_id}


def test_a_row_cannot_be_written_for_another_supplier(app: Flask, house: House) -> None:
    theirs = house.stranger.actor.supplier_id
    with (
        app.app_context(),
        pytest.raises(DBAPIError, match="row-level security"),
        unit_of_work(house.supplier_id) as session,
    ):
        session.add(Lead(supplier_id=theirs, lead_source="website", primary_email="couple@example.com"))


def test_the_next_transaction_of_a_connection_does_not_inherit_the_supplier(app: Flask, house: House) -> None:
    with app.app_context():
        with reading(house.supplier_id):
            assert count(LeadSource) == 11
        for _ in range(5):
            with reading():
                assert count(LeadSource) == 0


@pytest.mark.parametrize("engine", ["reads", "standing"])
def test_an_engine_of_reads_sees_nothing_until_a_statement_names_a_supplier(
    app: Flask, house: House, engine: str
) -> None:
    with app.app_context(), db.engines[engine].connect() as connection:
        assert connection.execute(text("select count(*) from lead_sources")).scalar_one() == 0
        named = text("""select (select count(*) from lead_sources)
                        from (select set_config('app.supplier_id', :s, true) offset 0) who""")
        assert connection.execute(named, {"s": str(house.supplier_id)}).scalar_one() == 11
        assert connection.execute(text("select count(*) from lead_sources")).scalar_one() == 0


def test_the_sweeper_sees_what_is_due_of_all_and_nothing_else(app: Flask, house: House) -> None:
    with app.app_context(), db.engines["sweeper"].connect() as connection:
        connection.execute(text("select id from lead_nurture_enrollments limit 1"))
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("select primary_email from leads"))
