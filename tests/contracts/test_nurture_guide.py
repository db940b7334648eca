"""What the guide says of sequences is what the engine has."""

from app.messaging.gate import CLOSING, OPENING, Facts
from app.nurture.engine import conditions, timing
from app.nurture.engine.conditions import problems
from app.nurture.steps import WORTH_TAKING
from app.settings import ROOT

GUIDE = (ROOT / "docs" / "nurture.md").read_text()
KINDS: dict[str, object] = {"words": ["new"], "number": 1, "true or false": True}


def rows() -> list[list[str]]:
    """The cells of the table of conditions."""
    table = GUIDE.split("\n| condition |")[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_conditions_are_those_there_are() -> None:
    assert [name for name, _, _ in rows()] == list(conditions._CHECKS)


def test_each_takes_the_kind_of_value_it_takes() -> None:
    for name, kind, _ in rows():
        for other, value in KINDS.items():
            assert bool(problems({name: value})) is (other != kind), (name, other)


def test_the_hours_caps_and_lateness_are_those_it_tells() -> None:
    assert f"from {OPENING:%-H:%M} to {CLOSING:%H:%M} on the supplier's clock" in GUIDE
    assert f"from `send_time` to {timing.CLOSING:%H:%M}" in GUIDE
    assert (Facts.daily_cap, Facts.weekly_cap) == (1, 3)
    assert {span.days for span in WORTH_TAKING.values()} == {2}
