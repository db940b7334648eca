"""Scores that move with the calendar follow once a night, in the supplier's zone, without any event."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from rq.job import Job
from sqlalchemy import select, text

from app.kernel import clock, jobs
from app.kernel.db import NO_SUPPLIER, db, owner_engine
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Supplier
from app.models.choices import InteractionType
from app.models.leads import Lead, LeadInteraction
from app.models.scoring import Rescore, ScoreAdjustment
from app.scoring.queries import explain
from app.scoring.service import rescore
from app.workflows import sweep as workflow
from app.workflows.rescore_supplier import rescore_supplier
from app.workflows.run_rescore import run_rescore
from app.workflows.sweep import sweep
from tests.cast import House
from workers.jobs import scores

EVENING = datetime(2027, 6, 1, 20, tzinfo=UTC)
"""In London 21:00, in summer time; the seeded rule gives 25 for a wedding in 1 to 548 days."""


@pytest.fixture(autouse=True)
def inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(workflow, "NIGHTLY", workflow.Round())
    with app.app_context():
        bells(app)
        yield
        bells(app)


def scored_lead(house: House, *, days: int, extra: int = 0) -> Lead:
    """A lead scored on that evening, whose wedding is `days` away, with points for one day more."""
    with unit_of_work(house.supplier_id) as session:
        wedding = EVENING.date() + timedelta(days=days)
        lead = Lead(
            supplier_id=house.supplier_id,
            lead_source="web",
            primary_email="c@x.example",
            wedding_date=wedding,
        )
        session.add(lead)
        session.flush()
        gone = EVENING + timedelta(hours=4)
        if extra:
            session.add(
                ScoreAdjustment(
                    supplier_id=house.supplier_id,
                    lead_id=lead.id,
                    points=extra,
                    reason="fair",
                    expires_at=gone,
                )
            )
        rescore(session, lead.id, EVENING)
        return lead


def told(house: House, lead: Lead) -> tuple[int, list[str | None]]:
    """The lead's score, and the changes of it on the timeline in their order."""
    with reading(house.supplier_id) as session:
        its = (
            LeadInteraction.lead_id == lead.id,
            LeadInteraction.interaction_type == InteractionType.SCORE_UPDATED,
        )
        changes = select(LeadInteraction).where(*its).order_by(LeadInteraction.occurred_at)
        subjects = [change.interaction_subject for change in session.scalars(changes)]
        return session.get_one(Lead, (house.supplier_id, lead.id)).lead_score, subjects


def night(house: House, at: datetime) -> bool:
    """The job that the sweep rings for, and what it rings itself; False when it notes nothing."""
    with clock.at(at):
        rescore_id = rescore_supplier(house.supplier_id)
        if rescore_id:
            run_rescore(house.supplier_id, rescore_id)
    return rescore_id is not None


def test_a_day_passes_and_the_score_follows_once(house: House) -> None:
    lead = scored_lead(house, days=549)
    assert told(house, lead) == (0, [])
    assert night(house, EVENING + timedelta(hours=7))
    assert told(house, lead) == (25, ["Score 0 → 25"])
    assert not night(house, EVENING + timedelta(hours=9)), "once a day"
    assert night(house, EVENING + timedelta(hours=31))
    assert told(house, lead) == (25, ["Score 0 → 25"]), "the same score is no event"


def test_an_adjustment_runs_out(house: House) -> None:
    lead = scored_lead(house, days=100, extra=10)
    assert told(house, lead)[0] == 35
    assert night(house, EVENING + timedelta(hours=7))
    assert told(house, lead) == (25, ["Score 0 → 35", "Score 35 → 25"])


def test_the_night_is_the_suppliers(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.get_one(Supplier, house.supplier_id).timezone = "America/New_York"
    assert night(house, EVENING), "16:00 there, and nobody has scored that day"
    three_there = datetime(2027, 6, 2, 7, tzinfo=UTC)
    assert not night(house, three_there - timedelta(seconds=1))
    assert night(house, three_there)


def test_the_notes_of_past_days_go(house: House) -> None:
    for days in range(10):
        assert night(house, EVENING + timedelta(days=days))
    with reading(house.supplier_id) as session:
        kept = session.scalars(select(Rescore.on_date).order_by(Rescore.on_date)).all()
    assert [day.day for day in kept if day] == [3, 4, 5, 6, 7, 8, 9, 10]


def test_a_run_that_fails_is_taken_again(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = scored_lead(house, days=549)
    morning = EVENING + timedelta(hours=7)
    monkeypatch.setattr(workflow, "KINDS", [kind for kind in workflow.KINDS if kind.name == "rescores"])
    with monkeypatch.context() as broken:
        broken.setattr("app.scoring.rescoring.rescore_leads", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            night(house, morning)
    bells(app)
    sweep(morning)
    [again] = [one for one in bells(app, "workers.jobs.scores.run") if one[0] == str(house.supplier_id)]
    with clock.at(morning):
        scores.run(*again)
    assert told(house, lead)[0] == 25


def bells(app: Flask, name: str = "workers.jobs.scores.rescore_supplier") -> list[tuple[str, ...]]:
    """What waits for that job; the queues are empty afterwards."""
    found = []
    for queue in ("default", "background"):
        waiting = jobs.queue(queue, app.config["REDIS_URL"])
        found += Job.fetch_many(waiting.job_ids, connection=waiting.connection, serializer=waiting.serializer)
        waiting.empty()
    return [tuple(job.args) for job in found if job and job.func_name == name]


def swept(app: Flask, at: datetime) -> list[tuple[str, ...]]:
    """What sweeps at that time ring until nothing is left: other tests' suppliers fill more than one."""
    rung = []
    while sweep(at)["nights"]:
        rung += bells(app)
    return rung


def test_the_sweep_rings_each_supplier_once_an_hour_and_the_job_scores(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kinds in ("KINDS", "TURNS"):
        monkeypatch.setattr(workflow, kinds, ())  # what other tests left due would take the queue's room
    lead = scored_lead(house, days=549)
    morning = EVENING + timedelta(hours=7)
    ours = (str(house.supplier_id),)
    rung = swept(app, morning)
    assert rung.count(ours) == 1
    assert len(set(rung)) == len(rung), "each supplier once, however many leads"
    assert swept(app, morning + timedelta(minutes=59)) == []
    assert ours in swept(app, morning + timedelta(hours=1))
    with clock.at(morning):
        scores.rescore_supplier(*ours)
        [run] = [one for one in bells(app, "workers.jobs.scores.run") if one[:1] == ours]
        scores.run(*run)
    assert told(house, lead)[0] == 25


def test_a_round_stands_behind_what_somebody_waits_for(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kinds in ("KINDS", "TURNS"):
        monkeypatch.setattr(workflow, kinds, ())
    scored_lead(house, days=549)
    assert sweep(EVENING + timedelta(hours=7))["nights"] > 0
    redis_url = app.config["REDIS_URL"]
    assert (jobs.queue("default", redis_url).count, jobs.queue("background", redis_url).count > 0) == (
        0,
        True,
    )


def test_a_round_goes_on_where_the_queue_had_no_more_room(house: House) -> None:
    scored_lead(house, days=1)
    scored_lead(house.strangers, days=1)
    with db.engines["sweeper"].connect() as connection:
        every = workflow.Round().next(connection, EVENING, 100_000)
        assert every == sorted(set(every))
        assert {house.supplier_id, house.stranger.actor.supplier_id} <= set(every)
        by_ones, found = workflow.Round(), []
        while one := by_ones.next(connection, EVENING, 1):
            found += one
        assert found == every
        plan = connection.execute(
            text("explain select supplier_id from leads where supplier_id > :one order by 1 limit 1"),
            {"one": NO_SUPPLIER},
        )
        assert "Index Only Scan" in "\n".join(plan.scalars())


def test_a_change_that_commits_during_the_night_keeps_its_score(app: Flask, house: House) -> None:
    """The night read the lead before the change, and waits for it to commit before it writes."""
    lead = scored_lead(house, days=10)
    later = EVENING + timedelta(days=30)  # the wedding is over, so the night has something to write

    def rescore_at_night() -> None:
        with app.app_context():
            night(house, later)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(house.supplier_id) as session:
            row = session.get_one(Lead, (house.supplier_id, lead.id))
            row.estimated_budget = Decimal(5000)
            rescore(session, lead.id, later)
            running = pool.submit(rescore_at_night)
            wait_until_somebody_waits(app)
        running.result(10)
    with reading(house.supplier_id) as session:
        why = explain(session, lead.id, later)
    assert (why.stored_score, why.score) == (30, 30)


def wait_until_somebody_waits(app: Flask) -> None:
    """Until a statement of ours waits for a lock."""
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and wait_event_type = 'Lock'"
    )
    with owner_engine(app.config["DATABASE_URL"]).connect() as connection:
        for _ in range(500):
            if connection.execute(waiting).scalar_one():
                return
            connection.rollback()
            time.sleep(0.01)
    raise AssertionError("nobody waits")
