"""Days that are held for a couple, for a while, and days that are blocked."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.conversions.schemas import ConvertLead
from app.kernel import clock
from app.kernel.errors import AppError, Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.leads.date_book import LONGEST_HOLD, block, hold, release, unblock
from app.leads.schemas import DateBlock, DateHold, LeadUpdate, StatusMove
from app.models.accounts import AuditEntry
from app.models.capture import DateEntry
from app.models.choices import ConversionType, DateState, LeadStatus
from app.models.leads import Lead
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.change_status import change_status
from app.workflows.convert_lead import convert_lead
from app.workflows.merge_leads import merge_leads
from app.workflows.update_lead import update_lead
from tests.architecture.ledger import ledger
from tests.cast import House
from tests.factories.nurture import make_lead

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
JUNE = date(2028, 6, 17)
WEEK = timedelta(days=7)
A_WEEK = DateHold(until=NOON + WEEK)
BOOKING = ConvertLead(conversion_type=ConversionType.BOOKING_CONFIRMED, conversion_value=Decimal(3200))


@pytest.fixture
def couple(app: Flask, house: House) -> Callable[..., UUID]:
    """A lead that asks for a Saturday in June, unless it says otherwise."""

    def make(**columns: Any) -> UUID:
        with app.app_context():
            return make_lead(house, NOON, **({"wedding_date": JUNE} | columns))

    return make


def entries(house: House) -> list[tuple[date, str, UUID | None, datetime | None]]:
    with reading(house.supplier_id) as session:
        rows = session.scalars(select(DateEntry).order_by(DateEntry.id)).all()
        return [(row.on_date, str(row.state), row.lead_id, row.held_until) for row in rows]


def actions(house: House) -> list[str]:
    with reading(house.supplier_id) as session:
        written = select(AuditEntry.action).where(AuditEntry.table_name == "date_entries")
        return list(session.scalars(written.order_by(AuditEntry.occurred_at, AuditEntry.id)))


def test_a_day_is_held_moved_and_given_back(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    lead_id = couple()
    with app.app_context(), clock.at(NOON):
        first = hold(house.member.actor, lead_id, A_WEEK)
        assert entries(house) == [(JUNE, "held", lead_id, NOON + WEEK)]
        assert hold(house.member.actor, lead_id, DateHold(until=NOON + 2 * WEEK)) == first
        assert entries(house) == [(JUNE, "held", lead_id, NOON + 2 * WEEK)]
        release(house.member.actor, lead_id)
        assert entries(house) == []
        assert actions(house) == ["held", "held", "released"]


def test_a_hold_follows_the_couple_to_another_day(
    app: Flask, house: House, couple: Callable[..., UUID]
) -> None:
    lead_id, july = couple(), date(2028, 7, 1)
    with app.app_context(), clock.at(NOON):
        hold(house.member.actor, lead_id, A_WEEK)
        with unit_of_work(house.supplier_id) as session:
            session.get_one(Lead, (house.supplier_id, lead_id)).wedding_date = july
        hold(house.member.actor, lead_id, A_WEEK)
        assert [entry[0] for entry in entries(house)] == [july]


def test_a_hold_that_ended_is_in_nobodys_way(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    first, second = couple(), couple()
    with app.app_context():
        with clock.at(NOON):
            hold(house.member.actor, first, A_WEEK)
            with pytest.raises(Conflict, match="held for another couple"):
                hold(house.member.actor, second, A_WEEK)
            assert [entry[2] for entry in entries(house)] == [first]
        with clock.at(NOON + WEEK):
            hold(house.member.actor, second, DateHold(until=NOON + 2 * WEEK))
            assert [entry[2] for entry in entries(house)] == [second]


def test_of_two_at_once_one_gets_the_day(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    couples, outcomes = [couple() for _ in range(4)], []

    def take(lead_id: UUID) -> None:
        with app.app_context(), clock.at(NOON):
            try:
                hold(house.member.actor, lead_id, A_WEEK)
                outcomes.append("held")
            except Conflict:
                outcomes.append("taken")

    threads = [Thread(target=take, args=[lead_id]) for lead_id in couples]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", "taken", "taken", "taken"]
    with app.app_context():
        assert len(entries(house)) == 1


def test_a_blocked_day_is_held_for_nobody_until_it_is_open_again(
    app: Flask, house: House, couple: Callable[..., UUID]
) -> None:
    lead_id = couple()
    with app.app_context(), clock.at(NOON):
        entry_id = block(house.member.actor, DateBlock(on_date=JUNE, note="Holiday"))
        for act in (
            lambda: hold(house.member.actor, lead_id, A_WEEK),
            lambda: block(house.member.actor, DateBlock(on_date=JUNE)),
        ):
            with pytest.raises(Conflict, match="blocked"):
                act()
        unblock(house.member.actor, entry_id)
        hold(house.member.actor, lead_id, A_WEEK)
        with pytest.raises(Conflict, match="held"):
            block(house.member.actor, DateBlock(on_date=JUNE))
        assert [entry[1] for entry in entries(house)] == ["held"]
        assert actions(house) == ["blocked", "unblocked", "held"]


def test_a_day_whose_hold_ended_can_be_blocked(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    lead_id = couple()
    with app.app_context():
        with clock.at(NOON):
            hold(house.member.actor, lead_id, A_WEEK)
        with clock.at(NOON + WEEK):
            block(house.member.actor, DateBlock(on_date=JUNE))
        assert [entry[1] for entry in entries(house)] == ["blocked"]


def test_a_booked_day_stays_booked(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    booked, other = couple(), couple()
    entry = DateEntry(supplier_id=house.supplier_id, on_date=JUNE, state=DateState.BOOKED, lead_id=booked)
    with app.app_context(), clock.at(NOON):
        with unit_of_work(house.supplier_id) as session:
            session.add(entry)
            session.flush()
            entry_id = entry.id
        acts: list[tuple[type[AppError], Callable[[], object]]] = [
            (Conflict, lambda: hold(house.member.actor, other, A_WEEK)),
            (Conflict, lambda: hold(house.member.actor, booked, A_WEEK)),
            (Conflict, lambda: release(house.member.actor, booked)),
            (Conflict, lambda: block(house.member.actor, DateBlock(on_date=JUNE))),
            (NotFound, lambda: unblock(house.member.actor, entry_id)),
        ]
        before = ledger(app, house.supplier_id)
        for error, act in acts:
            with pytest.raises(error):
                act()
        assert ledger(app, house.supplier_id) == before


@pytest.mark.parametrize(
    ("columns", "until", "error", "field"),
    [
        ({"wedding_date": None}, NOON + WEEK, InvalidInput, "wedding_date"),
        ({"lead_status": LeadStatus.LOST}, NOON + WEEK, Conflict, None),
        ({}, NOON, InvalidInput, "until"),
        ({}, NOON + LONGEST_HOLD + timedelta(seconds=1), InvalidInput, "until"),
    ],
)
def test_what_cannot_be_held_is_refused_and_nothing_is_written(
    app: Flask,
    house: House,
    couple: Callable[..., UUID],
    *,
    columns: dict[str, Any],
    until: datetime,
    error: type[AppError],
    field: str | None,
) -> None:
    lead_id = couple(**columns)
    before = ledger(app, house.supplier_id)
    with app.app_context(), clock.at(NOON), pytest.raises(error) as refused:
        hold(house.member.actor, lead_id, DateHold(until=until))
    assert [one.field for one in refused.value.fields] == ([field] if field else [])
    assert ledger(app, house.supplier_id) == before


def test_a_viewer_and_a_stranger_change_nothing(
    app: Flask, house: House, couple: Callable[..., UUID]
) -> None:
    lead_id, refused = couple(), ((house.viewer.actor, NotPermitted), (house.stranger.actor, NotFound))
    with app.app_context(), clock.at(NOON):
        entry_id = block(house.member.actor, DateBlock(on_date=date(2028, 1, 1)))
        before = ledger(app, house.supplier_id)
        for actor, error in refused:
            for act in (
                lambda actor=actor: hold(actor, lead_id, A_WEEK),
                lambda actor=actor: release(actor, lead_id),
                lambda actor=actor: unblock(actor, entry_id),
            ):
                with pytest.raises(error):
                    act()
        with pytest.raises(NotPermitted):
            block(house.viewer.actor, DateBlock(on_date=JUNE))
        with pytest.raises(NotFound):
            unblock(house.member.actor, uuid7())
        assert ledger(app, house.supplier_id) == before


def test_a_booking_takes_the_couples_own_day_whatever_a_merge_brought(
    app: Flask, house: House, couple: Callable[..., UUID]
) -> None:
    lead_id, same_couple = couple(), couple(wedding_date=date(2028, 5, 20))
    with app.app_context(), clock.at(NOON):
        for one in (lead_id, same_couple):
            hold(house.member.actor, one, A_WEEK)
        merge_leads(house.member.actor, lead_id, same_couple)
        booked = convert_lead(house.member.actor, lead_id, BOOKING)
        assert entries(house) == [(JUNE, "booked", lead_id, None)]
        cancel_conversion(house.member.actor, booked.conversion_id)
        assert entries(house) == []
        assert actions(house) == ["held", "held", "released", "booked", "released"]


def test_who_is_won_by_hand_has_the_day_until_the_lead_is_reopened(
    app: Flask, house: House, couple: Callable[..., UUID]
) -> None:
    lead_id, other = couple(), couple()
    with app.app_context(), clock.at(NOON):
        change_status(house.member.actor, lead_id, StatusMove(lead_status=LeadStatus.WON, value_unknown=True))
        assert entries(house) == [(JUNE, "booked", lead_id, None)]
        with pytest.raises(Conflict, match="booked"):
            hold(house.member.actor, other, A_WEEK)
        change_status(house.member.actor, lead_id, StatusMove(lead_status=LeadStatus.NEGOTIATION))
        assert entries(house) == []


def test_the_booked_day_moves_with_the_wedding(app: Flask, house: House, couple: Callable[..., UUID]) -> None:
    lead_id, july = couple(), date(2028, 7, 1)
    with app.app_context(), clock.at(NOON):
        convert_lead(house.member.actor, lead_id, BOOKING)
        update_lead(house.member.actor, lead_id, LeadUpdate(wedding_date=july))
        assert entries(house) == [(july, "booked", lead_id, None)]
        update_lead(house.member.actor, lead_id, LeadUpdate(wedding_date=None))
        assert entries(house) == []
