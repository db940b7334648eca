"""Where leads of an older version go in the newest."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.nurture.authoring.routes import route
from app.nurture.engine.actions import MakeTask
from app.nurture.engine.facts import Sequence, Step, Timing

KEYS = {name: uuid4() for name in "ABCDEFXYZ"}
NAMES = {key: name for name, key in KEYS.items()}


def version(names: str, *, off: str = "") -> Sequence:
    """Steps of these names, one letter each."""
    return Sequence(
        tuple(
            Step(
                id=uuid4(),
                key=KEYS[name],
                order=order,
                name=name,
                action=MakeTask("phone_call", name),
                timing=Timing(1, "days"),
                is_active=name not in off,
            )
            for order, name in enumerate(names, 1)
        )
    )


def told(old: str, new: Sequence | str, at: str) -> tuple[str, str, str]:
    """The target, the missed and the repeated, by their names."""
    before, after = version(old), version(new) if isinstance(new, str) else new
    found = route(before, after, next(step for step in before.steps if step.name == at))
    target = NAMES[found.target.key] if found.target and found.target.key else ""
    return target, names(found.missed), names(found.repeated)


def names(steps: tuple[Step, ...]) -> str:
    return "".join(step.name for step in steps)


def test_the_same_step_is_the_same_place() -> None:
    assert told("ABC", "ABC", "B") == ("B", "", "")
    assert told("ABC", "CB", "B") == ("B", "C", "")


def test_new_steps_ahead_come_and_those_before_are_missed() -> None:
    assert told("ABC", "AXBYC", "B") == ("B", "X", "")


def test_a_step_that_is_gone_is_followed_by_what_stands_in_its_place() -> None:
    assert told("ABC", "AXC", "B") == ("X", "", "")
    assert told("ABC", "AC", "B") == ("C", "", "")
    assert told("ABCD", "AXD", "C") == ("X", "", "")
    assert told("ABC", "XBC", "A") == ("X", "", "")


def test_who_has_all_of_it_behind_is_through() -> None:
    assert told("ABC", "AB", "C") == ("", "", "")
    assert told("ABC", "XAB", "C") == ("", "X", "")


def test_what_would_come_again_keeps_them_where_they_are() -> None:
    assert told("ABC", "BCA", "B") == ("B", "", "A")
    assert told("ABC", version("BCA", off="A"), "B") == ("B", "", "")


@given(st.lists(st.sampled_from("ABCDEF"), min_size=1, unique=True), st.data())
def test_nobody_is_sent_where_they_were(old: list[str], data: st.DataObject) -> None:
    new = data.draw(st.lists(st.sampled_from("ABCDEFXYZ"), unique=True))
    at = data.draw(st.sampled_from(old))
    target, missed, repeated = told("".join(old), "".join(new), at)
    behind = set(old[: old.index(at)])
    assert target not in behind
    assert not behind & set(missed)
    assert set(repeated) <= behind
