"""A couple chooses what it gets, and may change its mind."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.links import preferences_url
from app.messaging.suppressions import reason_for, suppress
from app.models.choices import Channel, ConsentPurpose, InteractionType, SuppressionReason
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.models.privacy import ConsentEvent
from app.workflows.delete_lead import delete_lead
from app.workflows.opt_out import opt_out
from tests.cast import House
from tests.factories.nurture import change, one, rows
from tests.features.messaging.signalling import NOW, sent

LATER = NOW + timedelta(hours=2)
PHONE = "+447400123456"
ALL = {"follow_ups": "on", "marketing": "on", "texts": "on"}


@pytest.fixture
def message(house: House) -> Message:
    """To a couple with a phone, too, that agreed to news."""
    message = sent(house)
    change(house, Lead, message.lead_id, primary_phone=PHONE)
    return message


def path(message: Message) -> str:
    return preferences_url(message.supplier_id, message.id).removeprefix("http://localhost")


def choose(client: FlaskClient, message: Message, wishes: dict[str, str], at: datetime = LATER) -> Any:
    with clock.at(at):
        answer = client.post(path(message), data=wishes)
    assert answer.status_code == 200
    assert "Saved." in answer.text
    return answer


def state(house: House, message: Message) -> tuple[str | None, str | None, bool, datetime | None]:
    """Why e-mails and texts are stopped, the consent, and the opt-out."""
    with unit_of_work(house.supplier_id) as session:
        mail = reason_for(session, house.supplier_id, Channel.EMAIL, message.to_address)
        texts = reason_for(session, house.supplier_id, Channel.SMS, PHONE)
    lead = one(house, Lead)
    return mail, texts, lead.consent_marketing, lead.opt_out_date


def checked(page: Any) -> set[str]:
    return {
        name for name in ALL if f'id="{name}" value="on" aria-describedby="{name}-says" checked' in page.text
    }


def test_the_page_shows_what_is_on_and_changes_nothing(
    house: House, client: FlaskClient, message: Message
) -> None:
    page = client.get(path(message))
    assert page.status_code == 200
    assert checked(page) == set(ALL)
    assert "What Rosewood Photography sends you" in page.text
    assert message.to_address not in page.text
    assert PHONE not in page.text
    assert state(house, message) == (None, None, True, None)


def test_e_mails_off_leaves_text_messages_on(house: House, client: FlaskClient, message: Message) -> None:
    page = choose(client, message, {"texts": "on"})
    assert checked(page) == {"texts"}
    assert state(house, message) == ("unsubscribed", None, False, None)
    assert one(house, Enrollment).end_reason == "opted_out", "it says nothing by another channel"
    [ledger] = rows(house, ConsentEvent)
    assert (ledger.purpose, ledger.given, ledger.source) == (
        ConsentPurpose.MARKETING,
        False,
        "preference page",
    )


def test_text_messages_off_leaves_e_mails_on(house: House, client: FlaskClient, message: Message) -> None:
    choose(client, message, {"follow_ups": "on", "marketing": "on"})
    assert state(house, message) == (None, "unsubscribed", True, None)
    assert one(house, Enrollment).status == "active"


@pytest.mark.parametrize("said", [{"nothing": "yes"} | ALL, {}])
def test_everything_off(house: House, client: FlaskClient, message: Message, said: dict[str, str]) -> None:
    for _ in range(2):
        page = choose(client, message, said)
    assert checked(page) == set()
    assert state(house, message) == ("unsubscribed", "unsubscribed", False, LATER)
    assert one(house, Enrollment).end_reason == "opted_out"
    off = rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.UNSUBSCRIBED)
    assert [entry.interaction_subject for entry in off] == [
        "E-mails off: preference page",
        "Text messages off: preference page",
    ]
    assert len(rows(house, ConsentEvent)) == 1


def test_on_again_by_their_own_hand_lifts_what_they_stopped(
    house: House, client: FlaskClient, message: Message
) -> None:
    opt_out(house.supplier_id, message.id)
    choose(client, message, {"texts": "on"})
    assert state(house, message) == ("unsubscribed", None, False, None)
    choose(client, message, ALL)
    assert state(house, message) == (None, None, True, None)
    assert [event.given for event in rows(house, ConsentEvent)] == [False, True]


@pytest.mark.parametrize(
    "reason", [SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL]
)
def test_on_does_not_lift_what_others_stopped(
    house: House, client: FlaskClient, message: Message, reason: SuppressionReason
) -> None:
    with unit_of_work(house.supplier_id) as session:
        suppress(session, house.supplier_id, Channel.EMAIL, message.to_address, reason)
    page = choose(client, message, ALL)
    assert "Nothing can be sent to c…@example.com" in page.text
    assert state(house, message)[0] == reason


def test_without_a_phone_there_are_no_texts_to_choose(house: House, client: FlaskClient) -> None:
    message = sent(house)
    assert 'name="texts"' not in client.get(path(message)).text
    choose(client, message, {"marketing": "on"})
    assert one(house, Lead).opt_out_date == LATER, "all there is is off"
    assert one(house, Lead).consent_marketing is True


def test_a_made_up_link_and_one_of_a_deleted_lead(
    house: House, client: FlaskClient, message: Message
) -> None:
    assert client.get("/preferences/x").status_code == client.post("/preferences/x").status_code == 422
    delete_lead(house.owner.actor, message.lead_id)
    assert client.get(path(message)).status_code == client.post(path(message)).status_code == 404


def test_the_way_out_leads_here(house: House, client: FlaskClient, message: Message) -> None:
    from_there = message.html_body
    assert from_there
    url = from_there.partition("/unsubscribe/")[2].partition('"')[0]
    page = client.get(f"/unsubscribe/{url}")
    assert preferences_url(house.supplier_id, message.id) in page.text
