"""Opens and clicks: written down all, counted when a person did it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from app.kernel import clock, jobs
from app.kernel.jobs import Bell
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.messaging import signals
from app.messaging.links import click_url, pixel_url
from app.models.choices import InteractionType, MessageState
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message, MessageEvent
from app.models.nurture import Enrollment
from app.web import tracking
from app.workflows.delete_lead import delete_lead
from tests.cast import House
from tests.factories.nurture import change, messages, one, rows
from tests.features.messaging.signalling import LINKS, NOW, sent
from tests.unit.messaging.test_agents import CHROME
from workers.jobs import signals as job

LATER = NOW + timedelta(minutes=7)
OPENED, CLICKED = InteractionType.EMAIL_OPENED, InteractionType.EMAIL_CLICKED


def path(url: str) -> str:
    return url.removeprefix("http://localhost")


def look(
    client: FlaskClient, message: Message, at: datetime = LATER, agent: str = CHROME, **options: Any
) -> Any:
    url = path(pixel_url(message.supplier_id, message.id))
    with clock.at(at):
        return client.open(url, headers={"User-Agent": agent}, **{"method": "GET"} | options)


def follow(
    client: FlaskClient, message: Message, number: int = 0, at: datetime = LATER, **options: Any
) -> Any:
    url = path(click_url(message.supplier_id, message.id, number))
    headers = {"User-Agent": CHROME} | options.pop("headers", {})
    with clock.at(at):
        return client.open(url, headers=headers, **{"method": "GET"} | options)


def visits(house: House, message: Message) -> list[tuple[str, bool | None, str]]:
    found = rows(
        house, MessageEvent, MessageEvent.message_id == message.id, MessageEvent.is_human.is_not(None)
    )
    return [(str(one.event_type), one.is_human, one.details["reason"]) for one in found]


def counted(house: House, message: Message) -> tuple[int, int, int, int]:
    """Opens and clicks of the lead, and of the enrollment."""
    lead = one(house, Lead, Lead.id == message.lead_id)
    mine = one(house, Enrollment, Enrollment.id == message.enrollment_id)
    return lead.email_opens, lead.email_clicks, mine.emails_opened, mine.emails_clicked


def test_a_person_opens_and_opens_again(house: House, client: FlaskClient) -> None:
    message = sent(house)
    answer = look(client, message)
    assert (answer.status_code, answer.mimetype, answer.data[:6]) == (200, "image/gif", b"GIF89a")
    assert answer.headers["Cache-Control"] == "no-store"
    look(client, message, LATER + timedelta(days=1))
    assert one(house, Message, Message.id == message.id).opened_at == LATER
    assert counted(house, message) == (1, 0, 1, 0)
    assert visits(house, message) == [("opened", True, "browser")] * 2
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == OPENED)
    assert (entry.message_id, entry.occurred_at, entry.interaction_subject) == (message.id, LATER, "First")


def test_a_click_leads_on_and_says_that_it_was_read(house: House, client: FlaskClient) -> None:
    message = sent(house)
    answer = follow(client, message, 1)
    assert (answer.status_code, answer.location) == (302, LINKS[1])
    after = one(house, Message, Message.id == message.id)
    assert after.opened_at == after.clicked_at == LATER
    assert counted(house, message) == (1, 1, 1, 1)
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == CLICKED)
    assert entry.interaction_metadata == {"link": LINKS[1]}
    follow(client, message, 0, LATER + timedelta(days=1))
    assert counted(house, message) == (1, 1, 1, 1)
    assert [event.details["link"] for event in rows(house, MessageEvent, MessageEvent.is_human)] == [1, 0]


def test_machines_are_written_down_and_not_counted(house: House, client: FlaskClient) -> None:
    message = sent(house)
    look(client, message, agent="Mozilla/5.0")
    look(client, message, method="HEAD")
    assert follow(client, message, method="HEAD").location == LINKS[0]
    follow(client, message, at=NOW + timedelta(seconds=2))
    follow(client, message, headers={"Sec-Purpose": "prefetch;prerender"})
    follow(client, message, headers={"User-Agent": ""})
    assert [(kind, reason) for kind, _, reason in visits(house, message)] == [
        ("opened", "mail_privacy"),
        ("opened", "head"),
        ("clicked", "head"),
        ("clicked", "too_soon"),
        ("clicked", "loaded_ahead"),
        ("clicked", "no_user_agent"),
    ]
    assert counted(house, message) == (0, 0, 0, 0)
    assert one(house, Message, Message.id == message.id).opened_at is None


def test_who_follows_all_links_at_once_is_a_machine_and_the_first_is_taken_back(
    house: House, client: FlaskClient
) -> None:
    message = sent(house)
    before = one(house, Lead, Lead.id == message.lead_id).total_interactions
    for number in range(3):
        follow(client, message, number, LATER + timedelta(milliseconds=200 * number))
    assert [reason for _, _, reason in visits(house, message)] == ["browser", "many_at_once", "many_at_once"]
    assert counted(house, message) == (0, 0, 0, 0)
    after = one(house, Message, Message.id == message.id)
    assert (after.opened_at, after.clicked_at) == (None, None)
    assert one(house, Lead, Lead.id == message.lead_id).total_interactions == before
    follow(client, message, 0, LATER + timedelta(hours=1))  # and then a person comes
    assert counted(house, message) == (1, 1, 1, 1)


def test_an_open_of_a_person_stays_when_a_scanner_follows_links(house: House, client: FlaskClient) -> None:
    message = sent(house)
    look(client, message, LATER - timedelta(minutes=1))
    for number in range(2):
        follow(client, message, number)
    assert counted(house, message) == (1, 0, 1, 0)


def test_a_second_request_in_the_same_second_is_the_same_visit(house: House, client: FlaskClient) -> None:
    message = sent(house)
    follow(client, message)
    follow(client, message)
    assert len(visits(house, message)) == 1


def test_there_is_a_bound_and_the_link_leads_on_beyond_it(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "MOST_VISITS", 2)
    message = sent(house)
    for second in range(4):
        assert follow(client, message, at=LATER + timedelta(seconds=second)).status_code == 302
    assert len(visits(house, message)) == 2


def test_what_nobody_knew_about_has_left_when_it_is_opened(house: House, client: FlaskClient) -> None:
    message = sent(house)
    change(house, Message, message.id, state=MessageState.UNCERTAIN, accepted_at=None)
    look(client, message, agent="Mozilla/5.0")
    after = one(house, Message, Message.id == message.id)
    assert (after.state, after.reason, after.accepted_at) == ("accepted", "signal_came_back", LATER)


@pytest.mark.parametrize("url", ["/o/{}.gif", "/l/{}"])
@pytest.mark.parametrize("token", ["x", "%00", "é", "A" * 3_000])
def test_a_made_up_address_says_so(client: FlaskClient, url: str, token: str) -> None:
    answer = client.get(url.format(token))
    assert answer.status_code == 404
    assert "This link leads nowhere" in answer.text


def test_a_tampered_address_is_told_nothing(house: House, client: FlaskClient) -> None:
    message = sent(house)
    url = path(click_url(message.supplier_id, message.id, 0))
    place = len(url) // 2  # the last letter has bits that say nothing
    other = "A" if url[place] != "A" else "B"
    assert client.get(url[:place] + other + url[place + 1 :]).status_code == 404
    assert client.get(url.replace("/l/", "/o/") + ".gif").status_code == 404
    assert visits(house, message) == []


def test_a_link_that_the_message_lacks_leads_nowhere(house: House, client: FlaskClient) -> None:
    message = sent(house)
    assert follow(client, message, 9).status_code == 404
    assert client.get(path(click_url(house.supplier_id, uuid7(), 0))).status_code == 404
    assert client.get(path(pixel_url(house.supplier_id, uuid7()))).status_code == 200


def test_a_message_of_a_deleted_lead_breaks_nothing(house: House, client: FlaskClient) -> None:
    message = sent(house)
    delete_lead(house.owner.actor, message.lead_id)
    assert follow(client, message).status_code == 404
    assert look(client, message).status_code == 200
    assert messages(house, message.lead_id) == []


def test_the_couple_gets_there_when_it_cannot_be_written_down(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(house)

    def away(*_: object) -> bool:
        raise OperationalError("insert", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(tracking, "record_signal", away)
    assert follow(client, message).location == LINKS[0]
    assert look(client, message).status_code == 200


def test_a_lead_that_is_busy_keeps_nobody_waiting_and_loses_nothing(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, rung = sent(house), list[Bell]()
    monkeypatch.setattr(jobs, "send", rung.extend)
    with unit_of_work(house.supplier_id) as session:
        lock(session, message.lead_id)
        with ThreadPoolExecutor(1) as pool:
            url = path(click_url(message.supplier_id, message.id, 0))
            answer = pool.submit(app.test_client().get, url).result()
    assert answer.location == LINKS[0]
    assert visits(house, message) == []
    [bell] = [one for one in rung if one.job == "workers.jobs.signals.record_visit"]
    assert re.fullmatch("[A-Za-z0-9_-]+", bell.job_id)
    job.record_visit(*bell.ids)
    assert len(visits(house, message)) == 1
