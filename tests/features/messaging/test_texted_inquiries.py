"""A text message from a number that no lead has is an inquiry: none is lost, and none counts twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel import clock
from app.kernel.actor import system
from app.kernel.errors import Conflict
from app.kernel.uow import reading
from app.messaging.texts import MOST, Text
from app.models.capture import Inquiry, Touchpoint
from app.models.choices import InquiryState, InteractionType
from app.models.leads import Lead, LeadInteraction
from app.models.notices import Notice
from app.models.sources import LeadSource
from app.scoring.facts import AsOf, replies_30d
from app.workflows import admit_lead, answer_by_text
from app.workflows.capture_lead import capture_lead
from app.workflows.receive_text import receive_text
from app.workflows.restore_inquiry import restore_inquiry
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import email_step, enrollment, make_lead, make_sequence, one, rows
from tests.features.messaging.hooked import LATER, PHONE, barred, inbound
from tests.features.messaging.signalling import NOW

pytestmark = pytest.mark.usefixtures("provided")
WORDS = "Hello! Are you free on 12 June?"


def texts(house: House) -> list[LeadInteraction]:
    return rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.SMS_RECEIVED)


def replies(house: House) -> int | None:
    """What a rule knows of them."""
    with reading(house.supplier_id) as session:
        return session.scalar(select(replies_30d(AsOf(LATER, LATER.date(), "UTC"))).select_from(Lead))


def broken(*_: Any, **__: Any) -> None:
    raise RuntimeError("a rule nobody can read")


def test_it_is_a_lead_and_its_words_wait_for_an_answer(
    house: House, client: FlaskClient, number: str
) -> None:
    assert inbound(client, number, WORDS).status_code == 200
    inquiry, lead = one(house, Inquiry), one(house, Lead)
    assert (inquiry.channel, inquiry.idempotency_key) == ("sms", "sms:SM1")
    assert inquiry.payload == {"phone": PHONE, "message": WORDS}
    assert (inquiry.state, inquiry.lead_id, inquiry.captured_at) == ("captured", lead.id, LATER)
    assert (lead.primary_phone, lead.primary_email, lead.preferred_contact_method) == (PHONE, None, "text")
    assert (lead.additional_notes, lead.awaiting_reply_since) == (WORDS, LATER)
    assert lead.assigned_to_user_id is not None
    assert one(house, Notice).kind == "assigned"
    [entry] = texts(house)
    assert (entry.interaction_content, entry.interaction_subject) == (WORDS, "Inquiry by text message")
    assert entry.occurred_at == LATER


def test_its_source_is_the_text_itself_and_no_visit_earns_credit(
    house: House, client: FlaskClient, number: str
) -> None:
    inbound(client, number, WORDS)
    lead = one(house, Lead)
    source = one(house, LeadSource, LeadSource.id == lead.lead_source_id)
    assert (source.source_name, source.slug, source.total_leads) == ("Text message", "text_message", 1)
    assert rows(house, Touchpoint) == []


def test_the_inquiry_is_no_reply_to_the_sequence_it_enters(
    house: House, client: FlaskClient, number: str
) -> None:
    make_sequence(house, [email_step(house, delay_amount=1, delay_unit="days")], ends_on_reply=True)
    inbound(client, number, WORDS)
    lead = one(house, Lead)
    with clock.at(LATER):
        run_step(house.supplier_id, enrollment(house, lead.id).id)
    assert enrollment(house, lead.id).status == "active"
    assert replies(house) == 0
    inbound(client, number, "Still there?", "SM2")
    assert enrollment(house, lead.id).end_reason == "replied"
    assert replies(house) == 1


def test_the_next_text_joins_and_is_no_inquiry(house: House, client: FlaskClient, number: str) -> None:
    for sid, body in (("SM1", WORDS), ("SM2", "And what does it cost?"), ("SM1", WORDS), ("SM2", "Again")):
        assert inbound(client, number, body, sid).status_code == 200
    lead = one(house, Lead)
    assert [entry.interaction_content for entry in texts(house)] == [WORDS, "And what does it cost?"]
    assert lead.awaiting_reply_since == LATER
    assert len(rows(house, Inquiry)) == 1


def test_texts_of_one_new_number_at_once_make_one_lead(app: Flask, house: House, number: str) -> None:
    def text(which: int) -> int:
        return inbound(app.test_client(), number, f"Text {which}", f"SM{which}").status_code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(text, [1, 2, 3, 1, 2, 3])) == [200] * 6
    lead = one(house, Lead)
    assert sorted(str(entry.interaction_content) for entry in texts(house)) == ["Text 1", "Text 2", "Text 3"]
    assert one(house, Inquiry).lead_id == lead.id


def test_what_cannot_be_captured_now_is_kept_and_joins_who_came_meanwhile(
    house: House, client: FlaskClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broke:
        broke.setattr(admit_lead, "rescore", broken)
        for sid in ("SM1", "SM1", "SM2"):
            assert inbound(client, number, f"{WORDS} {sid}", sid).status_code == 200
    waiting = rows(house, Inquiry)
    assert [inquiry.state for inquiry in waiting] == [InquiryState.RECEIVED] * 2
    assert "a rule nobody can read" in (waiting[0].error or "")
    assert rows(house, Lead) == []
    with clock.at(LATER):
        for inquiry in (*waiting, *waiting):
            capture_lead(system(house.supplier_id), inquiry.id)
    lead = one(house, Lead)
    assert [inquiry.lead_id for inquiry in rows(house, Inquiry)] == [lead.id] * 2
    assert [entry.interaction_content for entry in texts(house)] == [f"{WORDS} SM1", f"{WORDS} SM2"]


def test_what_a_lead_says_is_kept_too_when_it_cannot_be_written_down(
    house: House, client: FlaskClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = make_lead(house, NOW, primary_phone=PHONE)
    with monkeypatch.context() as broke:
        broke.setattr(answer_by_text, "follow_leads", broken)
        assert inbound(client, number, WORDS).status_code == 200
    assert texts(house) == []
    inquiry = one(house, Inquiry)
    assert (inquiry.state, inquiry.payload["message"]) == ("received", WORDS)
    with clock.at(LATER):
        assert capture_lead(system(house.supplier_id), inquiry.id) == lead_id
    assert [entry.interaction_content for entry in texts(house)] == [WORDS]
    assert inbound(client, number, WORDS).status_code == 200
    assert len(texts(house)) == 1


@pytest.mark.parametrize(
    "sender", ["BANK", "72345", "+72345", "+999123456789", "447400123456", "+44 7400 123456"]
)
def test_who_cannot_be_answered_is_no_lead_and_is_put_aside(
    house: House, client: FlaskClient, number: str, sender: str
) -> None:
    for _ in range(2):
        assert inbound(client, number, "Your code is 1234", From=sender).status_code == 200
    inquiry = one(house, Inquiry)
    assert (inquiry.state, inquiry.spam_reasons) == ("quarantined", ["no_number"])
    assert inquiry.payload == {"phone": sender, "message": "Your code is 1234"}
    with pytest.raises(Conflict, match="add a lead by hand"):
        restore_inquiry(house.owner.actor, inquiry.id)
    assert rows(house, Lead) == []
    assert one(house, Inquiry).state == "quarantined"


def test_one_full_of_links_is_put_aside_and_may_be_restored(
    house: House, client: FlaskClient, number: str
) -> None:
    inbound(client, number, "http://a.example http://b.example http://c.example")
    inquiry = one(house, Inquiry)
    assert (inquiry.state, inquiry.spam_reasons) == ("quarantined", ["many_links"])
    with clock.at(LATER):
        assert restore_inquiry(house.owner.actor, inquiry.id) == one(house, Lead).id
    assert len(texts(house)) == 1


def test_one_that_is_restored_joins_the_lead_that_has_the_number_by_now(
    house: House, client: FlaskClient, number: str
) -> None:
    inbound(client, number, "http://a.example http://b.example http://c.example")
    lead_id = make_lead(house, NOW, secondary_phone=PHONE)
    assert restore_inquiry(house.owner.actor, one(house, Inquiry).id) == lead_id
    assert len(texts(house)) == 1


def test_pictures_alone_are_an_inquiry(house: House, client: FlaskClient, number: str) -> None:
    inbound(client, number, "", NumMedia="3")
    assert one(house, Lead).additional_notes == "(Pictures that came with it: 3.)"


def test_so_is_a_text_that_shows_nothing(house: House, client: FlaskClient, number: str) -> None:
    inbound(client, number, "\u200b ")
    assert one(house, Lead).awaiting_reply_since == LATER


def test_who_stopped_and_writes_again_inquires_and_stays_stopped(
    house: House, client: FlaskClient, number: str
) -> None:
    inbound(client, number, "STOP", "SM1")
    assert rows(house, Inquiry) == []
    inbound(client, number, WORDS, "SM2")
    assert one(house, Lead).primary_phone == PHONE
    assert barred(house) == "unsubscribed"


@pytest.mark.parametrize(
    "body",
    [
        "x" * 10_050,
        "💍" * 10_050,
        "\x00" + "y" * 10_000,
        "\ud83d half of a ring",
        "👩🏽\u200d❤️\u200d👩🏻",
        "a\u202eb\x07c",
    ],
)
@pytest.mark.parametrize("files", [0, 999])
def test_whatever_it_says_fits_and_is_captured(house: House, body: str, files: int) -> None:
    text = Text(PHONE, body, "SM1", files)
    assert len(text.said) <= MOST
    assert receive_text(house.supplier_id, text)
    assert one(house, Inquiry).state == "captured"
    assert one(house, Lead).additional_notes == text.said
    assert f"came with it: {files}" in text.said or not files


def test_a_name_that_the_provider_makes_too_long_or_odd_is_cut(
    house: House, client: FlaskClient, number: str
) -> None:
    inbound(client, number, WORDS, "SM\x00" + "9" * 500, From=f"\x00{PHONE}")
    assert one(house, Inquiry).idempotency_key == "sms:SM" + "9" * 88
    assert one(house, Lead).primary_phone == PHONE
