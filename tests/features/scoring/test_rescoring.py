"""Many leads are scored in the background: in batches, with progress, whatever stops in the middle."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import literal, select
from uuid_utils.compat import uuid7

from app.accounts.schemas import SupplierProfile
from app.accounts.service import update_profile
from app.kernel import clock, jobs
from app.kernel.errors import NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.leads import date_book
from app.leads.schemas import DateBlock, LeadCreate, LeadUpdate
from app.models.choices import RescoreReason
from app.models.leads import Lead
from app.models.scoring import Rescore
from app.scoring import compiler, rescoring, rules
from app.scoring.schemas import RulePatch
from app.workflows.create_lead import create_lead
from app.workflows.run_rescore import TURN, run_rescore
from app.workflows.update_lead import update_lead
from tests.cast import House
from tests.features.accounts.test_profile import PROFILE
from tests.features.scoring.test_nightly import bells
from tests.features.scoring.test_rules import barn, lead, score
from workers.queues import QUEUES

RUN = "workers.jobs.scores.run"


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        bells(app)
        yield
        bells(app)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three leads are many, and two are a batch."""
    monkeypatch.setattr(rescoring, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(rescoring, "BATCH", 2)


def made(house: House, **changes: Any) -> UUID:
    rescore_id = rules.create_rule(house.owner.actor, barn(**changes)).rescore_id
    assert rescore_id
    return rescore_id


def state(house: House, rescore_id: UUID) -> tuple[int, int, int, bool, bool]:
    """Total, done, changed; is it the second look, is it finished?"""
    with reading(house.supplier_id) as session:
        row = rescoring.progress(session, rescore_id)
        return row.total, row.done, row.changed, row.is_second_look, row.finished_at is not None


def batch(house: House, rescore_id: UUID, after: timedelta = timedelta()) -> UUID | None:
    with unit_of_work(house.supplier_id) as session:
        return rescoring.next_batch(session, rescore_id, clock.now() + after)


def test_few_leads_are_scored_at_once_and_looked_at_once_more(house: House) -> None:
    lead(house, wedding_venue="Rose Barn")
    rescore_id = made(house)
    assert state(house, rescore_id) == (1, 1, 1, True, False)
    assert batch(house, rescore_id) is None
    assert state(house, rescore_id) == (1, 1, 1, True, False), "its second look is not due yet"
    batch(house, rescore_id, timedelta(seconds=20))
    assert state(house, rescore_id) == (1, 1, 1, True, True)


@pytest.mark.usefixtures("large")
def test_many_leads_are_scored_batch_by_batch(app: Flask, house: House) -> None:
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(5)]
    rescore_id = made(house)
    assert [one[1] for one in bells(app, RUN)] == [str(rescore_id)]
    assert [score(house, one) for one in leads] == [0] * 5
    assert batch(house, rescore_id) == leads[1]
    assert state(house, rescore_id) == (5, 2, 2, False, False)
    assert [score(house, one) for one in leads] == [12, 12, 0, 0, 0]
    run_rescore(house.supplier_id, rescore_id)
    assert [score(house, one) for one in leads] == [12] * 5
    assert state(house, rescore_id) == (5, 5, 5, True, False)


def test_the_more_rules_the_fewer_leads_are_scored_in_one_statement(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement ends after 15 seconds; two hundred rules on long texts take that for 5,000 leads."""
    monkeypatch.setattr(rescoring, "MOST_ANSWERS", 8)
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(5)]
    rescore_id = made(house)  # the fourth rule
    assert [score(house, one) for one in leads] == [0] * 5
    assert batch(house, rescore_id) == leads[1]
    assert [score(house, one) for one in leads] == [12, 12, 0, 0, 0]
    assert state(house, rescore_id)[:2] == (5, 2)


@pytest.mark.usefixtures("large")
def test_many_leads_wait_behind_what_couples_wait_for(app: Flask, house: House) -> None:
    """Each worker empties the queues in their order."""
    for _ in range(3):
        lead(house, wedding_venue="Rose Barn")
    made(house)
    waiting = {one.name: jobs.queue(one.name, app.config["REDIS_URL"]).count for one in QUEUES}
    assert list(waiting.items()) == [("default", 0), ("background", 1)]


@pytest.mark.usefixtures("large")
def test_a_long_run_takes_turns_with_what_waits(app: Flask, house: House) -> None:
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(TURN * 2 + 1)]
    rescore_id = made(house)
    bells(app, RUN)
    run_rescore(house.supplier_id, rescore_id)
    assert score(house, leads[-1]) == 0
    [again] = bells(app, RUN)
    assert again == (str(house.supplier_id), str(rescore_id), str(leads[TURN * 2 - 1]))
    run_rescore(house.supplier_id, rescore_id)
    assert score(house, leads[-1]) == 12


@pytest.mark.usefixtures("large")
def test_two_workers_at_once_do_each_batch_once(app: Flask, house: House) -> None:
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(9)]
    rescore_id, start = made(house), Barrier(3)

    def work() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                run_rescore(house.supplier_id, rescore_id)

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(work) for _ in range(3)]:
            one.result(30)
    run_rescore(house.supplier_id, rescore_id)
    assert [score(house, one) for one in leads] == [12] * 9
    assert state(house, rescore_id)[:3] == (9, 9, 9)


@pytest.mark.usefixtures("large")
def test_what_stops_in_the_middle_goes_on_where_it_stood(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(5)]
    rescore_id = made(house)
    batch(house, rescore_id)
    with monkeypatch.context() as broken:
        broken.setattr(rescoring, "_end", lambda *_: 1 / 0)
        broken.setattr(rescoring, "BATCH", 4)
        with pytest.raises(ZeroDivisionError):
            batch(house, rescore_id)
    assert state(house, rescore_id) == (5, 2, 2, False, False), "a batch is written whole or not at all"
    run_rescore(house.supplier_id, rescore_id)
    assert [score(house, one) for one in leads] == [12] * 5


@pytest.mark.usefixtures("large")
def test_the_next_change_of_the_rules_takes_the_place_of_the_one_under_way(house: House) -> None:
    leads = [lead(house, wedding_venue="Rose Barn") for _ in range(5)]
    first = rules.create_rule(house.owner.actor, barn())
    assert first.id
    assert first.rescore_id
    batch(house, first.rescore_id)
    patch = RulePatch.model_validate({"score_adjustment": 30})
    second = rules.update_rule(house.owner.actor, first.id, patch).rescore_id
    assert second
    assert state(house, first.rescore_id)[4], "ended"
    run_rescore(house.supplier_id, second)
    assert [score(house, one) for one in leads] == [30] * 5


def test_a_lead_that_was_being_written_by_the_old_rules_is_caught_by_the_second_look(
    app: Flask, house: House
) -> None:
    """Its transaction began before the rule was, and ends after the rule scored all that it saw."""
    with ThreadPoolExecutor(1) as pool, unit_of_work(house.supplier_id) as session:
        late_id = uuid7()
        late = Lead(supplier_id=house.supplier_id, id=late_id, lead_source="fair", wedding_venue="Rose Barn")
        late.primary_phone = "+441632960001"
        session.add(late)
        session.flush()

        def change() -> UUID:
            with app.app_context():
                return made(house)

        rescore_id = pool.submit(change).result(10)
    assert score(house, late_id) == 0
    batch(house, rescore_id, timedelta(seconds=20))
    assert score(house, late_id) == 12


@pytest.mark.usefixtures("large")
def test_one_lead_that_cannot_be_scored_keeps_no_other_from_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = [lead(house, wedding_venue="Rose Barn", estimated_guest_count=one) for one in range(3)]
    rescore_id = made(house)
    with monkeypatch.context() as broken:
        broken.setattr(compiler, "adjustments", lambda _: literal(1) / Lead.estimated_guest_count * 0)
        run_rescore(house.supplier_id, rescore_id)
    assert [score(house, one) for one in leads] == [0, 12, 12]
    with reading(house.supplier_id) as session:
        stale = session.scalars(select(Lead.id).where(Lead.score_stale)).all()
    assert list(stale) == leads[:1]


@pytest.mark.usefixtures("large")
def test_what_takes_the_place_of_a_second_look_has_one_itself(house: House) -> None:
    for _ in range(3):
        lead(house, wedding_venue="Rose Barn")
    run_rescore(house.supplier_id, made(house))
    asked = rescoring.ask_rescore(house.owner.actor)
    run_rescore(house.supplier_id, asked)
    assert state(house, asked) == (3, 3, 0, True, False)
    batch(house, asked, rescoring.SECOND_LOOK)
    batch(house, asked, rescoring.SECOND_LOOK)
    assert state(house, asked) == (3, 3, 0, True, True)


def test_who_may_write_rules_may_ask_for_all_scores_anew(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn", estimated_budget=9000)
    rescore_id = rescoring.ask_rescore(house.owner.actor)
    assert state(house, rescore_id)[:3] == (1, 1, 1)
    assert score(house, lead_id) == 30
    with pytest.raises(NotPermitted):
        rescoring.ask_rescore(house.member.actor)
    with reading(house.stranger.actor.supplier_id) as session, pytest.raises(NotFound):
        rescoring.progress(session, rescore_id)


DAY = date(2031, 6, 21)


def days(house: House) -> list[UUID]:
    with reading(house.supplier_id) as session:
        wanted = select(Rescore.id).where(Rescore.reason == RescoreReason.DAY, Rescore.finished_at.is_(None))
        return list(session.scalars(wanted.order_by(Rescore.id)))


def run_days(house: House) -> int:
    waiting = days(house)
    for one in waiting:
        run_rescore(house.supplier_id, one)
    return len(waiting)


def couple(house: House, name: str, day: date = DAY) -> UUID:
    data = LeadCreate(lead_source="website", primary_email=f"{name}@x.example", wedding_date=day)
    return create_lead(house.owner.actor, data).lead_id


def test_the_leads_of_a_day_are_scored_again_when_the_day_is_blocked_and_opened(house: House) -> None:
    made(house, criteria_field="date_is_free", criteria_operator="equals", criteria_value="true")
    first, other = couple(house, "a"), couple(house, "b", DAY + timedelta(days=1))
    run_days(house)
    assert (score(house, first), score(house, other)) == (12, 12)
    entry_id = date_book.block(house.owner.actor, DateBlock(on_date=DAY))
    assert run_days(house) == 1
    assert (score(house, first), score(house, other)) == (0, 12)
    date_book.unblock(house.owner.actor, entry_id)
    assert run_days(house) == 1
    assert score(house, first) == 12


def test_a_rival_that_comes_or_goes_moves_the_others_of_its_day(house: House) -> None:
    made(house, criteria_field="rival_leads", criteria_operator="greater_than", criteria_value="0")
    first = couple(house, "a")
    run_days(house)
    assert score(house, first) == 0
    second = couple(house, "b")
    assert score(house, second) == 12, "its own score knows the day in its own transaction"
    assert run_days(house) == 1
    assert score(house, first) == 12
    update_lead(house.owner.actor, second, LeadUpdate.model_validate({"wedding_date": "2031-07-05"}))
    assert run_days(house) == 2, "the day it left and the day it came to"
    assert score(house, first) == 0


def test_another_time_zone_is_another_day_for_all_leads(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2027, 6, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    soon = {"criteria_field": "days_until_wedding", "criteria_operator": "less_than", "criteria_value": "10"}
    made(house, **soon)
    lead_id = lead(house, wedding_date=date(2027, 6, 11))
    rescoring.ask_rescore(house.owner.actor)
    before = score(house, lead_id)
    bells(app, RUN)
    profile = PROFILE | {"timezone": "Pacific/Kiritimati"}
    update_profile(house.owner.actor, SupplierProfile.model_validate(profile))
    [bell] = bells(app, RUN)
    run_rescore(house.supplier_id, UUID(bell[1]))
    assert score(house, lead_id) == before + 12
    assert state(house, UUID(bell[1])) == (1, 1, 1, True, False)
    update_profile(house.owner.actor, SupplierProfile.model_validate(profile | {"name": "Rosewood Hall"}))
    assert bells(app, RUN) == []


def test_without_a_rule_that_asks_about_days_nothing_is_noted(house: House) -> None:
    couple(house, "a")
    date_book.block(house.owner.actor, DateBlock(on_date=DAY))
    assert days(house) == []
