"""The list of sequences, who is in one, and what became of its steps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.kernel.numbered import Place
from app.kernel.uow import reading, unit_of_work
from app.models.choices import Channel, EnrollmentStatus, MessageClass, MessageState
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, StepDecision
from app.nurture import queries
from app.nurture.authoring import drafts
from app.nurture.authoring.rows import Written
from app.nurture.statistics import Answers, Figures, StepFigures, figures
from app.workflows.publish_sequence import publish_sequence
from tests.cast import House
from tests.factories.nurture import change, make_lead, one
from tests.features.nurture.writing import email, keys, make, patch, steps, tag, template
from tests.statements import listening

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
HIDDEN = {"target_lead_sources": ["nowhere"]}


def enrolled(house: House, made: UUID, at: Written | None, **columns: Any) -> UUID:
    """An enrollment as it may stand there, of a new lead."""
    lead_id = make_lead(house, NOW, lead_status="lost")
    plain = {"current_step_id": at.row.id if at else None, "version": at.row.version if at else 1}
    with unit_of_work(house.supplier_id) as session:
        row = Enrollment(
            supplier_id=house.supplier_id, lead_id=lead_id, sequence_id=made, **(plain | columns)
        )
        session.add(row)
        session.flush()
        return row.id


def decided(
    house: House, enrollment_id: UUID, step: Written, outcome: str, reason: str | None = None
) -> None:
    keys = {"supplier_id": house.supplier_id, "enrollment_id": enrollment_id, "step_id": step.row.id}
    with unit_of_work(house.supplier_id) as session:
        later = timedelta(minutes=step.row.step_order)
        session.add(StepDecision(**keys, outcome=outcome, reason=reason, decided_at=NOW + later))


def sent(house: House, enrollment_id: UUID, step: Written, *seen: str, **columns: Any) -> None:
    """A message of the step; `seen` are what a person did with it."""
    lead_id = one(house, Enrollment, Enrollment.id == enrollment_id).lead_id
    with unit_of_work(house.supplier_id) as session:
        session.add(
            Message(
                supplier_id=house.supplier_id,
                lead_id=lead_id,
                enrollment_id=enrollment_id,
                sequence_step_id=step.row.id,
                channel=Channel.EMAIL,
                message_class=MessageClass.FOLLOW_UP,
                to_address="couple@example.com",
                text_body="Hello",
                due_at=NOW,
                state=columns.pop("state", MessageState.ACCEPTED),
                **columns,
                **{f"{what}_at": NOW for what in seen},
            )
        )


def found(house: House, made: UUID) -> Figures:
    with reading(house.supplier_id) as session:
        return figures(session, made)


def step_of(house: House, made: UUID, name: str) -> StepFigures:
    return next(step for step in found(house, made).steps if step.step_name == name)


def test_a_sequence_that_nobody_entered(house: House) -> None:
    made = make(house, tag("a"), tag("b"), publish=True)
    empty = found(house, made)
    assert (empty.enrolled, empty.ended, empty.converted.rate) == (0, (), None)
    assert [(step.step_name, step.step_order, step.done) for step in empty.steps] == [
        ("Tag a", 1, 0),
        ("Tag b", 2, 0),
    ]
    assert found(house, make(house, tag())).steps == ()  # never published


def test_who_entered_is_through_or_ended_and_why(house: House) -> None:
    made = make(house, tag("a"), publish=True, **HIDDEN)
    (a,) = steps(house, made, 1)
    enrolled(house, made, a)
    enrolled(house, made, a, status=EnrollmentStatus.PAUSED)
    enrolled(house, made, a, status=EnrollmentStatus.COMPLETED, end_reason="all_steps_done", ended_at=NOW)
    for reason in ("replied", "lead_won", "replied"):
        ended = {"status": EnrollmentStatus.CANCELLED, "end_reason": reason, "ended_at": NOW}
        enrolled(house, made, a, converted=reason == "lead_won", **ended)
    all_ = found(house, made)
    assert (all_.enrolled, all_.under_way, all_.completed) == (6, 2, 1)
    assert [(one.reason, one.count) for one in all_.ended] == [("replied", 2), ("lead_won", 1)]
    assert (all_.converted.won, all_.converted.n) == (1, 6)
    assert all_.converted.interval is not None
    assert all_.converted.interval.low < Decimal(1) / 6 < all_.converted.interval.high
    assert step_of(house, made, "Tag a").due == 2


def test_a_step_is_counted_over_all_versions_by_its_key(house: House) -> None:
    made = make(house, tag("a"), tag("b"), publish=True, **HIDDEN)
    old = steps(house, made, 1)
    owner, (a, b) = house.owner.actor, keys(house, made)
    drafts.change_step(owner, made, a, patch(step_name="Mark"))
    drafts.remove_step(owner, made, b)
    publish_sequence(owner, made)
    (new,) = steps(house, made, 2)
    for step, outcome, reason in (
        (old[0], "done", None),
        (new, "done", None),
        (new, "skipped", "no_email"),
        (new, "skipped", "no_email"),
        (old[0], "skipped", "too_late"),
        (old[0], "failed", "template_error"),
        (old[0], "retry", "error"),
        (old[1], "done", None),
    ):
        decided(house, enrolled(house, made, step), step, outcome, reason)
    mark, gone = found(house, made).steps
    assert (mark.step_name, mark.step_order, mark.done, mark.failed, mark.due) == ("Mark", 1, 2, 1, 7)
    assert [(one.reason, one.count) for one in mark.skipped] == [("no_email", 2), ("too_late", 1)]
    assert (gone.step_name, gone.step_order, gone.done) == ("Tag b", None, 1)


def test_what_people_did_with_each_variant(house: House) -> None:
    variants = [{"label": "B", "email_template_id": template(house)}]
    made = make(house, email(template(house), variants=variants), tag("b"), publish=True, **HIDDEN)
    write, mark = steps(house, made, 1)
    for label, seen, booked in (
        ("A", ("opened",), False),
        ("A", (), False),
        ("B", ("opened", "clicked", "replied"), True),
        ("B", ("opened",), False),
    ):
        mine = enrolled(house, made, mark, converted=booked)
        decided(house, mine, write, "done")
        sent(house, mine, write, *seen, variant=label)
    waiting = enrolled(house, made, write)
    sent(house, waiting, write, variant="A", state=MessageState.DUE)
    step = step_of(house, made, "Write")
    assert step.answers == Answers(sent=4, opened=3, clicked=1, replied=1, booked=1)
    assert [(v.label, v.answers.sent, v.answers.opened, v.answers.booked) for v in step.variants] == [
        ("A", 2, 1, 0),
        ("B", 2, 2, 1),
    ]
    rates = step.variants[1].answers.rates
    assert (rates["opened"].rate, rates["booked"].rate) == (1, Decimal("0.5"))
    assert (step.booked.won, step.booked.n) == (1, 4)
    assert step_of(house, made, "Tag b").booked.won == 0  # they stood there, but it was not done


def test_a_booking_counts_for_the_last_step_that_was_done(house: House) -> None:
    made = make(house, tag("a"), tag("b"), publish=True, **HIDDEN)
    a, b = steps(house, made, 1)
    mine = enrolled(house, made, b, converted=True)
    decided(house, mine, a, "done")
    decided(house, mine, b, "done")
    assert (step_of(house, made, "Tag a").booked.won, step_of(house, made, "Tag b").booked.won) == (0, 1)


def test_statements_are_few_however_many_leads(house: House) -> None:
    made = make(house, email(template(house)), tag("b"), publish=True, **HIDDEN)
    write, mark = steps(house, made, 1)

    def cost() -> int:
        with reading(house.supplier_id) as session:
            session.connection()
            with listening() as statements:
                figures(session, made)
        return len(statements)

    assert cost() == 6
    for _ in range(5):
        mine = enrolled(house, made, mark)
        decided(house, mine, write, "done")
        sent(house, mine, write, "opened")
    assert cost() == 6


def test_all_sequences_with_what_the_specification_counts(house: House) -> None:
    made = make(house, tag("a"), publish=True, sequence_name="autumn", **HIDDEN)
    (a,) = steps(house, made, 1)
    enrolled(house, made, a)
    enrolled(house, made, a, status=EnrollmentStatus.PAUSED)
    change(house, NurtureSequence, made, completion_rate=Decimal("42.5"), ended_enrollments=4)
    with reading(house.supplier_id) as session:
        session.connection()
        with listening() as statements:
            all_ = queries.overview(session)
        assert [row.sequence_name for row in all_.sequences] == ["autumn", "Welcome"]
    assert (all_.total_sequences, all_.active_enrollments) == (2, 1)
    assert all_.average_completion_rate == Decimal("42.50")  # of those that a lead has been through
    assert len(statements) == 2


def test_enrollments_are_paged_the_newest_first(house: House) -> None:
    made = make(house, tag("a"), publish=True, **HIDDEN)
    (a,) = steps(house, made, 1)
    ids = [enrolled(house, made, a, enrollment_date=NOW + timedelta(n)) for n in range(3)]
    change(house, Enrollment, ids[0], status=EnrollmentStatus.PAUSED)

    def page(number: int, status: EnrollmentStatus | None = None) -> tuple[Sequence[UUID], int]:
        with reading(house.supplier_id) as session:
            found = queries.enrollments_of(session, made, Place(number, 2), status)
            return [row.id for row in found.rows], found.total

    assert (page(1), page(2)) == (([ids[2], ids[1]], 3), ([ids[0]], 3))
    assert page(1, EnrollmentStatus.PAUSED) == ([ids[0]], 1)
    lead_id = one(house, Enrollment, Enrollment.id == ids[1]).lead_id
    with reading(house.supplier_id) as session:
        assert queries.enrollments_of_lead(session, lead_id, Place(1, 5)).total == 1
