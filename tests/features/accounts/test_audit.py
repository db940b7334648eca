"""Writes leave who, what, before and after; never a secret; and the log only grows."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from app.accounts import keys, service, team
from app.accounts.schemas import NewApiKey, RoleChange, SupplierProfile
from app.kernel.actor import Actor, Permission, Role
from app.kernel.errors import Duplicate
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import InteractionCreate, LeadCreate
from app.models.accounts import AuditEntry
from app.models.choices import Trade
from app.workflows.add_interaction import add_interaction
from app.workflows.create_lead import create_lead
from tests.cast import House

PROFILE = SupplierProfile(
    name="Rosewood & Sons", trade=Trade.VENUE, timezone="Europe/Paris", currency="EUR", locale="fr-FR",
    working_hours={"1": ("09:00", "17:00")}, holidays=["2026-12-25"],
)  # fmt: skip


def _log(actor: Actor) -> list[dict[str, Any]]:
    """What was written since the business was opened."""
    with reading(actor.supplier_id) as session:
        since = AuditEntry.action != "opened"
        rows = session.scalars(select(AuditEntry).where(since).order_by(AuditEntry.occurred_at))
        return [{c.key: getattr(row, c.key) for c in AuditEntry.__table__.columns} for row in rows]


def test_opening_a_business_is_its_first_entry(app: Flask, house: House) -> None:
    with app.app_context(), reading(house.supplier_id) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.occurred_at).limit(1)).one()
        assert (entry.action, entry.table_name, entry.row_id) == ("opened", "suppliers", house.supplier_id)
        assert (entry.actor_id, entry.before) == (house.owner.user_id, None)
        assert entry.after is not None
        assert entry.after["name"] == "Rosewood Photography"
        assert house.owner.password not in str(entry.after)


def test_a_change_keeps_only_what_differs(app: Flask, house: House) -> None:
    actor = house.owner.actor
    with app.app_context():
        team.change_role(actor, house.member.user_id, RoleChange(role=Role.ADMIN))
        (entry,) = _log(actor)
    assert (entry["action"], entry["table_name"], entry["row_id"]) == (
        "updated",
        "memberships",
        house.member.user_id,
    )
    assert (entry["actor_kind"], entry["actor_id"]) == ("user", house.owner.user_id)
    assert (entry["before"], entry["after"]) == ({"role": "member"}, {"role": "admin"})


def test_writing_the_same_again_writes_nothing(app: Flask, house: House) -> None:
    with app.app_context():
        service.update_profile(house.owner.actor, PROFILE)
        service.update_profile(house.owner.actor, PROFILE)
        (entry,) = _log(house.owner.actor)
    assert entry["after"]["holidays"] == ["2026-12-25"]
    assert entry["after"]["working_hours"] == {"1": ["09:00", "17:00"]}


def test_a_key_is_told_without_its_secret(app: Flask, house: House) -> None:
    with app.app_context():
        _, text_ = keys.create_api_key(house.owner.actor, NewApiKey(name="Zapier", scopes=[Permission.READ]))
        (entry,) = _log(house.owner.actor)
    assert entry["after"] == {"name": "Zapier", "scopes": ["read"], "role": "owner", "expires_at": None}
    assert text_ not in str(entry)


def test_a_lead_made_by_hand_tells_who_made_it_of_what(app: Flask, house: House) -> None:
    data = LeadCreate(
        lead_source="referral", primary_email="c@example.com", estimated_budget=Decimal("900.50")
    )
    said = {"lead_source": "referral", "primary_email": "c@example.com", "estimated_budget": "900.50"}
    with app.app_context():
        made = create_lead(house.member.actor, data)
        create_lead(house.owner.actor, data, join=True)
        created, joined = _log(house.owner.actor)
    assert (created["actor_id"], created["action"]) == (house.member.user_id, "created")
    assert (joined["actor_id"], joined["action"]) == (house.owner.user_id, "joined")
    for entry in (created, joined):
        assert (entry["table_name"], entry["row_id"], entry["after"]) == ("leads", made.lead_id, said)


def test_a_refused_lead_leaves_nothing(app: Flask, house: House) -> None:
    with app.app_context():
        data = LeadCreate(lead_source="referral", primary_email="c@example.com")
        create_lead(house.member.actor, data)
        with pytest.raises(Duplicate):
            create_lead(house.owner.actor, data)
        assert [entry["actor_id"] for entry in _log(house.owner.actor)] == [house.member.user_id]


def test_a_note_tells_who_wrote_it(app: Flask, house: House) -> None:
    with app.app_context():
        made = create_lead(house.member.actor, LeadCreate(lead_source="fair", primary_phone="+442079460018"))
        note = InteractionCreate(interaction_type="note_added", interaction_content="Loves peonies")
        note_id = add_interaction(house.owner.actor, made.lead_id, note).interaction_id
        _, noted = _log(house.owner.actor)
    assert (noted["actor_id"], noted["table_name"]) == (house.owner.user_id, "lead_interactions")
    assert noted["row_id"] == note_id
    assert noted["after"] == {
        "lead_id": str(made.lead_id),
        "interaction_type": "note_added",
        "interaction_content": "Loves peonies",
    }


def test_the_log_of_one_supplier_is_hidden_from_another(app: Flask, house: House) -> None:
    with app.app_context():
        service.update_profile(house.owner.actor, PROFILE)
        assert _log(house.stranger.actor) == []


@pytest.mark.parametrize("change", [update(AuditEntry).values(action="nothing"), delete(AuditEntry)])
def test_nobody_changes_the_log(app: Flask, house: House, change: Any) -> None:
    with app.app_context():
        service.update_profile(house.owner.actor, PROFILE)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            unit_of_work(house.supplier_id) as session,
        ):
            session.execute(change)
