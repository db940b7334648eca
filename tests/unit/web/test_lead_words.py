"""What the timeline and the advice of a lead's page say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.leads.next_action import NextAction, Situation
from app.models.choices import InteractionType as Kind
from app.models.choices import LeadStatus
from app.models.leads import Lead, LeadInteraction, Task
from app.web.lead.advice import CLOSED, Advice, advice
from app.web.lead.payload import lines
from app.web.lead.timeline import FILTERS
from app.web.lead.told import SENTENCES, told

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


def entry(kind: Kind, **columns: Any) -> LeadInteraction:
    given = {"interaction_metadata": {}, "interaction_subject": None, "user_id": None} | columns
    return LeadInteraction(interaction_type=kind, **given)


def test_every_kind_of_entry_is_in_one_filter_and_has_its_sentences() -> None:
    shown = [kind for _, kinds in FILTERS.values() for kind in kinds]
    assert sorted(shown) == sorted(Kind)
    assert set(SENTENCES) | {Kind.ASSIGNED} == set(Kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("author", [None, "Emma"])
def test_every_entry_says_something_with_and_without_a_person(kind: Kind, author: str | None) -> None:
    sentence = told(entry(kind), author, {}).sentence
    assert sentence
    assert "None" not in sentence
    assert "{" not in sentence
    assert sentence.startswith("Emma") or author is None or kind is Kind.ASSIGNED


def test_a_move_says_from_where_to_where() -> None:
    moved = told(entry(Kind.STATUS_CHANGED, interaction_metadata={"from": "new", "to": "won"}), "Emma", {})
    assert (moved.before, moved.after, moved.subject) == ("new", "won", None)
    score = told(
        entry(Kind.SCORE_UPDATED, interaction_metadata={"old_score": 0, "final_score": 45}), None, {}
    )
    assert (score.before, score.after) == ("0", "45")


def test_an_old_move_without_data_shows_its_subject() -> None:
    assert told(entry(Kind.STATUS_CHANGED, interaction_subject="new → won"), None, {}).subject == "new → won"


def test_who_was_given_the_lead_is_named_and_who_left_is_not() -> None:
    taker = uuid4()
    said = {"interaction_metadata": {"to": str(taker)}}
    assert told(entry(Kind.ASSIGNED, **said), "Emma", {str(taker): "Tom"}).sentence == (
        "Emma gave the lead to Tom"
    )
    assert told(entry(Kind.ASSIGNED, **said), None, {}).sentence == "The lead was given to a former member"
    assert told(entry(Kind.ASSIGNED, user_id=taker, **said), "Tom", {}).sentence == "Tom took over the lead"


def situation(**facts: Any) -> Situation:
    plain = {
        "status": LeadStatus.QUALIFIED, "created_at": NOW, "awaiting_reply_since": None,
        "first_response_at": NOW, "last_contact_at": NOW, "hold_ends_at": None,
        "has_date": True, "has_budget": True,
    }  # fmt: skip
    return Situation(**plain | facts)


def said(task: Task | None = None, lead: Lead | None = None, **facts: Any) -> Advice:
    given = lead or Lead(lead_status=LeadStatus.QUALIFIED, primary_email="emma@example.com")
    return advice(given, situation(**facts), task, NOW)


@pytest.mark.parametrize(
    ("facts", "button", "compose", "edit"),
    [
        ({"awaiting_reply_since": NOW, "first_response_at": None}, "Reply", "email", None),
        ({"awaiting_reply_since": NOW}, "Reply", "email", None),
        ({"hold_ends_at": NOW + timedelta(1)}, "Write an e-mail", "email", None),
        ({"has_date": False}, "Write an e-mail", "email", "wedding"),
        ({"has_budget": False}, "Write an e-mail", "email", "wishes"),
        (
            {"status": LeadStatus.PROPOSAL_SENT, "last_contact_at": NOW - timedelta(6)},
            "Write an e-mail",
            "email",
            None,
        ),
        ({"last_contact_at": NOW - timedelta(20)}, "Write an e-mail", "email", None),
        ({}, "Add a task", "task", None),
    ],
)
def test_each_advice_has_a_button_that_begins_it(
    facts: dict[str, Any], button: str, compose: str, edit: str | None
) -> None:
    given = said(**facts)
    assert (given.button, given.compose, given.edit) == (button, compose, edit)


def test_every_action_is_put_into_words() -> None:
    assert len(NextAction) == 7, "say above what the new one begins"


def test_who_has_no_email_is_called() -> None:
    lead = Lead(lead_status=LeadStatus.NEW, primary_phone="+447400123456")
    given = said(lead=lead, awaiting_reply_since=NOW)
    assert (given.button, given.compose) == ("Log a call", "call")


def test_what_is_planned_comes_when_nothing_is_pressing() -> None:
    task = Task(title="Send the price list", due_at=NOW + timedelta(1))
    assert said(task) == Advice("Send the price list", task.due_at)
    late = Task(title="Send the price list", due_at=NOW - timedelta(1))
    assert said(late).is_pressing


@pytest.mark.parametrize("status", CLOSED)
def test_a_closed_lead_says_how_it_ended(status: LeadStatus) -> None:
    assert said(lead=Lead(lead_status=status)) == Advice(CLOSED[status])


def test_a_payload_is_read_as_lines() -> None:
    sent = {
        "your_name": "Emma", "partner_name": None, "guest_count": 0, "services": ["Album", "Film"],
        "consent_marketing": False, "tags": [], "answers": {"how_heard": "A friend"},
    }  # fmt: skip
    assert lines(sent) == [
        ("Name", "Emma"),
        ("Guests", "0"),
        ("Services", "Album, Film"),
        ("Agrees to marketing", "No"),
        ("Answers how heard", "A friend"),
    ]
