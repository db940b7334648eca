"""A busy team and its couples, all at the same few leads: nobody waits for each other for ever, and what is
counted still equals a recount."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from app.conversions.schemas import ConvertLead
from app.kernel.errors import AppError
from app.kernel.schema import validate
from app.leads.schemas import InteractionCreate, LeadCreate, StatusMove, TaskCreate
from app.workflows.add_interaction import add_interaction
from app.workflows.change_status import change_status
from app.workflows.convert_lead import convert_lead
from app.workflows.create_lead import create_lead
from app.workflows.create_task import create_task
from app.workflows.enroll_lead import enroll_lead
from app.workflows.merge_leads import merge_leads
from app.workflows.update_lead import update_lead
from tests.features.leads.desk import Desk, update

STATUSES = ("new", "contacted", "qualified", "lost", "won", "spam")


def deeds(desk: Desk, leads: list[UUID], dice: random.Random) -> list[Callable[[], object]]:
    """What may be done next, each to a lead by chance."""
    one, other = dice.sample(leads, 2)
    sequence = desk.select("select id from nurture_sequences")[0][0]
    status = dice.choice(STATUSES)
    said: dict[str, Any] = {"lost_reason": "price"} if status == "lost" else {"value_unknown": True}
    move = validate(StatusMove, {"lead_status": status} | said)
    booking = validate(ConvertLead, {"conversion_type": "booking_confirmed", "conversion_value": "100"})
    call = validate(InteractionCreate, {"interaction_type": "phone_call", "follow_up_required": True})
    task = validate(TaskCreate, {"title": "Call"})
    again = validate(LeadCreate, {"lead_source": "website", "primary_email": desk.row(one).primary_email})
    who = dice.choice([desk.house.owner, desk.house.admin, desk.house.member]).user_id
    given = update(
        assigned_to_user_id=str(who),
        tags=[dice.choice("abc")],
        **move.model_dump(mode="json", exclude_unset=True),
    )
    return [
        lambda: change_status(desk.actor, one, move),
        lambda: convert_lead(desk.actor, one, booking),
        lambda: add_interaction(desk.actor, one, call),
        lambda: create_task(desk.actor, one, task),
        lambda: create_lead(desk.actor, again, join=True),
        lambda: enroll_lead(desk.actor, one, sequence),
        lambda: update_lead(desk.actor, one, given),
        lambda: merge_leads(desk.actor, one, other),
    ]


def test_no_deed_fails_but_by_a_rule(desk: Desk) -> None:
    leads = [desk.lead() for _ in range(5)]

    def work(seed: int) -> int:
        dice, done = random.Random(seed), 0
        for _ in range(12):
            try:
                desk.do(dice.choice(deeds(desk, leads, dice)))
                done += 1
            except AppError:
                pass  # a rule said no, in words
        return done

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(work, range(6)))
    assert sum(done) >= 20
    assert desk.miscounted() == []
