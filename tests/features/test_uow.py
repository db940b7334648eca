"""One unit of work: all or nothing, and jobs only after the commit."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel import jobs
from app.kernel.uow import reading, unit_of_work
from app.models.sources import LeadSource
from tests.cast import House


class Stop(Exception):
    pass


def waiting_jobs(app: Flask) -> set[str]:
    return set(jobs.queue("uow-test", app.config["REDIS_URL"]).job_ids)


def test_an_exception_writes_nothing_and_rings_nothing(app: Flask, house: House) -> None:
    with app.app_context():
        with pytest.raises(Stop), unit_of_work(house.supplier_id) as session:
            session.scalars(select(LeadSource)).first().source_name = "Changed"
            jobs.ring("nowhere.never", house.supplier_id, queue="uow-test")
            session.flush()
            raise Stop
        with reading(house.supplier_id) as session:
            assert "Changed" not in session.scalars(select(LeadSource.source_name)).all()
        assert f"never-{house.supplier_id}" not in waiting_jobs(app)


def test_a_job_leaves_after_the_commit_and_once(app: Flask, house: House) -> None:
    with app.app_context():
        with unit_of_work(house.supplier_id):
            jobs.ring("nowhere.once", house.supplier_id, queue="uow-test")
            jobs.ring("nowhere.once", house.supplier_id, queue="uow-test")
            assert f"once-{house.supplier_id}" not in waiting_jobs(app)
        assert f"once-{house.supplier_id}" in waiting_jobs(app)
        jobs.queue("uow-test", app.config["REDIS_URL"]).empty()


def test_a_lost_doorbell_does_not_undo_the_work(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            session.add(
                LeadSource(
                    supplier_id=house.supplier_id, slug="fair", source_name="Fair", source_category="event"
                )
            )
            jobs.ring("nowhere.lost", house.supplier_id)
        with reading(house.supplier_id) as session:
            assert session.scalars(select(LeadSource).where(LeadSource.slug == "fair")).first() is not None


def test_units_of_work_do_not_nest(app: Flask, house: House) -> None:
    with app.app_context(), unit_of_work(house.supplier_id):
        with pytest.raises(RuntimeError, match="do not nest"), unit_of_work(house.supplier_id):
            pass
        with pytest.raises(RuntimeError), reading(house.supplier_id):
            pass
