"""What is written in the composer of a lead's page: notes, calls, e-mails, meetings, text messages, tasks."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.messaging.suppressions import suppress
from app.models.choices import Channel, SuppressionReason
from app.models.choices import InteractionType as Kind
from app.models.leads import LeadInteraction, Task
from app.models.messaging import Message
from app.workflows.deliver_message import deliver_message
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_page import words

RIGHT: dict[str, dict[str, str]] = {
    "note": {"interaction_content": "They love peonies."},
    "email": {"subject": "Re: Your day", "body": "Dear Emma,\nyes, it is free."},
    "call": {"interaction_outcome": "answered"},
    "meeting": {"interaction_type": "meeting_scheduled", "occurred_at": "2031-05-04T14:30"},
    "text": {"interaction_type": "sms_received", "interaction_content": "See you then"},
    "task": {"title": "Send the price list"},
}


def send(browser: Browser, lead_id: UUID, kind: str, **said: str) -> Any:
    return browser.post(f"/leads/{lead_id}/entries", page=f"/leads/{lead_id}", kind=kind, **said)


def rows(office: Office, model: Any, lead_id: UUID, *where: Any) -> list[Any]:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = list(
            session.scalars(select(model).where(model.lead_id == lead_id, *where).order_by(model.id))
        )
        session.expunge_all()
        return found


def entry(office: Office, lead_id: UUID, kind: Kind) -> LeadInteraction:
    [found] = rows(office, LeadInteraction, lead_id, LeadInteraction.interaction_type == kind)
    return found


def everything(office: Office, lead_id: UUID) -> list[int]:
    return [len(rows(office, model, lead_id)) for model in (LeadInteraction, Message, Task)]


@pytest.mark.parametrize("kind", RIGHT)
def test_each_tab_is_a_link_with_a_form_that_works_without_javascript(
    office: Office, browser: Browser, kind: str
) -> None:
    lead_id = office.lead()
    page = browser.get(f"/leads/{lead_id}?compose={kind}").text
    assert f'href="/leads/{lead_id}?compose={kind}#composer"' in page
    assert f'name="kind" value="{kind}"' in page
    assert re.search(rf'id="tab-{kind}"[^>]*aria-current="true"', page)
    answer = send(browser, lead_id, kind, **RIGHT[kind])
    assert answer.status_code == 303
    assert answer.location.startswith(f"/leads/{lead_id}#")


@pytest.mark.parametrize("kind", RIGHT)
def test_htmx_gets_the_composer_alone(office: Office, browser: Browser, kind: str) -> None:
    lead_id = office.lead()
    part = browser.client.get(f"/leads/{lead_id}?compose={kind}", headers={"HX-Request-Type": "partial"}).text
    assert part.lstrip().startswith('<section class="card composer"')
    assert f'name="kind" value="{kind}"' in part


@pytest.mark.parametrize("kind", RIGHT)
def test_a_viewer_writes_nothing_and_a_stranger_finds_nothing(office: Office, kind: str) -> None:
    lead_id = office.lead()
    before = everything(office, lead_id)
    viewer, stranger = office.browser(office.house.viewer), office.browser(office.house.stranger)
    path = f"/leads/{lead_id}/entries"
    assert viewer.post(path, page="/leads", kind=kind, **RIGHT[kind]).status_code == 403
    theirs = stranger.post(path, page="/leads", kind=kind, **RIGHT[kind])
    unknown = stranger.post(f"/leads/{uuid7()}/entries", page="/leads", kind=kind, **RIGHT[kind])
    assert (theirs.status_code, theirs.data) == (404, unknown.data)
    assert everything(office, lead_id) == before
    assert 'id="composer"' not in viewer.get(f"/leads/{lead_id}?compose={kind}").text


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("call", {"minutes": "-1"}, "Give 0 to 1440 minutes."),
        ("call", {"minutes": "ten"}, "Give a whole number, such as 120."),
        ("call", {"interaction_outcome": "sang"}, "Not a valid choice"),
        ("call", {"occurred_at": "yesterday"}, "Give a day and a time"),
        ("call", {"occurred_at": "2150-01-01T10:00"}, "This lies in the future"),
        ("call", {"occurred_at": "0001-01-01T00:00"}, "1970"),
        ("call", {"follow_up_date": "9999-12-31T23:59"}, "2200"),
        ("email", {"subject": ""}, "Please fill this in."),
        ("email", {"body": " \n "}, "Please fill this in."),
        ("email", {"subject": "x" * 256}, "255"),
        ("meeting", {"occurred_at": ""}, "Give a day and a time."),
        ("meeting", {"occurred_at": "2020-01-01T10:00"}, "This lies in the past"),
        ("meeting", {"interaction_type": "status_changed"}, "Not a valid choice"),
        ("text", {"interaction_content": ""}, "Please fill this in."),
        ("task", {"title": ""}, "Please fill this in."),
        ("task", {"due_at": "soon"}, "Give a day and a time"),
        ("task", {"assigned_to_user_id": str(uuid7())}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_written(
    office: Office, browser: Browser, kind: str, said: dict[str, str], told: str
) -> None:
    lead_id = office.lead()
    before = everything(office, lead_id)
    page = send(browser, lead_id, kind, **RIGHT[kind] | said)
    assert page.status_code == 422
    [name] = said
    beside = re.search(rf'id="{kind}-{name}-error" class="field-error">([^<]+)<', page.text)
    assert beside, f"nothing is said at {kind}-{name}"
    assert told in unescape(beside[1])
    assert everything(office, lead_id) == before


def test_a_meeting_that_took_place_lies_in_the_past(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    before = everything(office, lead_id)
    page = send(browser, lead_id, "meeting", **RIGHT["meeting"] | {"interaction_type": "meeting_completed"})
    assert page.status_code == 422
    assert 'id="meeting-occurred_at-error" class="field-error">This lies in the future' in page.text
    assert everything(office, lead_id) == before


def test_a_form_that_is_none_of_the_composers_is_refused(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    assert send(browser, lead_id, "poem", interaction_content="x").status_code == 422
    assert browser.get(f"/leads/{lead_id}?compose=poem").status_code == 422


def test_a_call_keeps_its_length_and_makes_the_follow_up(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    said = {"minutes": "12", "interaction_content": "Nice people", "follow_up_date": "2031-05-04T09:30"}
    assert send(browser, lead_id, "call", interaction_outcome="call_back", **said).status_code == 303
    call = entry(office, lead_id, Kind.PHONE_CALL)
    assert (call.interaction_outcome, call.interaction_metadata) == ("call_back", {"minutes": 12})
    [task] = rows(office, Task, lead_id)
    assert task.due_at == call.follow_up_date == datetime(2031, 5, 4, 8, 30, tzinfo=UTC), "London's summer"
    shown = words(browser, f"/leads/{lead_id}")
    assert "Olive Owner called Nice people 12 minutes Outcome: Call back Follow up 4 May 2031, 09:30" in shown


def test_a_time_that_is_entered_is_the_suppliers(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    said = {"interaction_outcome": "answered", "occurred_at": "2025-07-01T15:00"}
    assert send(browser, lead_id, "call", **said).status_code == 303
    assert entry(office, lead_id, Kind.PHONE_CALL).occurred_at == datetime(2025, 7, 1, 14, tzinfo=UTC)


def test_a_meeting_to_come_is_the_next_follow_up(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    answer = send(browser, lead_id, "meeting", **RIGHT["meeting"], place="Studio")
    assert answer.status_code == 303
    meeting = entry(office, lead_id, Kind.MEETING_SCHEDULED)
    assert meeting.interaction_metadata == {"place": "Studio", "planned_for": "2031-05-04T14:30:00+01:00"}
    [task] = rows(office, Task, lead_id)
    assert (task.title, task.due_at) == ("Meeting", datetime(2031, 5, 4, 13, 30, tzinfo=UTC))
    assert "Olive Owner arranged a meeting Meeting 4 May 2031, 14:30, Studio" in words(
        browser, f"/leads/{lead_id}"
    )


def test_a_meeting_that_took_place_happened_then(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    said = {"interaction_type": "meeting_completed", "occurred_at": "2025-01-15T10:00"}
    assert send(browser, lead_id, "meeting", **said).status_code == 303
    assert entry(office, lead_id, Kind.MEETING_COMPLETED).occurred_at == datetime(2025, 1, 15, 10, tzinfo=UTC)
    assert rows(office, Task, lead_id) == []


def test_an_email_goes_to_the_outbox_once_however_often_the_form_is_sent(
    office: Office, browser: Browser
) -> None:
    lead_id = office.lead(couple_name_bride="Emma", primary_email="emma@example.com")
    form = browser.get(f"/leads/{lead_id}?compose=email").text
    assert "To Emma &lt;emma@example.com&gt;" in form
    [message_id] = re.findall(r'name="message_id"[^>]*value="([^"]+)"', form)
    for _ in range(2):
        answer = send(browser, lead_id, "email", **RIGHT["email"], message_id=message_id)
        assert answer.status_code == 303
    [message] = rows(office, Message, lead_id, Message.message_class == "reply")
    assert (str(message.id), message.sent_by_user_id) == (message_id, office.house.owner.user_id)
    assert "Your e-mail is on its way." in words(browser, f"/leads/{lead_id}")


def test_a_made_up_message_id_is_given_a_new_one(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    assert send(browser, lead_id, "email", **RIGHT["email"], message_id="x").status_code == 303
    assert len(rows(office, Message, lead_id, Message.message_class == "reply")) == 1


@pytest.mark.parametrize(
    ("last", "subject"),
    [
        (None, "Re: Your inquiry"),
        ("Your day", "Re: Your day"),
        ("RE: Your day", "RE: Your day"),
        ("x" * 254, "Re: " + "x" * 251),
    ],
)
def test_the_subject_answers_the_last_email(
    office: Office, browser: Browser, last: str | None, subject: str
) -> None:
    lead_id = office.lead()
    if last:
        at = clock.now() - timedelta(hours=1)
        said = {"interaction_type": Kind.EMAIL_REPLIED, "interaction_subject": last, "occurred_at": at}
        office.add(LeadInteraction(lead_id=lead_id, **said))
    form = browser.get(f"/leads/{lead_id}?compose=email").text
    assert f'value="{subject}"' in form


def test_why_no_email_can_be_sent_is_said_instead_of_the_form(office: Office, browser: Browser) -> None:
    by_phone = office.lead(primary_email=None, primary_phone="07400 123456")
    shown = browser.get(f"/leads/{by_phone}?compose=email").text
    assert "No e-mail address is known. Add one to the contact details, or call." in shown
    assert 'name="subject"' not in shown
    bounced = office.lead(primary_email="gone@example.com")
    with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
        supplier_id = office.house.supplier_id
        suppress(session, supplier_id, Channel.EMAIL, "gone@example.com", SuppressionReason.HARD_BOUNCE)
    assert "came back as undeliverable" in browser.get(f"/leads/{bounced}?compose=email").text
    answer = send(browser, bounced, "email", **RIGHT["email"])
    assert answer.status_code == 422
    assert rows(office, Message, bounced, Message.message_class == "reply") == []


def test_a_task_is_for_whom_it_says(office: Office, browser: Browser) -> None:
    lead_id, member = office.lead(), office.house.member
    form = browser.get(f"/leads/{lead_id}?compose=task").text
    assert "Member Person" in form
    assert "Viewer Person" not in form, "a viewer does no tasks"
    said = {"due_at": "2031-05-04T09:00", "assigned_to_user_id": str(member.user_id), "priority": "high"}
    assert send(browser, lead_id, "task", title="Send the price list", **said).status_code == 303
    [task] = rows(office, Task, lead_id)
    assert (task.title, task.assigned_to_user_id, task.priority) == (
        "Send the price list",
        member.user_id,
        "high",
    )
    assert "Send the price list Due 4 May 2031, 09:00 · Member Person · High" in words(
        browser, f"/leads/{lead_id}"
    )


def test_what_was_written_is_on_its_way_until_it_left_and_the_page_then_says_so(
    office: Office, browser: Browser
) -> None:
    lead_id = office.lead()
    path = f"/leads/{lead_id}"
    assert "leaving=yes" not in browser.get(path).text
    send(browser, lead_id, "email", **RIGHT["email"])
    page = browser.get(path).text
    assert "leaving=yes" in page, "the page asks again by itself"
    assert "Re: Your day is on its way" in words(browser, path)
    fragment = {"HX-Request": "true", "HX-Request-Type": "partial"}
    again = browser.client.get(f"{path}?leaving=yes", headers=fragment).text
    assert "is on its way" in again
    assert "hx-swap-oob" not in again, "nothing else has changed yet"
    [message] = rows(office, Message, lead_id)
    with office.app.app_context():
        deliver_message(office.house.supplier_id, message.id)
    left = browser.client.get(f"{path}?leaving=yes", headers=fragment).text
    assert "is on its way" not in left
    assert "Olive Owner sent an e-mail" in left
    assert 'id="advice"' in left
    assert 'id="conversation"' in left
    assert left.count("hx-swap-oob") == 2


def test_what_could_not_leave_says_when_it_is_tried_again(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    send(browser, lead_id, "email", **RIGHT["email"])
    [message] = rows(office, Message, lead_id)
    with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
        waiting = session.get_one(Message, (office.house.supplier_id, message.id))
        waiting.attempts, waiting.due_at = 1, clock.now() + timedelta(minutes=10)
    said = words(browser, f"/leads/{lead_id}")
    assert "Re: Your day did not leave yet; it is tried again in 10 minutes" in said
