"""What is otherwise between two versions of a sequence."""

from datetime import time
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.models.choices import Anchor, DelayUnit, MessageClass, StepType
from app.models.nurture import SequenceStep
from app.nurture.authoring.differences import differences, summary
from app.nurture.authoring.rows import Written

A, B, C, D = (uuid4() for _ in range(4))
NAMES = {A: "a", B: "b", C: "c", D: "d"}


def step(key: UUID, order: int, *, variants: dict[str, UUID] | None = None, **columns: Any) -> Written:
    plain: dict[str, Any] = {
        "step_name": NAMES.get(key, str(key)),
        "step_type": StepType.PHONE_CALL,
        "anchor": Anchor.PREVIOUS_STEP,
        "delay_amount": 1,
        "delay_unit": DelayUnit.DAYS,
        "send_time": time(9),
        "send_days": [1, 2, 3, 4, 5],
        "message_class": MessageClass.FOLLOW_UP,
        "execution_conditions": {},
        "branch_conditions": {},
        "is_active": True,
        "runs_when_past": False,
        "needs_approval": False,
    }
    return Written(SequenceStep(step_key=key, step_order=order, **(plain | columns)), variants or {})


def version(*keys: UUID, **columns: Any) -> list[Written]:
    return [step(key, order, **columns) for order, key in enumerate(keys, 1)]


def told(before: list[Written], after: list[Written]) -> list[tuple[str, str]]:
    return [(one.kind, one.step_name) for one in differences(before, after)]


def test_the_same_differs_in_nothing() -> None:
    assert differences(version(A, B), version(A, B)) == []
    assert summary([]) == ""


def test_added_and_removed_steps_move_nobody() -> None:
    assert told(version(A, B, C), version(D, A, C)) == [("added", "d"), ("removed", "b")]


def test_the_fewest_steps_moved() -> None:
    assert told(version(A, B, C, D), version(D, A, B, C)) == [("moved", "d")]
    assert told(version(A, B, C, D), version(B, C, D, A)) == [("moved", "a")]


@given(st.permutations([A, B, C, D]))
def test_who_moved_is_enough_to_tell_the_new_order(order: list[UUID]) -> None:
    moved = {one.step_key for one in differences(version(A, B, C, D), version(*order))}
    kept = [key for key in order if key not in moved]
    assert kept == sorted(kept, key=[A, B, C, D].index)
    assert (not moved) is (order == [A, B, C, D])


def test_changed_fields_are_told_in_words() -> None:
    after = version(A, B)
    after[0] = step(A, 1, delay_amount=3, send_days=[6, 7], is_active=False, variants={"B": D})
    (change,) = differences(version(A, B), after)
    assert [(one.label, one.before, one.after) for one in change.changes] == [
        ("delay", "1 day", "3 days"),
        ("days", "Mon, Tue, Wed, Thu, Fri", "Sat, Sun"),
        ("switch", "yes", "no"),
        ("variants", "none", f"B {D}"),
    ]
    assert summary([change]) == "Changed “a” (delay, days, switch, variants)"


def test_a_branch_to_a_moved_step_is_the_same_branch() -> None:
    def branch(then: int) -> dict[str, Any]:
        return {"branches": [{"if": {"min_score": 50}, "then": then}]}

    before = [step(A, 1, branch_conditions=branch(3)), step(B, 2), step(C, 3)]
    after = [step(A, 1, branch_conditions=branch(2)), step(C, 2), step(B, 3)]
    assert told(before, after) == [("moved", "b")]
    elsewhere = [step(A, 1, branch_conditions=branch(3)), step(C, 2), step(B, 3)]
    (first, _) = differences(before, elsewhere)
    assert (first.changes[0].before, first.changes[0].after) == (
        "if min_score 50 then “c”",
        "if min_score 50 then “b”",
    )


def test_a_summary_is_one_sentence_of_at_most_300_characters() -> None:
    after = [*version(A), *(step(uuid4(), order) for order in range(2, 40))]
    assert summary(differences(version(A, B), version(A, C, D))) == "Added “c”, “d”; removed “b”"
    assert len(summary(differences(version(A, B), after))) == 300


def test_content_differs_in_words() -> None:
    before = version(A, step_content='{"title": "Ring", "due_in_days": 2}')
    (one,) = differences(before, version(A, step_content='{"title": "Ring", "description": "Ask."}'))
    (change,) = one.changes
    assert (change.label, change.before) == ("content", "title Ring, due in days 2")
    assert change.after == "title Ring, description Ask."
    (plain,) = differences(before, version(A, step_content="Ask."))
    assert plain.changes[0].after == "Ask."
