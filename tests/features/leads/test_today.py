"""What to do next, over all leads: of each it says what `next_action` says, in pages that fit together."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from uuid_utils.compat import uuid7

from app.kernel.errors import InvalidInput
from app.kernel.keyset import Cut
from app.kernel.paging import Position, encode
from app.kernel.uow import reading, unit_of_work
from app.leads import today
from app.leads.next_action import NextAction, next_action
from app.leads.situation import situation
from app.leads.today import COUNTED_TO, Day, Item, Kind, counts, queue
from app.models.capture import DateEntry
from app.models.choices import DateState, LeadStatus
from app.models.leads import Lead, Task
from tests.cast import House

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
DAYS = timedelta(days=1)
EVERYBODY = Day(NOON, LONDON)
KIND = {
    NextAction.REPLY_TO_INQUIRY: Kind.REPLY,
    NextAction.ANSWER_REPLY: Kind.REPLY,
    NextAction.CONFIRM_HOLD: Kind.HOLD,
    NextAction.CHASE_PROPOSAL: Kind.PROPOSAL,
    NextAction.RECONNECT: Kind.COLD,
    None: None,
}


def put(house: House, leads: list[dict[str, Any]], *rows: Any) -> list[UUID]:
    fresh = {"lead_source": "website", "created_at": NOON, "last_contact_at": None}
    empty = dict.fromkeys(
        (
            "awaiting_reply_since",
            "first_response_at",
            "wedding_date",
            "estimated_budget",
            "assigned_to_user_id",
        )
    )
    made = [
        {"supplier_id": house.supplier_id, "id": uuid7(), "primary_email": f"{uuid7().hex}@example.com"}
        | {"lead_status": LeadStatus.NEW} | fresh | empty | lead
        for lead in leads
    ]  # fmt: skip
    with unit_of_work(house.supplier_id) as session:
        session.execute(insert(Lead), made)
        for row in rows:
            row.supplier_id = house.supplier_id
            session.add(row)
    return [lead["id"] for lead in made]


def walk(house: House, day: Day, size: int = 100) -> list[Item]:
    """Every page, from the first on; and the same ones on the way back."""
    pages = []
    with reading(house.supplier_id) as session:
        page = queue(session, day, Cut(size))
        while True:
            pages.append([item for (item,) in page.rows])
            if page.next is None:
                break
            page = queue(session, day, Cut(size, after=page.next))
        back = [pages[-1]]
        while page.previous:
            page = queue(session, day, Cut(size, before=page.previous))
            back.insert(0, [item for (item,) in page.rows])
        session.expunge_all()
    assert [[item.id for item in one] for one in back] == [[item.id for item in one] for one in pages]
    return [item for one in pages for item in one]


def mixed() -> list[dict[str, Any]]:
    """Leads of every status, in every situation, on both sides of each bound."""
    moments = (0, 5 * DAYS - DAYS / 24, 5 * DAYS, 14 * DAYS - DAYS / 24, 14 * DAYS, 400 * DAYS)
    return [
        {
            "lead_status": status,
            "created_at": NOON - 400 * DAYS if has_contact else NOON - (ago or timedelta()),
            "last_contact_at": NOON - (ago or timedelta()) if has_contact else None,
            "awaiting_reply_since": NOON - DAYS if waits else None,
            "first_response_at": NOON - DAYS if has_contact else None,
            "wedding_date": date(2028, 6, 1) if complete else None,
            "estimated_budget": 100 if complete else None,
        }
        for status, ago, waits, has_contact, complete in product(
            [status for status in LeadStatus if status is not LeadStatus.DUPLICATE],
            moments, (False, True), (False, True), (False, True),
        )
    ]  # fmt: skip


def held(lead_id: UUID, until: datetime, on: date = date(2028, 6, 1)) -> DateEntry:
    return DateEntry(on_date=on, state=DateState.HELD, lead_id=lead_id, held_until=until)


def test_it_says_of_every_lead_what_next_action_says(app: Flask, house: House) -> None:
    """A missing date or budget keeps no silent lead out."""
    with app.app_context():
        ids = put(house, mixed())
        ends = (NOON - DAYS, NOON + 3 * DAYS, NOON + 3 * DAYS + DAYS / 24)
        put(house, [{}], *(held(lead_id, ends[n % 3]) for n, lead_id in enumerate(ids) if n % 5 == 0))
        put(house, [{}], held(ids[0], NOON + DAYS, on=date(2029, 1, 1)))
        found = {item.lead.id: item for item in walk(house, EVERYBODY)}
        with reading(house.supplier_id) as session:
            for lead in session.scalars(select(Lead)).all():
                judged = situation(session, lead)
                placed = KIND[next_action(replace(judged, has_date=True, has_budget=True), NOON)]
                item = found.pop(lead.id, None)
                assert (item and item.kind) == placed, judged
                assert item is None or item.action == next_action(judged, NOON)
    assert not found


def test_the_most_pressing_comes_first_and_among_equals_who_waited_longest(app: Flask, house: House) -> None:
    silent = {"last_contact_at": NOON - 20 * DAYS, "first_response_at": NOON - 20 * DAYS}
    with app.app_context():
        waits, longer, holds, proposed, cold, colder, worked = put(
            house,
            [
                {"awaiting_reply_since": NOON - DAYS},
                {"awaiting_reply_since": NOON - 2 * DAYS},
                silent,
                silent | {"lead_status": LeadStatus.PROPOSAL_SENT},
                silent,
                silent | {"last_contact_at": NOON - 21 * DAYS},
                {"lead_status": LeadStatus.WON},
            ],
        )
        late, tonight = Task(lead_id=worked, title="Late", due_at=NOON - DAYS), Task(
            lead_id=worked, title="Tonight", due_at=NOON + DAYS * 0.49)  # fmt: skip
        not_yet = Task(lead_id=worked, title="Tomorrow", due_at=NOON + DAYS * 0.5)
        done = Task(lead_id=worked, title="Done", due_at=NOON - DAYS, completed_at=NOON)
        put(house, [{}], held(holds, NOON + DAYS), tonight, late, not_yet, done)
        found = walk(house, EVERYBODY)
    assert [(item.kind, item.task.title if item.task else item.lead.id) for item in found] == [
        (Kind.REPLY, longer), (Kind.REPLY, waits), (Kind.TASK, "Late"), (Kind.TASK, "Tonight"),
        (Kind.HOLD, holds), (Kind.PROPOSAL, proposed), (Kind.COLD, cold), (Kind.COLD, colder),
    ]  # fmt: skip


def test_what_is_mine_is_what_i_look_after_and_the_tasks_that_are_for_me(app: Flask, house: House) -> None:
    me, other = house.member.user_id, house.admin.user_id
    with app.app_context():
        mine, theirs, nobodys = put(
            house,
            [{"awaiting_reply_since": NOON, "assigned_to_user_id": who} for who in (me, other, None)],
        )
        for_me = Task(lead_id=theirs, title="Mine", due_at=NOON, assigned_to_user_id=me)
        put(house, [{}], for_me, Task(lead_id=mine, title="Theirs", due_at=NOON, assigned_to_user_id=other))
        found = walk(house, Day(NOON, LONDON, me))
        assert len(walk(house, EVERYBODY)) == 5
        with reading(house.supplier_id) as session:
            assert counts(session, Day(NOON, LONDON, me)) == {
                Kind.REPLY: 1, Kind.APPROVAL: 0, Kind.TASK: 1, Kind.HOLD: 0, Kind.PROPOSAL: 0, Kind.COLD: 0,
            }  # fmt: skip
    assert [item.task.title if item.task else item.lead.id for item in found] == [mine, "Mine"]
    assert nobodys not in [item.lead.id for item in found]


@pytest.mark.parametrize("size", [1, 7, 50])
def test_pages_of_any_size_fit_together(app: Flask, house: House, size: int) -> None:
    """Many at the same instant, too: the id breaks ties."""
    with app.app_context():
        ids = put(house, [lead for lead in mixed() if lead["lead_status"] in ("new", "proposal_sent")])
        put(house, [{}], *(Task(lead_id=one, title="Call", due_at=NOON) for one in ids[:9]))
        whole = [item.id for item in walk(house, EVERYBODY)]
        assert [item.id for item in walk(house, EVERYBODY, size)] == whole
        with reading(house.supplier_id) as session:
            assert sum(counts(session, EVERYBODY).values()) == len(whole) == len(set(whole))


@pytest.mark.parametrize("value", ["reply", "reply 2027-03-10", "nap 2027-03-10T12:00:00+00:00", 7, None, ""])
def test_a_cursor_that_is_not_one_of_this_list_is_refused(app: Flask, house: House, value: Any) -> None:
    forged = encode(Position("today", value, uuid7()))
    with app.app_context(), reading(house.supplier_id) as session, pytest.raises(InvalidInput) as refused:
        queue(session, EVERYBODY, Cut(after=forged))
    assert refused.value.fields[0].code == "bad_cursor"


def test_another_suppliers_work_is_not_ours(app: Flask, house: House) -> None:
    with app.app_context():
        put(house, [{"awaiting_reply_since": NOON}])
        with reading(house.stranger.actor.supplier_id) as session:
            assert queue(session, EVERYBODY, Cut()).rows == []


def test_it_finds_everything_by_an_index_and_counts_no_further_than_it_says(app: Flask, house: House) -> None:
    cold = {"last_contact_at": NOON - 20 * DAYS, "first_response_at": NOON - 20 * DAYS}
    with app.app_context():
        put(house, [cold] * (COUNTED_TO + 5))
        with reading(house.supplier_id) as session:
            assert counts(session, EVERYBODY)[Kind.COLD] == COUNTED_TO
            for other in ("seqscan", "sort"):  # few leads are found and sorted as fast in any way
                session.execute(text(f"set local enable_{other} = off"))
            sent = today._page(EVERYBODY, None, True, 26).compile(
                session.connection(), compile_kwargs={"literal_binds": True}
            )
            plan = "\n".join(session.scalars(text("explain " + str(sent).replace(":", "\\:"))))
    for index in ("awaiting", "silent", "silent_proposal"):
        assert f"ix_leads_{index} " in plan, plan
    assert "Seq Scan" not in plan
