"""Versions of a sequence, and moving leads to the newest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, NotPermitted, Outdated
from app.kernel.uow import reading
from app.models.choices import EnrollmentStatus
from app.models.nurture import EmailTemplate, Enrollment, NurtureSequence
from app.nurture.authoring import drafts, moving, versions
from app.nurture.authoring.schemas import StepOrder
from app.workflows import move_enrollments as workflow
from app.workflows.go_on_moving import go_on_moving
from app.workflows.move_enrollments import move_enrollments
from app.workflows.publish_sequence import publish_sequence
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import change, decisions, make_lead, one
from tests.features.nurture.writing import email, keys, make, patch, sequence, tag, template, write
from tests.statements import listening

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday


def under_way(house: House, made: UUID, lead_id: UUID) -> Enrollment:
    return one(house, Enrollment, Enrollment.lead_id == lead_id, Enrollment.sequence_id == made)


def standing(house: House, made: UUID, lead_id: UUID) -> tuple[int, str, datetime | None]:
    """The version, the step's name and when it is due."""
    mine = under_way(house, made, lead_id)
    with reading(house.supplier_id) as session:
        steps = versions.steps_in(session, made, mine.version)
        name = next(step.row.step_name for step in steps if step.row.id == mine.current_step_id)
    return mine.version, name, mine.next_execution_at


def previewed(house: House, made: UUID) -> list[tuple[str, str | None, int, int, list[str]]]:
    """From where to where, how many, how many wait, and what they miss."""
    with reading(house.supplier_id) as session:
        row = session.get_one(NurtureSequence, (house.supplier_id, made))
        return [
            (
                group.step.name,
                group.route.target.name if group.route.target else None,
                group.count,
                group.waiting,
                [step.name for step in group.route.missed],
            )
            for group in moving.groups(session, row)
        ]


@pytest.fixture
def two_steps(house: House) -> UUID:
    """A sequence in which every new lead waits for its first step."""
    return make(house, tag("a"), tag("b"), publish=True)


def republished(house: House, made: UUID) -> int:
    return publish_sequence(house.owner.actor, made).version


def test_versions_are_listed_and_compared_in_words(house: House) -> None:
    first, other = template(house), template(house)
    made = make(house, email(first), tag("b"), publish=True)
    make_lead(house, NOW)
    owner = house.owner.actor
    drafts.change_step(owner, made, keys(house, made)[0], patch(email_template_id=str(other), delay_amount=2))
    republished(house, made)
    drafts.order_steps(owner, made, StepOrder(step_keys=keys(house, made)[::-1]))
    with reading(house.supplier_id) as session:
        found = versions.listed(session, made)
        assert [(v.version, v.by, v.enrollments) for v in found] == [
            (2, "Olive Owner", 0),
            (1, "Olive Owner", 1),
        ]
        assert [old.version for old in versions.listed(session, made, before=2)] == [1]
        (changed,) = versions.compare(session, made, 1, 2)
        said = {one.field: (one.before, one.after) for one in changed.changes}
        assert said["delay_amount"] == ("1 day", "2 days")
        assert said["email_template_id"][0].startswith("“Template ")
        (moved,) = versions.compare(session, made, 2, 0)
        assert moved.kind == "moved"
        for wrong in (3, -1):
            with pytest.raises(NotFound):
                versions.steps_in(session, made, wrong)


def test_the_same_step_is_kept_with_its_time(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    due = under_way(house, two_steps, lead_id).next_execution_at
    drafts.add_step(house.owner.actor, two_steps, write(tag("new", step_order=1)))
    version = republished(house, two_steps)
    assert previewed(house, two_steps) == [("Tag a", "Tag a", 1, 0, ["Tag new"])]
    with clock.at(NOW + timedelta(hours=1)):
        done = move_enrollments(house.owner.actor, two_steps, version)
    assert (done.moved, done.left, done.staying) == (1, 0, 0)
    assert standing(house, two_steps, lead_id) == (2, "Tag a", due)
    assert decisions(house, lead_id) == [("skipped", "moved_past")]
    assert previewed(house, two_steps) == []


def test_another_timing_counts_from_when_the_last_step_was_settled(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    drafts.change_step(house.owner.actor, two_steps, keys(house, two_steps)[0], patch(delay_amount=6))
    version = republished(house, two_steps)
    with clock.at(NOW + timedelta(days=1)):
        move_enrollments(house.owner.actor, two_steps, version)
    nine_in_london = datetime(
        2026, 6, 9, 8, tzinfo=UTC
    )  # six days after the lead entered, not after the move
    assert standing(house, two_steps, lead_id) == (2, "Tag a", nine_in_london)


def test_a_step_that_is_gone_or_off_is_followed_by_the_next(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    owner, (a, b) = house.owner.actor, keys(house, two_steps)
    drafts.remove_step(owner, two_steps, a)
    move = republished(house, two_steps)
    assert previewed(house, two_steps) == [("Tag a", "Tag b", 1, 0, [])]
    with clock.at(NOW):
        move_enrollments(owner, two_steps, move)
        assert standing(house, two_steps, lead_id)[:2] == (2, "Tag b")
        drafts.change_step(owner, two_steps, b, patch(is_active=False))
        drafts.add_step(owner, two_steps, write(tag("c")))
        move_enrollments(owner, two_steps, republished(house, two_steps))
    assert standing(house, two_steps, lead_id)[:2] == (3, "Tag c")
    assert decisions(house, lead_id) == [("skipped", "step_off")]


def test_who_has_no_step_left_is_through(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    mine = under_way(house, two_steps, lead_id)
    change(house, Enrollment, mine.id, next_execution_at=NOW)
    with clock.at(NOW):
        run_step(house.supplier_id, mine.id)
        assert standing(house, two_steps, lead_id)[1] == "Tag b"
        drafts.remove_step(house.owner.actor, two_steps, keys(house, two_steps)[1])
        version = republished(house, two_steps)
        assert previewed(house, two_steps) == [("Tag b", None, 1, 0, [])]
        move_enrollments(house.owner.actor, two_steps, version)
    ended = under_way(house, two_steps, lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.COMPLETED, "all_steps_done")
    assert ended.completion_rate == 100
    row = sequence(house, two_steps)
    assert (row.ended_enrollments, row.completion_rate) == (1, 100)


def test_who_is_through_after_steps_that_did_not_apply_has_done_all_that_did(house: House) -> None:
    made = make(house, tag("a"), tag("b", is_active=False), tag("c", is_active=False), tag("d"), publish=True)
    lead_id = make_lead(house, NOW)
    mine = under_way(house, made, lead_id)
    change(house, Enrollment, mine.id, next_execution_at=NOW)
    with clock.at(NOW):
        run_step(house.supplier_id, mine.id)
        drafts.remove_step(house.owner.actor, made, keys(house, made)[3])
        move_enrollments(house.owner.actor, made, republished(house, made))
    ended = under_way(house, made, lead_id)
    assert (ended.steps_completed, ended.steps_skipped, ended.completion_rate) == (1, 2, 100)
    assert sequence(house, made).completion_rate == 100


def test_who_was_moved_has_not_done_what_failed(house: House) -> None:
    """Neither when it is through by that, nor with steps ahead of it, whatever became of the failed step."""
    text = template(house)
    made = make(house, tag("a"), email(text), tag("c"), tag("d"), publish=True)
    change(house, EmailTemplate, text, content="{% if")
    lead_id = make_lead(house, NOW)
    mine = under_way(house, made, lead_id)
    with clock.at(NOW):
        for _ in range(2):
            change(house, Enrollment, mine.id, next_execution_at=NOW)
            run_step(house.supplier_id, mine.id)
        assert [outcome for outcome, _ in decisions(house, lead_id)] == ["done", "failed"]
        assert under_way(house, made, lead_id).completion_rate == 25
        drafts.remove_step(house.owner.actor, made, keys(house, made)[1])
        drafts.remove_step(house.owner.actor, made, keys(house, made)[2])
        move_enrollments(house.owner.actor, made, republished(house, made))
        moved = under_way(house, made, lead_id)
        assert (moved.steps_completed, moved.steps_failed) == (1, 1)
        assert moved.completion_rate == Decimal("33.33"), "of one done, one failed, one ahead"
        drafts.remove_step(house.owner.actor, made, keys(house, made)[1])
        move_enrollments(house.owner.actor, made, republished(house, made))
    assert under_way(house, made, lead_id).completion_rate == 50
    assert sequence(house, made).completion_rate == 50


def test_what_would_come_again_keeps_leads_where_they_are(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    mine = under_way(house, two_steps, lead_id)
    change(house, Enrollment, mine.id, next_execution_at=NOW)
    with clock.at(NOW):
        run_step(house.supplier_id, mine.id)
        drafts.order_steps(house.owner.actor, two_steps, StepOrder(step_keys=keys(house, two_steps)[::-1]))
        done = move_enrollments(house.owner.actor, two_steps, republished(house, two_steps))
    assert (done.moved, done.left, done.staying) == (0, 0, 1)
    assert standing(house, two_steps, lead_id)[:2] == (1, "Tag b")


def test_a_step_that_waits_for_its_message_stays(house: House) -> None:
    made = make(house, email(template(house), delay_amount=0), tag("b"), publish=True)
    lead_id = make_lead(house, NOW)
    with clock.at(NOW):
        run_step(house.supplier_id, under_way(house, made, lead_id).id)
        drafts.add_step(house.owner.actor, made, write(tag("c")))
        version = republished(house, made)
        assert previewed(house, made) == [("Write", "Write", 1, 1, [])]
        done = move_enrollments(house.owner.actor, made, version)
    assert (done.moved, done.staying) == (0, 1)
    assert standing(house, made, lead_id) == (1, "Write", None)


def test_paused_leads_keep_their_pause(house: House, two_steps: UUID) -> None:
    lead_id = make_lead(house, NOW)
    change(house, Enrollment, under_way(house, two_steps, lead_id).id, status=EnrollmentStatus.PAUSED)
    drafts.add_step(house.owner.actor, two_steps, write(tag("c")))
    move_enrollments(house.owner.actor, two_steps, republished(house, two_steps))
    moved = under_way(house, two_steps, lead_id)
    assert (moved.version, moved.status) == (2, EnrollmentStatus.PAUSED)


def test_many_are_moved_batch_by_batch_once_each(
    app: Flask, house: House, two_steps: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = [make_lead(house, NOW) for _ in range(12)]
    drafts.add_step(house.owner.actor, two_steps, write(tag("c", step_order=1)))
    version = republished(house, two_steps)
    monkeypatch.setattr(workflow, "BATCH", 5)
    done = move_enrollments(house.owner.actor, two_steps, version)
    assert (done.moved, done.left) == (5, 7)

    def go_on(_: int) -> None:
        with app.app_context():
            go_on_moving(house.supplier_id, two_steps)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(go_on, range(3)))
    for lead_id in leads:
        assert standing(house, two_steps, lead_id)[:2] == (2, "Tag a")
        assert decisions(house, lead_id) == [("skipped", "moved_past")]
    go_on_moving(house.supplier_id, UUID(int=1))  # deleted meanwhile


def test_a_batch_takes_as_many_statements_as_a_lead(house: House, two_steps: UUID) -> None:
    costs = []
    for size in (1, 8):
        for _ in range(size):
            make_lead(house, NOW)
        drafts.add_step(house.owner.actor, two_steps, write(tag(f"c{size}")))
        version = republished(house, two_steps)
        with listening() as statements:
            assert move_enrollments(house.owner.actor, two_steps, version).moved >= size
        costs.append(len(statements))
    assert costs[1] <= costs[0] + 2


def test_only_who_may_and_what_was_looked_at(house: House, two_steps: UUID) -> None:
    with pytest.raises(NotPermitted):
        move_enrollments(house.member.actor, two_steps, 1)
    with pytest.raises(NotFound):
        move_enrollments(house.stranger.actor, two_steps, 1)
    drafts.add_step(house.owner.actor, two_steps, write(tag("c")))
    republished(house, two_steps)
    with pytest.raises(Outdated, match="Another version"):
        move_enrollments(house.owner.actor, two_steps, 1)


def test_nobody_is_moved_before_there_is_a_version(house: House) -> None:
    draft = make(house, tag("a"))
    with pytest.raises(Conflict, match="never published"):
        move_enrollments(house.owner.actor, draft, 0)
