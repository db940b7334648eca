"""Workers are killed while they score thousands of leads: each lead is scored, each change noted once."""

import signal
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.kernel.uow import reading, unit_of_work
from app.models.choices import InteractionType
from app.models.leads import Lead, LeadInteraction
from app.models.scoring import Rescore
from app.scoring import rules
from tests.cast import House
from tests.faults.conftest import Process, eventually
from tests.features.scoring.test_rules import barn

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
LEADS = 11_000


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_every_lead_is_scored_and_each_change_noted_once(
    house: House, start_process: Callable[..., Process]
) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.execute(
            text("""
                insert into leads
                    (supplier_id, lead_source, primary_phone, wedding_venue, assigned_to_user_id)
                select :supplier_id, 'fair', '+441632' || lpad(n::text, 6, '0'), 'Rose Barn', :user_id
                from generate_series(1, :leads) n"""),
            {"supplier_id": house.supplier_id, "user_id": house.owner.user_id, "leads": LEADS},
        )
    rescore_id = rules.create_rule(house.owner.actor, barn()).rescore_id

    def now() -> Rescore:
        with reading(house.supplier_id) as session:
            row = session.get_one(Rescore, (house.supplier_id, rescore_id))
            session.expunge(row)
            return row

    assert (now().total, now().done) == (LEADS, 0)
    start_process("ticker")
    for most in (1, 6_000):
        worker = start_process()
        eventually(lambda least=most: now().done >= least, seconds=60)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    assert now().done < LEADS, "it was killed in the middle"
    start_process()
    eventually(lambda: now().is_second_look, seconds=90)
    assert (now().done, now().changed) == (LEADS, LEADS)
    with reading(house.supplier_id) as session:
        scores = session.execute(select(Lead.lead_score, func.count()).group_by(Lead.lead_score)).all()
        noted = select(func.count(), func.count(LeadInteraction.lead_id.distinct()))
        entries = session.execute(
            noted.where(LeadInteraction.interaction_type == InteractionType.SCORE_UPDATED)
        ).one()
    assert [tuple(row) for row in scores] == [(12, LEADS)]
    assert tuple(entries) == (LEADS, LEADS)
