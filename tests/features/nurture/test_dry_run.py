"""The whole calendar of a lead before anything is sent."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.kernel.errors import NotFound
from app.kernel.uow import reading
from app.models.nurture import EmailTemplate, Enrollment
from app.nurture.authoring import drafts
from app.workflows.dry_run import DryRun, dry_run
from tests.cast import House
from tests.factories.nurture import change, make_lead, rows
from tests.features.nurture.writing import (
    call,
    email,
    make,
    sms_template,
    tag,
    template,
    write,
)

NOW = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)  # a Friday


def run(house: House, made: UUID, lead_id: UUID, version: int | None = None) -> DryRun:
    with reading(house.supplier_id) as session:
        found = dry_run(session, made, lead_id, version, NOW)
        session.expunge_all()
        return found


def told(found: DryRun) -> list[tuple[str, str, str | None, str]]:
    """Name, outcome, reason, and the day and hour in UTC."""
    return [
        (one.step.step_name, one.outcome, one.reason, f"{one.at:%a %d %H:%M}" if one.at else "")
        for one in found.occasions
    ]


def test_every_step_with_its_day_its_time_and_why_not(house: House) -> None:

    made = make(
        house,
        email(template(house), "Thank", delay_amount=0, message_class="acknowledgement"),
        tag("seen"),
        call("Ring", execution_conditions={"has_phone": True}),
        {"step_name": "Text", "step_type": "sms", "sms_template_id": sms_template(house)},
        tag("over", anchor="wedding_date", delay_amount=-8, delay_unit="weeks"),
        tag("late", delay_amount=2),
        target_lead_status=["contacted"],
    )
    lead_id = make_lead(house, NOW, couple_name_bride="Maya", wedding_date=(NOW + timedelta(20)).date())
    found = run(house, made, lead_id)
    assert told(found) == [
        ("Thank", "done", None, "Fri 05 10:00"),
        ("Tag seen", "done", None, "Mon 08 08:00"),
        ("Ring", "skipped", "conditions_not_met", "Tue 09 08:00"),
        ("Text", "skipped", "sms_not_configured", "Tue 09 08:00"),
        ("Tag over", "skipped", "already_past", ""),
        ("Tag late", "done", None, "Thu 11 08:00"),
    ]
    assert (found.version, found.fits) == (0, False)
    assert rows(house, Enrollment, Enrollment.sequence_id == made) == []


def test_the_words_are_those_of_this_lead_on_that_day(house: House) -> None:
    text = template(
        house, "<p>Hello {{ couple_names }}, day {{ days_since_inquiry }}</p>", "For {{ bride_name }}"
    )
    made = make(
        house,
        email(text, delay_amount=3, send_days=[]),
        call("Ring", step_content="Ask {{ couple_names }} about {{ wedding_venue }}", send_days=[]),
    )
    lead_id = make_lead(house, NOW, couple_name_bride="Maya", wedding_venue="Rose Barn", primary_phone="+441")
    first, second = run(house, made, lead_id).occasions
    assert first.words is not None
    assert first.words.subject == "For Maya"
    assert "Hello Maya, day 3" in first.words.text
    assert first.words.html
    assert second.words is not None
    assert (second.words.subject, second.words.text) == ("Ring", "Ask Maya about Rose Barn")


def test_words_that_cannot_be_written_are_said(house: House) -> None:
    text = template(house)
    made = make(house, email(text), email(None, "Nothing"))
    change(house, EmailTemplate, text, content="{{ oops }}")
    spoilt, missing = run(house, made, make_lead(house, NOW)).occasions
    assert spoilt.words is None
    assert "oops" in (spoilt.problem or "")
    assert missing.problem == "There is no template."


def test_by_any_version_or_the_draft(house: House) -> None:
    made = make(house, tag("a"), publish=True)
    lead_id = make_lead(house, NOW)
    assert (run(house, made, lead_id).version, run(house, made, lead_id).fits) == (1, True)
    drafts.add_step(house.owner.actor, made, write(tag("b")))
    assert [one.step.step_name for one in run(house, made, lead_id).occasions] == ["Tag a", "Tag b"]
    assert [one.step.step_name for one in run(house, made, lead_id, 1).occasions] == ["Tag a"]
    with pytest.raises(NotFound):
        run(house, made, lead_id, 2)
    with pytest.raises(NotFound):
        run(house, made, made)
    with pytest.raises(NotFound):
        run(house, lead_id, lead_id)
