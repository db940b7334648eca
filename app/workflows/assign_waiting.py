"""Leads that nobody looks after get somebody: oldest first, in turn, as far as there is room.

They wait because nobody was available when they came, or because the member who had them left or only
reads now. What a member leaves behind goes to the others in turn; with nobody available it becomes
nobody's, so that the owner sees it under "Nobody yet" instead of with somebody who is gone. Closed leads
keep the name of who had them. Open tasks go with their leads, or become nobody's.

Rung when somebody becomes available, has room again or leaves, and every hour by the sweep. May run twice
or at once: one lead a transaction, and a lead that somebody else works on is left for the next time. The
member is locked before the lead, and the lead is never waited for, so that this waits for nobody in a circle.
"""

from datetime import date
from uuid import UUID

from app.accounts.queries import supplier
from app.kernel import audit, clock
from app.kernel.actor import system
from app.kernel.uow import reading, unit_of_work
from app.kernel.zones import day_of, zone
from app.leads import assignment, waiting
from app.leads.waiting import Waiting
from app.workflows.alter_lead import Wish, alter_lead

MOST = 500
"""Leads of either kind, and tasks, in one run; the next one is within the hour."""


def assign_waiting(supplier_id: UUID) -> int:
    """How many leads were given to somebody."""
    with reading(supplier_id) as session:
        found = waiting.leads(session, MOST)
        today = day_of(clock.now(), zone(supplier(session).timezone))
    given, is_room = 0, True
    for one in found:
        outcome = _settle(supplier_id, one, today if is_room else None)
        given += outcome is True
        is_room = is_room and outcome is not False
    _hand_on_tasks(supplier_id)
    return given


def _settle(supplier_id: UUID, one: Waiting, today: date | None) -> bool | None:
    """True when the lead was given to somebody, False when nobody has room, as without a day to ask for;
    None when it waits no more, or somebody works on it."""
    if today is None and one.user_id is None:
        return False
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        chosen = assignment.choose(session, one.wanted, today, now) if today else None
        if chosen is None and one.user_id is None:
            return False
        if not waiting.hold(session, one):
            session.rollback()  # nobody's turn was used
            return None
        values = {"assigned_to_user_id": chosen.user_id if chosen else None}
        if chosen and chosen.team_id:
            values["team_id"] = chosen.team_id
        alter_lead(session, system(supplier_id), one.lead_id, Wish(values, explained=False))
        return chosen is not None


def _hand_on_tasks(supplier_id: UUID) -> None:
    with unit_of_work(supplier_id) as session:
        for task, heir in waiting.orphaned_tasks(session, MOST):
            audit.update(session, system(supplier_id), task, {"assigned_to_user_id": heir})
