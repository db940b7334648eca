"""Writing sequences and the drafts of their steps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, Outdated
from app.kernel.uow import reading, unit_of_work
from app.models.choices import SequenceType, StepType
from app.models.nurture import DRAFT, EmailTemplate, Enrollment, NurtureSequence, SequenceStep
from app.nurture.authoring import drafts, sequences
from app.nurture.authoring.schemas import MOST_SEQUENCES, MOST_STEPS, SequenceCopy, StepOrder
from app.workflows.publish_sequence import publish_sequence
from tests.cast import House
from tests.factories.nurture import make_lead, one, rows
from tests.features.nurture.writing import (
    call,
    email,
    keys,
    make,
    names,
    patch,
    sequence,
    settings,
    steps,
    tag,
    template,
    write,
)

NOW = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)


def branching(then: int) -> dict[str, Any]:
    return {"branch_conditions": {"branches": [{"if": {"min_score": 50}, "then": then}]}}


def leads_to(house: House, sequence_id: UUID, name: str) -> list[int]:
    step = next(one for one in steps(house, sequence_id) if one.row.step_name == name)
    return [branch["then"] for branch in step.row.branch_conditions.get("branches", [])]


def test_a_new_sequence_has_its_steps_as_a_draft_and_takes_nobody_in(house: House) -> None:
    made = make(house, tag("a"), tag("b", step_order=1), sequence_name="Two tags", priority_level=10)
    row = sequence(house, made)
    assert (row.published_version, row.has_draft, row.is_active) == (0, True, True)
    assert names(house, made) == ["Tag a", "Tag b"]  # in the order of the list
    assert {step.row.version for step in steps(house, made)} == {DRAFT}
    make_lead(house, NOW)
    assert rows(house, Enrollment, Enrollment.sequence_id == made) == []


def test_one_call_makes_and_publishes_it(house: House) -> None:
    made = make(house, tag("a", delay_amount=0), publish=True, target_lead_status=["contacted"])
    assert (sequence(house, made).published_version, names(house, made, 1)) == (1, ["Tag a"])
    make_lead(house, NOW, lead_status="contacted")
    assert one(house, Enrollment, Enrollment.sequence_id == made).version == 1


def test_every_wrong_step_is_named_and_nothing_is_written(house: House) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(house, tag("a"), tag(step_content='{"add": []}'), call(delay_amount=-1), sequence_name="Wrong")
    assert [one.field for one in refused.value.fields] == ["steps.1.step_content", "steps.2.delay_amount"]
    assert rows(house, NurtureSequence, NurtureSequence.sequence_name == "Wrong") == []


def test_a_name_is_one_sequences(house: House) -> None:
    made = make(house, sequence_name="Autumn")
    with pytest.raises(InvalidInput, match="called 'AUTUMN'"):
        make(house, sequence_name="AUTUMN")
    sequences.update_sequence(house.owner.actor, made, settings(sequence_name="autumn"))
    other = make(house, sequence_name="Winter")
    with pytest.raises(InvalidInput, match="called 'Autumn'"):
        sequences.update_sequence(house.owner.actor, other, settings(sequence_name="Autumn"))


def test_there_are_at_most_so_many(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        plain = {"supplier_id": house.supplier_id, "sequence_type": SequenceType.NURTURE}
        names = (f"Sequence {n}" for n in range(2, MOST_SEQUENCES))  # beside the welcome and the last
        session.add_all(NurtureSequence(**plain, sequence_name=name) for name in names)
    make(house)
    with pytest.raises(Conflict, match="at most 200 sequences"):
        make(house)


def test_settings_hold_at_once(house: House) -> None:
    made = make(house, tag(), publish=True)
    owner = house.owner.actor
    done = sequences.update_sequence(
        owner,
        made,
        settings(target_score_range=[40, None], reentry_after_days=30, target_lead_status=["new", "new"]),
    )
    row = sequence(house, made)
    assert (row.target_score_range, row.reentry_after_days) == ([40, None], 30)
    assert (row.target_lead_status, row.revision) == (["new"], done.revision)
    again = sequences.update_sequence(owner, made, settings(reentry_after_days=30))
    assert (again.changed, again.revision) == (False, done.revision)
    sequences.update_sequence(owner, made, settings(target_score_range=None, reentry_after_days=None))
    row = sequence(house, made)
    assert (row.target_score_range, row.reentry_after_days, row.has_draft) == ([], None, False)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({}, "", "Name at least one field"),
        ({"is_active": None}, "is_active", "cannot be cleared"),
        ({"target_score_range": [60, 40]}, "target_score_range", "from 60 down to 40"),
        ({"trigger_conditions": {"min_scor": 4}}, "trigger_conditions", "'min_scor' is not a condition"),
        ({"trigger_conditions": {"required_status": "gone"}}, "trigger_conditions", "'gone' is not a status"),
    ],
)
def test_settings_that_are_wrong_are_refused(
    house: House, changes: dict[str, Any], field: str, says: str
) -> None:
    made = make(house)
    with pytest.raises(InvalidInput, match=says) as refused:
        sequences.update_sequence(house.owner.actor, made, settings(**changes))
    assert refused.value.fields[0].field == field
    assert sequence(house, made).revision == 1


def test_who_saw_an_older_one_overwrites_nothing(house: House) -> None:
    made = make(house, tag("a"))
    seen = sequence(house, made).revision
    drafts.add_step(house.owner.actor, made, write(tag("b")), seen)
    with pytest.raises(Outdated, match="meanwhile"):
        drafts.add_step(house.admin.actor, made, write(tag("c")), seen)
    assert names(house, made) == ["Tag a", "Tag b"]


def test_a_lead_that_enters_is_in_no_editors_way(house: House) -> None:
    made = make(house, tag(delay_amount=0), publish=True)
    seen = sequence(house, made).revision
    make_lead(house, NOW)
    assert sequence(house, made).total_enrollments == 1
    drafts.add_step(house.owner.actor, made, write(tag("b")), seen)


def test_two_editors_at_once_both_add(app: Flask, house: House) -> None:
    made = make(house, tag("a"), publish=True)

    def add(name: str) -> None:
        with app.app_context():
            drafts.add_step(house.owner.actor, made, write(tag(name)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, "bcde"))
    assert names(house, made)[0] == "Tag a"
    assert sorted(names(house, made)) == [f"Tag {name}" for name in "abcde"]
    assert names(house, made, 1) == ["Tag a"]


def test_the_first_change_opens_a_draft_that_keeps_keys_and_variants(house: House) -> None:
    first, other = template(house), template(house)
    made = make(
        house,
        email(first, variants=[{"label": "B", "email_template_id": other}]),
        tag(),
        publish=True,
    )
    before = steps(house, made, 1)
    drafts.change_step(house.owner.actor, made, before[1].row.step_key, patch(step_name="Mark"))
    after = steps(house, made)
    assert [one.row.step_key for one in after] == [one.row.step_key for one in before]
    assert {one.row.id for one in after}.isdisjoint(one.row.id for one in before)
    assert after[0].variants == {"B": other}
    assert names(house, made, 1) == ["Write", "Tag seen"]
    assert names(house, made) == ["Write", "Mark"]


def test_a_discarded_draft_leaves_what_is_published(house: House) -> None:
    made = make(house, tag("a"), publish=True)
    owner = house.owner.actor
    key = keys(house, made)[0]
    drafts.remove_step(owner, made, key)
    assert names(house, made) == []
    drafts.add_step(owner, made, write(tag("b")))
    assert names(house, made) == ["Tag b"]  # an empty draft is a draft, too
    drafts.discard_draft(owner, made)
    assert (names(house, made), keys(house, made)) == (["Tag a"], [key])
    assert drafts.discard_draft(owner, made).changed is False
    with pytest.raises(Conflict, match="never published"):
        drafts.discard_draft(owner, make(house, tag()))


def test_branches_follow_the_steps_they_name(house: House) -> None:
    made = make(house, tag("a", **branching(3)), tag("b"), tag("c"), tag("d"))
    owner = house.owner.actor
    drafts.add_step(owner, made, write(tag("new", step_order=2, **branching(5))))
    assert names(house, made) == ["Tag a", "Tag new", "Tag b", "Tag c", "Tag d"]
    assert (leads_to(house, made, "Tag a"), leads_to(house, made, "Tag new")) == ([4], [5])
    a, new, b, c, d = keys(house, made)
    drafts.order_steps(owner, made, StepOrder(step_keys=[a, d, c]))
    assert names(house, made) == ["Tag a", "Tag d", "Tag c", "Tag new", "Tag b"]
    assert (leads_to(house, made, "Tag a"), leads_to(house, made, "Tag new")) == ([3], [2])
    drafts.remove_step(owner, made, b)
    assert names(house, made) == ["Tag a", "Tag d", "Tag c", "Tag new"]
    with pytest.raises(Conflict, match="A branch of step 1, “Tag a”, leads here"):
        drafts.remove_step(owner, made, c)
    drafts.remove_step(owner, made, new)
    drafts.remove_step(owner, made, d)
    assert leads_to(house, made, "Tag a") == [2]


def test_an_order_that_is_so_already_changes_nothing(house: House) -> None:
    made = make(house, tag("a"), tag("b"))
    owner = house.owner.actor
    assert drafts.order_steps(owner, made, StepOrder(step_keys=keys(house, made))).changed is False
    with pytest.raises(InvalidInput, match="There is no step"):
        drafts.order_steps(owner, made, StepOrder(step_keys=[made]))


def test_a_step_is_changed_field_by_field(house: House) -> None:
    first, other, third = template(house), template(house), template(house)
    made = make(house, email(first, max_lateness_hours=5))
    owner, key = house.owner.actor, keys(house, made)[0]
    variants = [{"label": "C", "email_template_id": other}, {"label": "B", "email_template_id": third}]
    drafts.change_step(owner, made, key, patch(send_time="07:30", send_days=[5, 1, 5], variants=variants))
    step = steps(house, made)[0]
    assert (f"{step.row.send_time:%H:%M}", step.row.send_days) == ("07:30", [1, 5])
    assert step.variants == {"B": third, "C": other}
    drafts.change_step(owner, made, key, patch(max_lateness_hours=None, send_days=None, variants=None))
    step = steps(house, made)[0]
    assert (step.row.max_lateness_hours, step.row.send_days, step.variants) == (None, [], {})
    assert drafts.change_step(owner, made, key, patch(send_days=[])).changed is False


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({}, "", "Name at least one field"),
        ({"step_name": None}, "step_name", "cannot be cleared"),
        ({"step_type": "phone_call"}, "email_template_id", "has no e-mail template"),
        ({"anchor": "enrollment", "delay_amount": -1}, "delay_amount", "may come before it"),
        (branching(1), "branch_conditions", "leads to its own step"),
        ({"message_class": "reply"}, "message_class", "written by a person"),
    ],
)
def test_a_change_that_is_wrong_is_refused(
    house: House, changes: dict[str, Any], field: str, says: str
) -> None:
    made = make(house, email(template(house)))
    with pytest.raises(InvalidInput, match=says) as refused:
        drafts.change_step(house.owner.actor, made, keys(house, made)[0], patch(**changes))
    assert refused.value.fields[0].field == field
    assert sequence(house, made).revision == 1


def test_templates_of_others_are_unknown(house: House) -> None:
    with reading(house.stranger.actor.supplier_id) as session:
        theirs = session.scalars(
            select(SequenceStep.email_template_id).where(SequenceStep.step_type == StepType.EMAIL)
        ).first()
    assert theirs is not None
    with pytest.raises(InvalidInput, match=f"There is no template {theirs}"):
        make(house, email(theirs))
    made = make(house, email(template(house)))
    with pytest.raises(InvalidInput, match="There is no template"):
        variants = [{"label": "B", "email_template_id": theirs}]
        drafts.change_step(house.owner.actor, made, keys(house, made)[0], patch(variants=variants))


def test_who_does_a_task_is_of_the_team(house: House) -> None:
    mine, theirs = house.member.user_id, house.stranger.user_id
    one = make(house, call(step_content=f'{{"assigned_to": "{mine}"}}'))
    with pytest.raises(InvalidInput, match="Nobody of your team is") as refused:
        make(house, call(step_content=f'{{"assigned_to": "{theirs}"}}'))
    assert refused.value.fields[0].field == "steps.0.step_content"
    assert names(house, one) == ["Call"]


def test_a_template_that_is_deleted_meanwhile_is_waited_for(app: Flask, house: House) -> None:
    made, chosen, other = make(house), template(house), template(house)
    started = Event()

    def delete() -> None:
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            row = session.get_one(EmailTemplate, (house.supplier_id, chosen), with_for_update=True)
            started.set()
            sleep(0.3)
            session.delete(row)

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete)
        started.wait()
        with pytest.raises(InvalidInput, match="There is no template"):
            drafts.add_step(house.owner.actor, made, write(email(chosen)))
        deleting.result()
    drafts.add_step(house.owner.actor, made, write(email(other)))


def test_a_sequence_has_at_most_so_many_steps(house: House) -> None:
    made = make(house, *(tag(f"{number}") for number in range(MOST_STEPS)))
    with pytest.raises(Conflict, match="at most 50 steps"):
        drafts.add_step(house.owner.actor, made, write(tag()))


def test_a_copy_has_steps_of_its_own(house: House) -> None:
    made = make(
        house, tag("a", **branching(2)), tag("b"), publish=True, sequence_name="Spring", priority_level=4
    )
    drafts.add_step(house.owner.actor, made, write(tag("c")))
    first = sequences.copy_sequence(house.owner.actor, made, SequenceCopy()).sequence_id
    second = sequences.copy_sequence(house.owner.actor, made, SequenceCopy()).sequence_id
    row = sequence(house, first)
    assert (row.sequence_name, row.priority_level, row.published_version) == ("Copy of Spring", 4, 0)
    assert sequence(house, second).sequence_name == "Copy of Spring 2"
    assert names(house, first) == names(house, made) == ["Tag a", "Tag b", "Tag c"]
    assert set(keys(house, first)).isdisjoint(keys(house, made))
    with pytest.raises(InvalidInput, match="called 'Spring'"):
        sequences.copy_sequence(house.owner.actor, made, SequenceCopy(sequence_name="Spring"))


def test_a_sequence_that_never_had_a_lead_is_deleted(house: House) -> None:
    made = make(house, tag(), publish=True)
    assert sequences.delete_sequence(house.owner.actor, made).archived is False
    assert rows(house, NurtureSequence, NurtureSequence.id == made) == []
    assert rows(house, SequenceStep, SequenceStep.sequence_id == made) == []


def test_a_sequence_that_had_leads_is_switched_off_and_kept(house: House) -> None:
    made = make(house, tag(), publish=True)
    make_lead(house, NOW)
    assert sequences.delete_sequence(house.owner.actor, made).archived is True
    assert sequence(house, made).is_active is False
    assert sequences.delete_sequence(house.owner.actor, made).archived is True


def test_only_who_may_writes_and_only_ones_own(house: House) -> None:
    made = make(house, tag())
    for person in (house.member, house.viewer):
        with pytest.raises(NotPermitted):
            drafts.add_step(person.actor, made, write(tag()))
        with pytest.raises(NotPermitted):
            publish_sequence(person.actor, made)
    key = keys(house, made)[0]
    with pytest.raises(NotFound):
        drafts.remove_step(house.stranger.actor, made, key)
    with pytest.raises(NotFound):
        sequences.delete_sequence(house.stranger.actor, made)
    with pytest.raises(NotFound, match="No step"):
        drafts.remove_step(house.owner.actor, made, made)
