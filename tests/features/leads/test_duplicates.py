"""Leads that may be the same couple, and why they are proposed."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.errors import NotFound
from app.kernel.uow import reading, unit_of_work
from app.leads.duplicates import likely
from app.models.choices import LeadStatus
from app.models.leads import LeadMerge
from tests.cast import House
from tests.factories.nurture import make_lead

DAY, NOW = date(2031, 6, 14), datetime.now(UTC)


def found(house: House, lead_id: UUID, most: int = 5) -> list[tuple[UUID, list[str]]]:
    with reading(house.supplier_id) as session:
        return [(one.lead.id, one.reasons) for one in likely(session, lead_id, most)]


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        ({"primary_phone": "+447400123456"}, {"primary_phone": "+447400123456"}, "Same phone number"),
        ({"secondary_phone": "+447400123456"}, {"primary_phone": "+447400123456"}, "Same phone number"),
        (
            {"wedding_date": DAY, "couple_name_bride": "Emma Clarke"},
            {"wedding_date": DAY, "couple_name_groom": " Tom  CLARKE "},
            "Same wedding date and surname",
        ),
        (
            {"wedding_date": DAY, "wedding_venue": "Ashcombe Manor"},
            {"wedding_date": DAY, "wedding_venue": " ashcombe manor "},
            "Same wedding date and venue",
        ),
        (
            {"primary_email": "emma@example.com"},
            {"secondary_email": "emma@example.com"},
            "One has the other's e-mail address as a second one",
        ),
        (
            {"secondary_email": "tom@example.com"},
            {"primary_email": "tom@example.com"},
            "One has the other's e-mail address as a second one",
        ),
    ],
)
def test_a_likeness_has_its_reason(
    app: Flask, house: House, ours: dict[str, Any], theirs: dict[str, Any], reason: str
) -> None:
    with app.app_context():
        lead_id, other = make_lead(house, NOW, **ours), make_lead(house, NOW, **theirs)
        assert found(house, lead_id) == [(other, [reason])]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({"wedding_date": DAY}, {"wedding_date": DAY}),
        (
            {"wedding_date": DAY, "couple_name_bride": "Emma"},
            {"wedding_date": DAY, "couple_name_bride": "Emma"},
        ),
        (
            {"wedding_date": DAY, "couple_name_bride": "Emma Clarke"},
            {"wedding_date": DAY, "couple_name_bride": "Ann Smith"},
        ),
        ({"wedding_venue": "Ashcombe Manor"}, {"wedding_venue": "Ashcombe Manor"}),
        (
            {"wedding_date": DAY, "couple_name_bride": "A Clarke"},
            {"wedding_date": date(2031, 6, 15), "couple_name_bride": "B Clarke"},
        ),
    ],
)
def test_less_than_that_is_no_likeness(
    app: Flask, house: House, ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    with app.app_context():
        lead_id = make_lead(house, NOW, **ours)
        make_lead(house, NOW, **theirs)
        assert found(house, lead_id) == []


def test_more_reasons_come_first_and_the_list_is_bounded(app: Flask, house: House) -> None:
    said = {"primary_phone": "+447400123456", "wedding_date": DAY, "wedding_venue": "Ashcombe Manor"}
    with app.app_context():
        lead_id = make_lead(house, NOW, **said)
        weak = make_lead(house, NOW, primary_phone=said["primary_phone"])
        strong = make_lead(house, NOW, **said)
        assert [other for other, _ in found(house, lead_id)] == [strong, weak]
        assert [other for other, _ in found(house, lead_id, most=1)] == [strong]


def test_spam_and_what_is_merged_already_are_left_out(app: Flask, house: House) -> None:
    with app.app_context():
        phone = {"primary_phone": "+447400123456"}
        lead_id = make_lead(house, NOW, **phone)
        make_lead(house, NOW, lead_status=LeadStatus.SPAM, **phone)
        make_lead(house, NOW, lead_status=LeadStatus.DUPLICATE, duplicate_of_id=lead_id, **phone)
        assert found(house, lead_id) == []


def test_two_that_a_person_told_apart_are_not_proposed_again(app: Flask, house: House) -> None:
    with app.app_context():
        phone = {"primary_phone": "+447400123456"}
        lead_id, other = make_lead(house, NOW, **phone), make_lead(house, NOW, **phone)
        with unit_of_work(house.supplier_id) as session:
            session.add(
                LeadMerge(supplier_id=house.supplier_id, winner_id=lead_id, loser_id=other, undone_at=NOW)
            )
        assert found(house, lead_id) == found(house, other) == []


def test_another_suppliers_leads_are_neither_found_nor_asked_about(app: Flask, house: House) -> None:
    with app.app_context():
        phone = {"primary_phone": "+447400123456"}
        lead_id = make_lead(house, NOW, **phone)
        with reading(house.stranger.actor.supplier_id) as session:
            for unknown in (lead_id, uuid7()):
                with pytest.raises(NotFound):
                    likely(session, unknown)
