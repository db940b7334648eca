"""How a supplier's messages look and whom they are from: what may be said of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.kernel.errors import InvalidInput, NotPermitted
from app.messaging.branding import Branding, update_branding
from app.messaging.senders.domains import DomainWrite, add_domain
from app.models.accounts import AuditEntry, Supplier
from tests.cast import House
from tests.factories.nurture import one


def test_it_is_kept_and_recorded(house: House) -> None:
    add_domain(house.owner.actor, DomainWrite(domain="rosewood.example"))
    given: dict[str, Any] = {
        "sender_name": "Olive, Rosewood",
        "reply_to": "Olive@rosewood.example",
        "sender_address": "olive@rosewood.example",
        "daily_message_cap": 2,
        "weekly_message_cap": 5,
        "tracks_messages": False,
        "brand_color": "#A0285A",
        "logo_url": "https://rosewood.example/logo.png",
        "mail_footer": "Rosewood Ltd\n1 Mill Lane",
    }
    update_branding(house.owner.actor, Branding(**given))
    row = one(house, Supplier)
    assert (row.sender_address, row.brand_color, row.daily_message_cap) == (
        "olive@rosewood.example",
        "#a0285a",
        2,
    )
    assert row.reply_to == "olive@rosewood.example"
    assert not row.tracks_messages
    entry = one(house, AuditEntry, AuditEntry.action == "updated", AuditEntry.table_name == "suppliers")
    assert entry.after["mail_footer"] == "Rosewood Ltd\n1 Mill Lane"


@pytest.mark.parametrize(
    "given",
    [
        {"brand_color": "red"},
        {"logo_url": "http://rosewood.example/logo.png"},
        {"logo_url": 'https://x.example/"onload='},
        {"logo_url": "javascript:alert(1)"},
        {"daily_message_cap": 11},
        {"weekly_message_cap": 0},
        {"mail_footer": "x" * 1001},
        {"sender_address": "nobody"},
        {"reply_to": "a@b"},
        {"sender_name": "Rose\x1b[2Jwood"},
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Branding(**given)


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"sender_address": "olive@gmail.example"}, "sender_address", "Add the domain gmail.example first"),
        ({"sms_number": "12345"}, "sms_number", "Give the whole number"),
        ({"daily_message_cap": 5, "weekly_message_cap": 4}, "weekly_message_cap", "no fewer"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    house: House, given: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidInput, match=problem) as refused:
        update_branding(house.owner.actor, Branding(**given))
    assert refused.value.fields[0].field == field


def test_a_number_belongs_to_one_business(house: House) -> None:
    digits = str(house.supplier_id.int)[-6:]
    update_branding(house.owner.actor, Branding(sms_number=f"07400 {digits}"))
    number = one(house, Supplier).sms_number
    assert number == f"+447400{digits}"
    with pytest.raises(InvalidInput, match="Another business"):
        update_branding(house.stranger.actor, Branding(sms_number=number))
    with pytest.raises(NotPermitted):
        update_branding(house.member.actor, Branding())
