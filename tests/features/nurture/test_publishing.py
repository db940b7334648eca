"""Publishing: what is refused with its place and reason, what is only warned of, and the version made."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.kernel import clock
from app.kernel.errors import InvalidInput, Outdated
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Supplier
from app.models.nurture import EmailTemplate, Enrollment, SequenceStep, SequenceVersion
from app.nurture.authoring import drafts
from app.nurture.authoring.schemas import StepOrder
from app.nurture.checks import Problem
from app.workflows.check_sequence import check_sequence
from app.workflows.publish_sequence import publish_sequence
from tests.cast import House
from tests.factories.nurture import change, make_lead, rows
from tests.features.nurture.writing import (
    call,
    email,
    keys,
    make,
    names,
    patch,
    sequence,
    sms_template,
    steps,
    tag,
    template,
    write,
)


def found(house: House, sequence_id: UUID) -> list[Problem]:
    with reading(house.supplier_id) as session:
        return list(check_sequence(session, sequence_id))


def codes(house: House, sequence_id: UUID, *, warnings: bool = False) -> list[tuple[int | None, str, str]]:
    """Place, field and code of each error, or of each warning."""
    listed = found(house, sequence_id)
    return [(one.step_order, one.field, one.code) for one in listed if one.is_warning is warnings]


def branch(then: Any, **conditions: Any) -> dict[str, Any]:
    return {"branch_conditions": {"branches": [{"if": conditions, "then": then}]}}


def test_a_version_tells_what_changed_who_and_when(house: House) -> None:
    made = make(house, tag("a"), tag("b"))
    first = publish_sequence(house.owner.actor, made)
    assert (first.version, first.summary, first.changed) == (1, "First version: 2 steps", True)
    a, b = keys(house, made)
    drafts.change_step(house.admin.actor, made, a, patch(delay_amount=2))
    drafts.remove_step(house.admin.actor, made, b)
    drafts.add_step(house.admin.actor, made, write(call("Ring")))
    second = publish_sequence(house.admin.actor, made)
    assert second.summary == "Added “Ring”; removed “Tag b”; changed “Tag a” (delay)"
    kept = rows(house, SequenceVersion, SequenceVersion.sequence_id == made)
    assert [(one.version, one.user_id, one.summary) for one in kept] == [
        (1, house.owner.user_id, first.summary),
        (2, house.admin.user_id, second.summary),
    ]
    assert (names(house, made, 1), names(house, made, 2)) == (["Tag a", "Tag b"], ["Tag a", "Ring"])
    row = sequence(house, made)
    assert (row.published_version, row.has_draft, row.revision) == (2, False, second.revision)


def test_leads_under_way_finish_their_version(house: House) -> None:
    made = make(house, tag("a"), tag("b"), publish=True)
    lead_id = make_lead(house, clock.now())
    drafts.remove_step(house.owner.actor, made, keys(house, made)[0])
    publish_sequence(house.owner.actor, made)
    mine = [one for one in rows(house, Enrollment, Enrollment.lead_id == lead_id) if one.sequence_id == made]
    assert [one.version for one in mine] == [1]
    later = make_lead(house, clock.now())
    theirs = rows(house, Enrollment, Enrollment.lead_id == later, Enrollment.sequence_id == made)
    assert [one.version for one in theirs] == [2]


def test_nothing_new_makes_no_version(house: House) -> None:
    made = make(house, tag("a"), tag("b"), publish=True)
    owner = house.owner.actor
    assert publish_sequence(owner, made).changed is False
    a, b = keys(house, made)
    drafts.order_steps(owner, made, StepOrder(step_keys=[b, a]))
    drafts.order_steps(owner, made, StepOrder(step_keys=[a, b]))
    done = publish_sequence(owner, made)
    assert (done.version, done.changed, sequence(house, made).has_draft) == (1, False, False)
    assert len(rows(house, SequenceVersion, SequenceVersion.sequence_id == made)) == 1


def test_who_saw_an_older_draft_publishes_nothing(house: House) -> None:
    made = make(house, tag("a"))
    seen = sequence(house, made).revision
    drafts.add_step(house.owner.actor, made, write(tag("b")))
    with pytest.raises(Outdated):
        publish_sequence(house.owner.actor, made, seen)


def test_refused_with_every_problem_and_its_place(house: House) -> None:
    made = make(house, email(None, "Write"), tag("b", **branch(1)), call("Ring", step_content="{{ bride }}"))
    with pytest.raises(InvalidInput) as refused:
        publish_sequence(house.owner.actor, made)
    assert [(one.field, one.message) for one in refused.value.fields][:2] == [
        ("steps.0.email_template_id", "Step 1, “Write”: Choose a template."),
        (
            "steps.1.branch_conditions",
            "Step 2, “Tag b”: Branch 1 leads back to step 1; branches lead forward alone, so that nobody "
            "goes round.",
        ),
    ]
    assert refused.value.fields[2].field == "steps.2.step_content"
    assert "'bride' is not a token" in refused.value.fields[2].message
    assert sequence(house, made).published_version == 0


def test_a_sequence_without_steps_is_refused(house: House) -> None:
    made = make(house)
    assert codes(house, made) == [(None, "steps", "no_steps")]
    with pytest.raises(InvalidInput, match="at least one step"):
        publish_sequence(house.owner.actor, made)
    off = make(house, tag(is_active=False))
    assert codes(house, off) == [(None, "steps", "no_steps")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{{ lead_score }}", "is internal and never leaves"),
        ("{{ couple_name }}", "'couple_name' is not a token"),
        ("{% for a in (1..100000) %}x{% for b in (1..100000) %}x{% endfor %}{% endfor %}", "loop"),
        ("{% if %}", "Line 1"),
        ("x" * 100_001, "at most 100000"),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused(house: House, content: str, says: str) -> None:
    made = make(house, email(template(house, content)))
    with pytest.raises(InvalidInput, match=says) as refused:
        publish_sequence(house.owner.actor, made)
    assert refused.value.fields[0].field == "steps.0.email_template_id"


def test_a_variants_text_is_checked_too(house: House) -> None:
    variants = [{"label": "B", "email_template_id": template(house, subject="{{ nobody }}")}]
    made = make(house, email(template(house), variants=variants))
    assert codes(house, made) == [(1, "variants", "template")]
    message = found(house, made)[-1].message
    assert "subject: " in message
    assert "'nobody' is not a token" in message


def test_a_text_message_of_too_many_parts_is_refused(house: House) -> None:
    step = {"step_name": "Text", "step_type": "sms", "delay_amount": 1}
    made = make(house, step | {"sms_template_id": sms_template(house, "word " * 400)})
    assert codes(house, made) == [(1, "sms_template_id", "template")]


def test_a_template_that_spoils_later_blocks_the_next_version(house: House) -> None:
    chosen = template(house)
    made = make(house, email(chosen), publish=True)
    change(house, EmailTemplate, chosen, content="{{ oops }}")
    drafts.add_step(house.owner.actor, made, write(tag()))
    assert codes(house, made) == [(1, "email_template_id", "template")]


@pytest.mark.parametrize("then", [7, 2, 1, "x"])
def test_branches_lead_forward_to_steps_there_are(house: House, then: Any) -> None:
    made = make(house, tag("a"), tag("b"), tag("c"))
    second = steps(house, made)[1].row.id
    change(house, SequenceStep, second, **branch(then))  # as it may stand there since others were moved
    with pytest.raises(InvalidInput) as refused:
        publish_sequence(house.owner.actor, made)
    assert {one.field for one in refused.value.fields} == {"steps.1.branch_conditions"}


def test_an_acknowledgement_comes_first_and_at_once(house: House) -> None:
    said = {"message_class": "acknowledgement"}
    text = template(house)
    assert codes(house, make(house, email(text, delay_amount=0, **said))) == []
    assert codes(house, make(house, email(text, delay_amount=1, **said))) == [
        (1, "message_class", "not_first")
    ]
    second = make(house, tag(), email(text, delay_amount=0, **said))
    assert codes(house, second) == [(2, "message_class", "not_first")]
    behind_one_off = make(house, tag(is_active=False), email(text, delay_amount=0, **said))
    assert codes(house, behind_one_off) == []


def test_a_window_that_never_opens_is_refused(house: House) -> None:
    made = make(house, tag(send_days=[1]), tag("b", send_days=[]))
    today = clock.now().date()
    mondays = [day for day in (today + timedelta(n) for n in range(1200)) if day.isoweekday() == 1]
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(Supplier).values(holidays=mondays))
    assert codes(house, made) == [(1, "send_days", "no_open_day")]


def test_warnings_stand_in_nobodys_way(house: House) -> None:
    made = make(
        house,
        {"step_name": "Text", "step_type": "sms", "delay_amount": 0, "sms_template_id": sms_template(house)},
        tag("off", is_active=False),
        reentry_after_days=0,
        target_lead_sources=["Pigeon post"],
        is_active=False,
    )
    drafts.change_step(house.owner.actor, made, keys(house, made)[0], patch(**branch(2, min_score=1)))
    assert codes(house, made, warnings=True) == [
        (None, "reentry_after_days", "may_loop"),
        (None, "is_active", "switched_off"),
        (None, "target_lead_sources", "unknown_source"),
        (1, "delay_amount", "any_hour"),
        (1, "branch_conditions", "step_off"),
        (1, "step_type", "sms_not_configured"),
    ]
    done = publish_sequence(house.owner.actor, made)
    assert (done.version, len(done.warnings)) == (1, 6)


def test_dates_that_may_be_over_are_warned_of(house: House) -> None:
    before = {"anchor": "wedding_date", "delay_amount": -8, "delay_unit": "weeks"}
    made = make(house, tag(**before))
    assert codes(house, made, warnings=True) == [(None, "steps", "may_be_over")]
    drafts.change_step(house.owner.actor, made, keys(house, made)[0], patch(runs_when_past=True))
    assert codes(house, made, warnings=True) == []


def test_equal_variants_compare_nothing(house: House) -> None:
    text = template(house)
    made = make(house, email(text, variants=[{"label": "B", "email_template_id": text}]))
    assert codes(house, made, warnings=True) == [(1, "variants", "same_text")]
