"""Ready-made sequences: each can be taken, checked and published as it is, and reads well."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.models.choices import MessageClass, SequenceType, StepType, Trade
from app.models.nurture import (
    MOST_TEMPLATES,
    EmailTemplate,
    SequenceStep,
    SequenceVersion,
    SmsTemplate,
    TaskTemplate,
)
from app.nurture.ready_made.catalogue import READY_MADE
from app.nurture.ready_made.shape import Email, Text, ToDo
from app.nurture.ready_made.taking import take_ready_made
from app.workflows.check_sequence import check_sequence
from app.workflows.publish_sequence import publish_sequence
from tests.cast import House, open_house
from tests.factories.nurture import one, rows
from tests.features.nurture.writing import sequence, steps

HARMLESS = {"sms_not_configured", "may_be_over"}
TEMPLATES = (EmailTemplate, SmsTemplate, TaskTemplate)


def test_each_trade_has_each_type() -> None:
    assert {(made.trade, made.sequence_type) for made in READY_MADE.values()} == {
        (trade, kind) for trade in Trade for kind in SequenceType
    }


@pytest.fixture(scope="module")
def shop(app: Flask) -> House:
    """A supplier that takes every one of them."""
    return open_house(app)


@pytest.mark.parametrize("key", sorted(READY_MADE))
def test_it_can_be_published_as_it_is(shop: House, key: str) -> None:
    made = take_ready_made(shop.owner.actor, key).sequence_id
    with reading(shop.supplier_id) as session:
        found = check_sequence(session, made)
    assert {problem.code for problem in found} <= HARMLESS
    assert publish_sequence(shop.owner.actor, made).version == 1
    assert len(steps(shop, made, 1)) == len(READY_MADE[key].steps)


@pytest.mark.parametrize("key", sorted(READY_MADE))
def test_its_words_are_filled_in_and_read_well(key: str) -> None:
    for step in READY_MADE[key].steps:
        match step.template:
            case Email(_, subject, content):
                texts = [subject, content]
                assert len(subject) <= 70
            case Text(_, content):
                texts = [content]
                assert len(content) <= 150  # a name and a day fit into two parts
            case ToDo(_, title, description):
                texts = [title, description]
            case _:
                texts = []
        for text in texts:
            assert "$" not in text
            assert not re.search(r"!|  |\.\.|\?\.|,,| ,", text)


def test_a_second_one_uses_the_templates_again(house: House) -> None:
    first = take_ready_made(house.owner.actor, "florist_nurture").sequence_id
    with reading(house.supplier_id) as session:
        before = [session.scalar(select(func.count()).select_from(model)) for model in TEMPLATES]
    second = take_ready_made(house.owner.actor, "florist_nurture").sequence_id
    with reading(house.supplier_id) as session:
        assert [session.scalar(select(func.count()).select_from(model)) for model in TEMPLATES] == before
    assert sequence(house, first).sequence_name == "Stay in touch"
    assert sequence(house, second).sequence_name == "Stay in touch 2"
    ids = [[step.row.email_template_id for step in steps(house, made)] for made in (first, second)]
    assert ids[0] == ids[1]


def test_other_words_get_a_name_of_their_own(house: House) -> None:
    for key in ("florist_nurture", "venue_nurture"):
        take_ready_made(house.owner.actor, key)
    names = {row.name for row in rows(house, EmailTemplate)}
    assert {"Stay in touch: advice", "Stay in touch: advice 2"} <= names
    assert "Stay in touch: your date 2" in names  # it names the trade's own meeting


def test_there_must_be_room_for_its_templates(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        plain = {"supplier_id": house.supplier_id, "subject": "Hello", "content": "Hello"}
        session.add_all(EmailTemplate(**plain, name=f"Template {n}") for n in range(MOST_TEMPLATES))
    with pytest.raises(Conflict, match="delete some first"):
        take_ready_made(house.owner.actor, "venue_welcome")
    assert rows(house, SmsTemplate) == []


def test_offers_are_marketing_and_answers_are_not() -> None:
    def classes(kind: SequenceType) -> set[str]:
        made = READY_MADE[f"{Trade.VENUE}_{kind}"]
        emails = [step for step in made.steps if step.said["step_type"] is StepType.EMAIL]
        return {step.said.get("message_class", MessageClass.FOLLOW_UP) for step in emails}

    assert classes(SequenceType.RE_ENGAGEMENT) == {MessageClass.MARKETING}
    assert classes(SequenceType.POST_WEDDING) == {MessageClass.FOLLOW_UP, MessageClass.MARKETING}
    assert classes(SequenceType.WELCOME) == {MessageClass.ACKNOWLEDGEMENT, MessageClass.FOLLOW_UP}
    assert classes(SequenceType.PRE_WEDDING) == {MessageClass.FOLLOW_UP}


def test_only_who_may_and_only_what_there_is(house: House) -> None:
    with pytest.raises(NotPermitted):
        take_ready_made(house.member.actor, "venue_welcome")
    with pytest.raises(NotFound):
        take_ready_made(house.owner.actor, "baker_welcome")
    assert rows(house, SmsTemplate) == []


def test_the_starting_sequence_is_a_version_like_others(house: House) -> None:
    version = one(house, SequenceVersion)
    assert (version.version, version.summary, version.user_id) == (1, "First version: 3 steps", None)
    assert {step.version for step in rows(house, SequenceStep)} == {1}
