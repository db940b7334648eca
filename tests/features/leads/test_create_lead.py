"""A lead made by staff or a program."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from app.kernel.errors import Duplicate, InvalidInput, NotPermitted
from app.kernel.schema import validate
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import LeadCreate
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.sources import LeadSource, SourceCost
from app.workflows.create_lead import create_lead
from tests.cast import House


def new_lead(**said: object) -> LeadCreate:
    base = {"lead_source": "Referral", "primary_email": f"c-{uuid7().hex}@example.com", "services_needed": []}
    return validate(LeadCreate, base | said)


def test_it_is_scored_by_the_rules_and_enrolled(app: Flask, house: House) -> None:
    with app.app_context():
        made = create_lead(house.member.actor, new_lead(estimated_budget="5000"))
    assert (made.joined, made.score, made.enrolled) == (False, 50, ["Welcome"])


def test_a_known_address_is_a_conflict_that_names_the_lead(app: Flask, house: House) -> None:
    with app.app_context():
        first = create_lead(house.member.actor, new_lead(primary_email="twice@example.com"))
        with pytest.raises(Duplicate) as refused:
            create_lead(house.member.actor, new_lead(primary_email="Twice@Example.com"))
        assert refused.value.details["existing_id"] == str(first.lead_id)
        with reading(house.supplier_id) as session:
            assert session.execute(select(func.count()).select_from(Lead)).scalar_one() == 1


def test_a_known_address_joins_when_asked_to(app: Flask, house: House) -> None:
    with app.app_context():
        first = create_lead(house.member.actor, new_lead(primary_email="twice@example.com"))
        again = create_lead(house.member.actor, new_lead(primary_email="twice@example.com"), join=True)
    assert (again.lead_id, again.joined) == (first.lead_id, True)


def test_the_same_address_at_another_supplier_is_another_lead(app: Flask, house: House) -> None:
    with app.app_context():
        ours = create_lead(house.member.actor, new_lead(primary_email="both@example.com"))
        theirs = create_lead(house.stranger.actor, new_lead(primary_email="both@example.com"))
    assert ours.lead_id != theirs.lead_id


@pytest.mark.parametrize(
    ("locale", "said", "kept"),
    [("en-GB", "07400 123456", "+447400123456"), ("de-DE", "0171 2345678", "+491712345678")],
)
def test_a_local_phone_number_is_read_as_in_the_suppliers_region(
    app: Flask, house: House, locale: str, said: str, kept: str
) -> None:
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            session.get_one(Supplier, house.supplier_id).locale = locale
        made = create_lead(house.member.actor, new_lead(primary_phone=said))
        with reading(house.supplier_id) as session:
            assert session.get_one(Lead, (house.supplier_id, made.lead_id)).primary_phone == kept


def test_an_unknown_source_is_kept_as_a_new_inactive_one(app: Flask, house: House) -> None:
    with app.app_context():
        made = create_lead(house.member.actor, new_lead(lead_source="Cousin's Blog"))
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, made.lead_id))
            source = session.get_one(LeadSource, (house.supplier_id, lead.lead_source_id))
            assert (lead.lead_source, source.source_name, source.is_active) == (
                "Cousin's Blog",
                "Cousin's Blog",
                False,
            )


def test_names_in_any_script_are_sources_of_their_own(app: Flask, house: House) -> None:
    names = ["Свадебная ярмарка", "婚礼展", "🎪", "💐", "Salon Éclat"]
    with app.app_context():
        for name in names:
            create_lead(house.member.actor, new_lead(lead_source=name))
        create_lead(house.member.actor, new_lead(lead_source="СВАДЕБНАЯ ЯРМАРКА"))
        with reading(house.supplier_id) as session:
            made = select(LeadSource.source_name, LeadSource.total_leads).where(~LeadSource.is_active)
            counted = {row.source_name: row.total_leads for row in session.execute(made)}
    assert counted == dict.fromkeys(names, 1) | {"Свадебная ярмарка": 2}


def test_what_a_lead_of_its_source_costs_falls_with_each_one(app: Flask, house: House) -> None:
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            source = session.scalars(select(LeadSource).where(LeadSource.slug == "referral")).one()
            days = {"period_start": date(2027, 1, 1), "period_end": date(2027, 1, 31)}
            spent = SourceCost(
                supplier_id=house.supplier_id, source_id=source.id, amount=Decimal(100), **days
            )
            session.add(spent)
        for each in ("100.00", "50.00", "33.33"):
            create_lead(house.member.actor, new_lead())
            with reading(house.supplier_id) as session:
                costs = select(LeadSource.cost_per_lead).where(LeadSource.slug == "referral")
                assert session.scalars(costs).one() == Decimal(each)


@pytest.mark.parametrize("said", ["Word of mouth", "word_of_mouth", "WORD OF MOUTH"])
def test_a_rule_about_a_source_holds_however_the_source_was_named(
    app: Flask, house: House, said: str
) -> None:
    with app.app_context():
        assert create_lead(house.member.actor, new_lead(lead_source=said)).score == 20


def test_the_budgets_range_follows_an_amount_that_comes_later(app: Flask, house: House) -> None:
    with app.app_context():
        create_lead(house.member.actor, new_lead(primary_email="b@example.com", budget_range="under_1000"))
        later = new_lead(primary_email="b@example.com", estimated_budget="6000")
        joined = create_lead(house.member.actor, later, join=True)
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, joined.lead_id))
            assert (lead.estimated_budget, lead.budget_range) == (6000, "5000_10000")


def test_a_viewer_may_not(app: Flask, house: House) -> None:
    with app.app_context(), pytest.raises(NotPermitted, match="viewer"):
        create_lead(house.viewer.actor, new_lead())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"primary_email": None}, ""),
        ({"primary_email": "nobody"}, "primary_email"),
        ({"estimated_budget": "-1"}, "estimated_budget"),
        ({"estimated_budget": "1e20"}, "estimated_budget"),
        ({"wedding_date": "31/12/2027"}, "wedding_date"),
        ({"estimated_guest_count": 1.5}, "estimated_guest_count"),
        ({"services_needed": ["x"] * 31}, "services_needed"),
        ({"tags": ["x" * 101]}, "tags.0"),
        ({"additional_notes": "x" * 10_001}, "additional_notes"),
        ({"preferred_contact_method": "pigeon"}, "preferred_contact_method"),
        ({"lead_score": 100}, "lead_score"),
    ],
)
def test_bad_input_names_the_field(said: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        new_lead(**said)
    assert refused.value.fields[0].field == field
