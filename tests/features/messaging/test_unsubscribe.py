"""The way out: a link that asks, a POST that acts, and nothing claimed afterwards."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.links import unsubscribe_url
from app.messaging.preferences import Wishes
from app.models.choices import EnrollmentStatus, InteractionType, MessageClass, MessageState
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message, Suppression
from app.models.nurture import Enrollment
from app.models.privacy import ConsentEvent
from app.nurture.service import enroll_matching
from app.workflows.deliver_message import deliver_message
from app.workflows.opt_out import opt_out
from app.workflows.run_step import run_step
from app.workflows.set_preferences import set_preferences
from tests.cast import House
from tests.factories.nurture import (
    email_step,
    enrollment,
    events,
    make_lead,
    make_sequence,
    messages,
    one,
    rows,
)
from tests.fakes import Mailbox

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def sent(house: House, **step: object) -> Message:
    """A message that has left, with a second one a day later in the same sequence."""
    later = email_step(house, subject="Second", delay_amount=1, delay_unit="days")
    make_sequence(house, [email_step(house, subject="First", **step), later])
    lead_id = make_lead(house, NOW, consent_marketing=True)
    with clock.at(NOW):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
        message = messages(house, lead_id)[0]
        deliver_message(house.supplier_id, message.id)
    return message


def path_of(house: House, message: Message) -> str:
    return unsubscribe_url(house.supplier_id, message.id).removeprefix("http://localhost")


def test_opening_the_link_changes_nothing(house: House, client: FlaskClient) -> None:
    message = sent(house)
    page = client.get(path_of(house, message))
    assert page.status_code == 200
    assert "Rosewood Photography" in page.text
    assert '<form method="post">' in page.text
    assert one(house, Lead).opt_out_date is None
    assert rows(house, Suppression) == []


def test_one_click_stops_everything(house: House, client: FlaskClient) -> None:
    message = sent(house)
    with clock.at(NOW + timedelta(hours=1)) as then:
        page = client.post(path_of(house, message), data={"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    lead = one(house, Lead)
    assert (lead.opt_out_date, lead.consent_marketing) == (then, False)
    assert one(house, Suppression).reason == "unsubscribed"
    ledger = one(house, ConsentEvent)
    assert (ledger.given, ledger.source, ledger.address) == (False, "unsubscribe link", message.to_address)
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.UNSUBSCRIBED)
    assert entry.message_id == message.id
    assert events(house, message.id)[-1] == "unsubscribed"
    ended = one(house, Enrollment)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.CANCELLED, "opted_out")


def test_the_address_of_an_email_is_not_in_the_suppression_list(house: House) -> None:
    message = sent(house)
    opt_out(house.supplier_id, message.id)
    assert message.to_address.encode() not in one(house, Suppression).address_hash


def test_twice_is_as_good_as_once(house: House, client: FlaskClient) -> None:
    message = sent(house)
    first = [client.post(path_of(house, message)).status_code for _ in range(2)]
    assert first == [200, 200]
    assert len(rows(house, ConsentEvent)) == len(rows(house, Suppression)) == 1
    assert (
        len(rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.UNSUBSCRIBED))
        == 1
    )


@pytest.mark.parametrize("token", ["x", "abc.def.ghi", "W10.aaaa.bbbb"])
def test_a_made_up_link_is_refused(client: FlaskClient, token: str) -> None:
    assert client.get(f"/unsubscribe/{token}").status_code == 422
    assert client.post(f"/unsubscribe/{token}").status_code == 422
    for page in ("unsubscribe", "preferences"):
        shown = client.get(f"/{page}/{token}").text
        assert "Open it once more from the e-mail" in shown
        assert "token" not in shown


def test_the_link_works_years_later(house: House, client: FlaskClient) -> None:
    path = path_of(house, sent(house))
    with clock.at(NOW + timedelta(days=9 * 365)):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("message_class", [MessageClass.ACKNOWLEDGEMENT, MessageClass.FOLLOW_UP])
def test_after_an_opt_out_nothing_is_claimed(
    house: House, mailbox: Mailbox, message_class: MessageClass
) -> None:
    make_sequence(house, [email_step(house, message_class=message_class)])
    lead_id = make_lead(house, NOW)
    with clock.at(NOW):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
        message = messages(house, lead_id)[0]
        opt_out(house.supplier_id, message.id)
        deliver_message(house.supplier_id, message.id)
    message = messages(house, lead_id)[0]
    assert (message.state, message.attempts) == (MessageState.SKIPPED, 0)
    assert mailbox.messages == []


@pytest.mark.parametrize("way", ["link", "page"])
def test_who_opts_out_again_does_not_get_the_answer_to_what_they_asked_in_between(
    house: House, mailbox: Mailbox, way: str
) -> None:
    first = sent(house)
    with clock.at(NOW + timedelta(hours=1)):
        opt_out(house.supplier_id, first.id)
    asked = NOW + timedelta(hours=2)
    make_sequence(house, [email_step(house, message_class=MessageClass.ACKNOWLEDGEMENT)])
    with clock.at(asked), unit_of_work(house.supplier_id) as session:
        enroll_matching(session, session.get_one(Lead, (house.supplier_id, first.lead_id)), asked)
    again = one(house, Enrollment, Enrollment.status == EnrollmentStatus.ACTIVE)
    with clock.at(asked):
        run_step(house.supplier_id, again.id)
    with clock.at(asked + timedelta(minutes=1)):
        if way == "link":
            opt_out(house.supplier_id, first.id)
        else:
            set_preferences(house.supplier_id, first.id, Wishes())
        answer = messages(house, first.lead_id)[1]
        deliver_message(house.supplier_id, answer.id)
    answer = messages(house, first.lead_id)[1]
    assert (answer.state, len(mailbox.messages)) == (MessageState.SKIPPED, 1)


def test_an_opt_out_at_the_same_moment_comes_before_or_after_the_claim(
    app: Flask, house: House, mailbox: Mailbox
) -> None:
    for _ in range(5):
        make_sequence(house, [email_step(house)])
        lead_id = make_lead(house, NOW)
        with clock.at(NOW):
            run_step(house.supplier_id, enrollment(house, lead_id).id)
        message = messages(house, lead_id)[0]
        together = Barrier(2)

        def act(work: object, message: Message = message, together: Barrier = together) -> None:
            with app.app_context(), clock.at(NOW):
                together.wait()
                work(house.supplier_id, message.id)

        before = len(mailbox.messages)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(act, (opt_out, deliver_message)))
        happened = events(house, message.id)
        if len(mailbox.messages) > before:
            assert happened.index("claimed") == 0  # the claim was first: this one may go
        else:
            assert "claimed" not in happened
        assert one(house, Lead, Lead.id == lead_id).opt_out_date == NOW


def test_an_opt_out_that_waits_for_a_merge_is_the_winners(app: Flask, house: House) -> None:
    message = sent(house)
    winner = make_lead(house, NOW)
    is_locked = Event()

    def merge() -> None:
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            session.scalars(select(Lead).order_by(Lead.id).with_for_update()).all()
            is_locked.set()
            time.sleep(0.5)  # until the opt-out waits for the loser
            moved = update(Message).where(Message.id == message.id).values(lead_id=winner)
            session.execute(moved)

    def leave() -> None:
        is_locked.wait()
        with app.app_context(), clock.at(NOW):
            opt_out(house.supplier_id, message.id)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(merge), pool.submit(leave)]:
            done.result()
    opted_out = {lead.id: lead.opt_out_date for lead in rows(house, Lead)}
    assert opted_out == {winner: NOW, message.lead_id: None}
