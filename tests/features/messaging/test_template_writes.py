"""Templates are written, copied, used and deleted: never under a sequence that needs them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import tenancy
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.messaging.templates.preview import Preview, preview
from app.messaging.templates.queries import Use, find, listed, uses
from app.messaging.templates.schemas import (
    EmailTemplatePatch,
    EmailTemplateWrite,
    SmsTemplateWrite,
    TaskTemplatePatch,
    TaskTemplateWrite,
    TemplateWrite,
)
from app.messaging.templates.service import (
    copy_template,
    create_template,
    delete_template,
    update_template,
)
from app.models.accounts import AuditEntry, Supplier
from app.models.choices import EnrollmentStatus, Priority
from app.models.nurture import (
    EmailTemplate,
    Enrollment,
    NurtureSequence,
    SequenceStep,
    SmsTemplate,
    StepVariant,
    TaskTemplate,
)
from tests.cast import House
from tests.factories.nurture import change, enrollment, make_lead, make_sequence, one, rows

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def email(**given: Any) -> EmailTemplateWrite:
    fresh = {"name": f"E-mail {uuid7().hex}", "subject": "For {{ couple_names }}", "content": "<p>Hello</p>"}
    return EmailTemplateWrite(**(fresh | given))


def made(house: House, **given: Any) -> UUID:
    return create_template(house.admin.actor, EmailTemplate, email(**given))


def used(house: House, template_id: UUID, **step: Any) -> UUID:
    """A sequence whose only step sends that template."""
    plain = {"step_type": "email", "email_template_id": template_id}
    return make_sequence(house, [plain | step], sequence_name=f"Spring {uuid7().hex[-6:]}")


def test_a_template_of_each_sort_is_made_and_recorded(house: House) -> None:
    admin = house.admin.actor
    mail = create_template(admin, EmailTemplate, email(name=" Thanks ", text_content="Hello"))
    text = create_template(admin, SmsTemplate, SmsTemplateWrite(name="Short", content="Hi {{ first_names }}"))
    task = create_template(
        admin, TaskTemplate, TaskTemplateWrite(name="Call", title="Call {{ couple_names }}")
    )
    assert one(house, EmailTemplate, EmailTemplate.id == mail).name == "Thanks"
    assert one(house, SmsTemplate, SmsTemplate.id == text).content == "Hi {{ first_names }}"
    row = one(house, TaskTemplate, TaskTemplate.id == task)
    assert (row.due_in_days, row.priority, row.description) == (1, Priority.MEDIUM, None)
    recorded = rows(house, AuditEntry, AuditEntry.row_id.in_([mail, text, task]))
    assert [entry.action for entry in recorded] == ["created"] * 3


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"subject": "Hello\r\nBcc: all@example.com"}, "subject", "Line 2: a subject is one line"),
        ({"subject": "{{ lead_score }}"}, "subject", "Line 1: 'lead_score' is internal"),
        ({"content": "<p>\n{{ brid_name }}</p>"}, "content", "Line 2: 'brid_name' is not a token"),
        ({"text_content": "{% for i in (1..9999999) %}x{% endfor %}"}, "text_content", "too many turns"),
    ],
)
def test_a_wrong_text_is_refused_at_its_field(
    house: House, given: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(house, **given)
    (told,) = refused.value.fields
    assert (told.field, told.code) == (field, "template")
    assert problem in told.message


def test_two_templates_of_a_sort_have_two_names(house: House) -> None:
    first, second = made(house, name="Spring"), made(house, name="Summer")
    with pytest.raises(InvalidInput, match="another e-mail template called “SPRING”"):
        made(house, name="SPRING")
    with pytest.raises(InvalidInput, match="called “Spring”"):
        update_template(house.admin.actor, EmailTemplate, second, EmailTemplatePatch(name="Spring"))
    assert update_template(house.admin.actor, EmailTemplate, first, EmailTemplatePatch(name="spring"))
    create_template(house.admin.actor, SmsTemplate, SmsTemplateWrite(name="Spring", content="Hi"))


def test_at_once_only_one_gets_the_name(app: Flask, house: House) -> None:
    def make(name: str) -> str:
        with app.app_context():
            try:
                made(house, name=name)
            except InvalidInput as refused:
                return refused.fields[0].code
        return "made"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(make, ["Spring", "spring", "SPRING", "Spring"]))
    assert told == ["made", "taken", "taken", "taken"]


def test_a_change_keeps_what_is_absent_and_is_recorded(house: House) -> None:
    template_id = made(house, text_content="Hello")
    admin = house.admin.actor
    assert update_template(admin, EmailTemplate, template_id, EmailTemplatePatch(subject="New"))
    assert update_template(admin, EmailTemplate, template_id, EmailTemplatePatch(text_content=None))
    assert not update_template(admin, EmailTemplate, template_id, EmailTemplatePatch(subject="New"))
    row = one(house, EmailTemplate, EmailTemplate.id == template_id)
    assert (row.subject, row.content, row.text_content) == ("New", "<p>Hello</p>", None)
    log = rows(house, AuditEntry, AuditEntry.row_id == template_id, AuditEntry.action == "updated")
    assert [entry.after for entry in log] == [{"subject": "New"}, {"text_content": None}]
    with pytest.raises(InvalidInput) as refused:
        update_template(admin, EmailTemplate, template_id, EmailTemplatePatch(name=None))
    assert refused.value.fields[0].field == "name"


def test_a_copy_is_another_one_of_its_own_name(house: House) -> None:
    template_id = made(house, name="Spring")
    copies = [copy_template(house.admin.actor, EmailTemplate, template_id) for _ in range(3)]
    names = [one(house, EmailTemplate, EmailTemplate.id == copy).name for copy in copies]
    assert names == ["Spring (copy)", "Spring (copy 2)", "Spring (copy 3)"]
    longest = made(house, name="x" * 255)
    copied = copy_template(house.admin.actor, EmailTemplate, longest)
    assert one(house, EmailTemplate, EmailTemplate.id == copied).name == "x" * 248 + " (copy)"


@pytest.mark.parametrize("version", [0, 1])
def test_a_template_of_a_draft_or_of_the_version_in_force_stays(house: House, version: int) -> None:
    template_id = made(house, name=f"Spring {version}")
    sequence = one(house, NurtureSequence, NurtureSequence.id == used(house, template_id, version=version))
    with pytest.raises(Conflict, match=f"“Spring {version}” is used by “{sequence.sequence_name}”"):
        delete_template(house.admin.actor, EmailTemplate, template_id)


def test_a_template_stays_while_leads_are_on_a_version_that_needs_it(house: House) -> None:
    template_id = made(house)
    sequence_id = used(house, template_id)
    lead_id = make_lead(house, NOW)
    change(house, NurtureSequence, sequence_id, published_version=2)
    with pytest.raises(Conflict):
        delete_template(house.admin.actor, EmailTemplate, template_id)
    ended = {"status": EnrollmentStatus.COMPLETED, "next_execution_at": None, "current_step_id": None}
    change(house, Enrollment, enrollment(house, lead_id).id, **ended)
    delete_template(house.admin.actor, EmailTemplate, template_id)
    assert one(house, SequenceStep, SequenceStep.sequence_id == sequence_id).email_template_id is None
    assert rows(house, EmailTemplate, EmailTemplate.id == template_id) == []
    entry = one(house, AuditEntry, AuditEntry.row_id == template_id, AuditEntry.action == "deleted")
    assert entry.before["content"] == "<p>Hello</p>"


def test_a_template_of_a_variant_stays(house: House) -> None:
    own, other = made(house), made(house)
    sequence_id = used(house, own)
    step = one(house, SequenceStep, SequenceStep.sequence_id == sequence_id)
    with unit_of_work(house.supplier_id) as session:
        variant = {"step_id": step.id, "label": "B", "email_template_id": other}
        session.add(StepVariant(supplier_id=house.supplier_id, **variant))
    with pytest.raises(Conflict):
        delete_template(house.admin.actor, EmailTemplate, other)
    change(house, NurtureSequence, sequence_id, published_version=2)
    delete_template(house.admin.actor, EmailTemplate, other)
    assert rows(house, StepVariant, StepVariant.step_id == step.id) == []


def test_where_a_template_is_used_is_known(house: House) -> None:
    template_id = made(house)
    sequence_id = used(house, template_id, step_name="Hello again")
    with reading(house.supplier_id) as session:
        name = session.scalar(select(NurtureSequence.sequence_name).where(NurtureSequence.id == sequence_id))
        assert name
        use = Use(sequence_id, name, "Hello again", 1)
        assert uses(session, EmailTemplate, template_id) == {template_id: [use]}
        assert uses(session, EmailTemplate)[template_id] == [use]
        assert uses(session, SmsTemplate, template_id) == {}
        assert template_id in [row.id for row in listed(session, EmailTemplate)]


def test_members_read_and_admins_write(house: House) -> None:
    template_id = made(house)
    for write in (
        lambda: create_template(house.member.actor, EmailTemplate, email()),
        lambda: update_template(
            house.member.actor, EmailTemplate, template_id, EmailTemplatePatch(subject="x")
        ),
        lambda: copy_template(house.member.actor, EmailTemplate, template_id),
        lambda: delete_template(house.member.actor, EmailTemplate, template_id),
    ):
        with pytest.raises(NotPermitted):
            write()
    with pytest.raises(NotFound):
        delete_template(house.stranger.actor, EmailTemplate, template_id)
    with reading(house.stranger.actor.supplier_id) as session, pytest.raises(NotFound):
        find(session, EmailTemplate, template_id)
    with pytest.raises(NotFound):
        update_template(house.admin.actor, TaskTemplate, template_id, TaskTemplatePatch(title="x"))


def looked_at(house: House, data: TemplateWrite, lead_id: UUID | None = None) -> Preview:
    with reading(house.supplier_id) as session:
        assert tenancy.supplier_id() == house.supplier_id
        return preview(session, data, lead_id, NOW)


def test_a_preview_is_what_a_real_lead_would_get(house: House) -> None:
    change(house, Supplier, house.supplier_id, mail_footer="1 Mill Lane")
    lead_id = make_lead(house, NOW, couple_name_bride="Änne", wedding_date=date(2027, 6, 12))
    content = "<p>{{ bride_name }}, {{ wedding_venue }}, {{ groom_name | default: 'you' }}</p>"
    seen = looked_at(house, email(subject="{{ wedding_date }}", content=content), lead_id)
    assert (seen.subject, seen.problems, seen.counted) == ("12 June 2027", [], None)
    assert seen.html
    assert "Änne, your venue, you" in seen.html
    assert "1 Mill Lane" in seen.text
    assert seen.fell_back == ["groom_name", "wedding_venue"]


def test_without_a_lead_a_made_up_couple_says_everything(house: House) -> None:
    seen = looked_at(house, email(content="<p>{{ couple_names }} {{ wedding_date }}</p>"))
    assert seen.html
    assert "Maya Patel &amp; Leo Brandt 10 March 2027" in seen.html
    assert seen.fell_back == []


def test_a_text_message_is_previewed_with_its_parts_and_a_task_with_its_title(house: House) -> None:
    text = looked_at(house, SmsTemplateWrite(name="x", content="Hi {{ first_names }} \u2019"))
    assert text.text == "Hi Maya & Leo \u2019 Reply STOP to opt out."
    assert text.counted
    assert (text.counted.segments, text.counted.foreign) == (1, "\u2019")
    task = looked_at(house, TaskTemplateWrite(name="x", title="Call {{ first_names }}", description="Ask."))
    assert (task.subject, task.text, task.html) == ("Call Maya & Leo", "Ask.", None)


def test_a_preview_says_all_that_is_wrong(house: House) -> None:
    seen = looked_at(house, email(subject="{{ x }}", content="{% if %}"))
    assert [problem.field for problem in seen.problems] == ["subject", "content"]
    with pytest.raises(NotFound):
        looked_at(house, email(), uuid7())
