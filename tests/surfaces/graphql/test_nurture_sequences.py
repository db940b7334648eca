"""`nurtureSequences`."""

from typing import Any

from flask import Flask

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.models.choices import StepType
from app.models.leads import Lead
from app.models.nurture import SmsTemplate
from app.nurture.progress import end_all
from tests.cast import House
from tests.factories.nurture import make_sequence
from tests.surfaces.graphql.conftest import Caller, Desk

ALL = """{ nurtureSequences { totalSequences activeEnrollments averageCompletionRate
    sequences { sequenceName sequenceType isActive totalEnrollments targetScoreRange triggerConditions
        steps { stepOrder stepName stepType delayAmount delayUnit sendTime sendDays
            emailTemplate { name subject } smsTemplate { content } taskTemplate { title dueInDays priority }
        } } } }"""


def test_the_sequences_come_with_the_steps_of_their_published_version(
    desk: Desk, ask: Caller, statements: Any
) -> None:
    desk.lead()
    desk.lead()
    with statements() as sent:
        found = ask(ALL)["nurtureSequences"]
    assert len(sent) == 1
    assert (found["totalSequences"], found["activeEnrollments"], found["averageCompletionRate"]) == (
        1,
        2,
        None,
    )
    [welcome] = found["sequences"]
    assert (welcome["sequenceName"], welcome["sequenceType"], welcome["totalEnrollments"]) == (
        "Welcome",
        "welcome",
        2,
    )
    assert [step["stepOrder"] for step in welcome["steps"]] == [1, 2, 3]
    first, call, _ = welcome["steps"]
    assert first["stepType"] == "email"
    assert first["emailTemplate"]["name"] == "Thank you for your inquiry"
    assert first["sendTime"].count(":") == 2
    assert call["emailTemplate"] is None
    assert call["taskTemplate"] == {"title": "Call {{ couple_names }}", "dueInDays": 0, "priority": "high"}
    assert (first["taskTemplate"], first["smsTemplate"]) == (None, None)


def test_a_text_message_shows_its_words(app: Flask, house: House, ask: Caller) -> None:
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            template = SmsTemplate(
                supplier_id=house.supplier_id, name="Hello", content="Hello {{ couple_names }}"
            )
            session.add(template)
            session.flush()
            step = {"step_type": StepType.SMS, "sms_template_id": template.id}
        make_sequence(house, [step])
    [sequence] = ask(
        "{ nurtureSequences { sequences(isActive: true) { steps { smsTemplate { name content } } } } }"
    )["nurtureSequences"]["sequences"]
    assert sequence["steps"] == [{"smsTemplate": {"name": "Hello", "content": "Hello {{ couple_names }}"}}]


def test_the_rate_is_of_sequences_that_a_lead_has_been_through(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        end_all(session, session.get_one(Lead, (desk.house.supplier_id, lead_id)), "replied", clock.now())
    assert ask(ALL)["nurtureSequences"]["averageCompletionRate"] == 0


def test_the_rate_is_unknown_before_anybody_was_enrolled(ask: Caller) -> None:
    found = ask(ALL)["nurtureSequences"]
    assert (found["activeEnrollments"], found["averageCompletionRate"]) == (0, None)


def test_another_suppliers_enrollments_do_not_count(desk: Desk, ask: Caller, stranger: Caller) -> None:
    desk.lead()
    assert stranger("{ nurtureSequences { activeEnrollments } }") == {
        "nurtureSequences": {"activeEnrollments": 0}
    }
    assert ask("{ nurtureSequences { activeEnrollments } }") == {"nurtureSequences": {"activeEnrollments": 1}}
